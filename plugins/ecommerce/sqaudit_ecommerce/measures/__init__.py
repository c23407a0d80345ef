"""Measures of the trade: each says which rows it counts, and why."""
