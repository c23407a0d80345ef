"""The project ``hotel``: ten invented hotels, half a year, and what was done about dirty rooms."""
