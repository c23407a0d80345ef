"""Mistyped names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, if any is near enough."""
    matches = difflib.get_close_matches(name, sorted(names), n=1)
    return matches[0] if matches else None
