"""Names and texts as SQL writes them."""

from __future__ import annotations


def quote_name(name: str) -> str:
    """An identifier, quoted."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A text literal, quoted."""
    return "'" + text.replace("'", "''") + "'"
