"""Ids and their one check."""

from __future__ import annotations

import hashlib
import re

ID_PATTERN = r"[A-Za-z][A-Za-z0-9-]*"
_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Whether ``text`` may name a document, criterion, item or dimension."""
    return _ID.fullmatch(text) is not None


def fold_id(text: str) -> str:
    """The name by which expressions call an id: ``-`` written ``_``."""
    return text.replace("-", "_")


def short_id(prefix: str, *parts: str) -> str:
    """A short, stable id made from what identifies a thing, e.g. ``r-3f9a2c81d04e``."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{prefix}-{digest[:12]}"
