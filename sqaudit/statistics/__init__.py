"""Closed formulas over numbers: no records, no files, no clock.

Only the standard library is imported at the start; what needs scipy loads it on the first call.
"""
