"""Measures: texts to statistics, few passes over the records, statistics to values."""
