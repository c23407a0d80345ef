"""Collectors that come with the package, one per module."""
