"""Ids: how they are written, and how they are shortened."""

from __future__ import annotations

import hashlib

ID_PATTERN = r"[A-Za-z][A-Za-z0-9-]*"


def fold_id(text: str) -> str:
    """The name by which expressions call an id: ``-`` written ``_``."""
    return text.replace("-", "_")


def short_id(prefix: str, *parts: str) -> str:
    """A short, stable id made from what identifies a thing, e.g. ``r-3f9a2c81d04e``."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{prefix}-{digest[:12]}"
