"""How figures and tables are written: rounding, alignment, escaping. Nothing here knows what is reported."""
