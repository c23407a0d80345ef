"""Engines that come with the package, one per module."""
