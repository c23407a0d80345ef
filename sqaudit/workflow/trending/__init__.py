"""Cycles as series: which of their values measure the same, what is expected of the next, and what is no chance."""
