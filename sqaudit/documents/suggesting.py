"""The next step when a name is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from sqaudit.errors import Message, msg
from sqaudit.model.ids import fold_id

_MOST_COMPARED = 300
_MOST_LISTED = 12


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like ``name``, if one is near enough to be meant."""
    folded: dict[str, str] = {}
    for candidate in known:
        if abs(len(candidate) - len(name)) <= 1 + len(name) // 3:
            folded.setdefault(fold_id(candidate).lower(), candidate)
        if len(folded) == _MOST_COMPARED:
            break
    found = get_close_matches(fold_id(name).lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> Message:
    """A hint: the nearest name, else the names there are."""
    names = list(dict.fromkeys(known))
    near = closest(name, names)
    if near is not None:
        return msg("did you mean '{name}'?", name=near)
    if not names:
        return msg("there is none so far")
    listed = ", ".join(sorted(names)[:_MOST_LISTED])
    if len(names) > _MOST_LISTED:
        return msg("known are {names} and {count} more", names=listed, count=len(names) - _MOST_LISTED)
    return msg("known are {names}", names=listed)
