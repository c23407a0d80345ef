"""Expressions that documents bring: checked at the door, turned into SQL or worked out in Python."""
