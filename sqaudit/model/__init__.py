"""Frozen values: what an audit is made of. Imports the standard library only."""
