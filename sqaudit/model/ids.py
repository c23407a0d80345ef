"""Ids: how they are written, and how they are shortened."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

ID_PATTERN = r"[A-Za-z][A-Za-z0-9-]*"


def fold_id(text: str) -> str:
    """The name by which expressions call an id: ``-`` written ``_``."""
    return text.replace("-", "_")


def short_id(prefix: str, *parts: str) -> str:
    """A short, stable id made from what identifies a thing, e.g. ``r-3f9a2c81d04e``."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{prefix}-{digest[:12]}"


def renamed_ids(before: Collection[str], after: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The ids of ``before`` that are called otherwise now, with what they are called.

    ``after`` holds the ids there are now, each with its old ones. An id that was there already under its new name, or
    that several of ``before`` became, is a merger and no new name: what it means has changed.
    """
    found = {}
    for new, was in after.items():
        old = [one for one in was if one in before and one not in after]
        if new not in before and len(old) == 1:
            found[old[0]] = new
    return found
