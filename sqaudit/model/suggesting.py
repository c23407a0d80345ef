"""Which known name is meant by one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from sqaudit.model.ids import fold_id


def closest(name: str, known: Iterable[str], *, most: int = 300) -> str | None:
    """The known name that is most like ``name``, if one is near enough; case does not count, ``-`` and ``_`` are alike.

    At most so many names of a like length are compared, the first ones, since many unknown names among many take long.
    """
    folded: dict[str, str] = {}
    for candidate in known:
        if abs(len(candidate) - len(name)) <= 1 + len(name) // 3:
            folded.setdefault(fold_id(candidate).casefold(), candidate)
        if len(folded) == most:
            break
    found = get_close_matches(fold_id(name).casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
