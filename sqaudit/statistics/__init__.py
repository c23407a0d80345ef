"""Closed formulas over counts; imports the standard library only."""
