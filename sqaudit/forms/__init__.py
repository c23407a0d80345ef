"""Checklists as spreadsheets that people fill, and what they wrote as answers."""
