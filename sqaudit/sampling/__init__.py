"""Samples: how many, which, and what may be concluded of a lot. Only numbers and ids: no records, files, clock."""
