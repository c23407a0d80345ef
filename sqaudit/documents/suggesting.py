"""The next step when a name is not known."""

from __future__ import annotations

from collections.abc import Iterable

from sqaudit.errors import Message, msg
from sqaudit.model.suggesting import closest

_MOST_LISTED = 12


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


def called_now(old: str, new: str) -> Message:
    """A hint: the id that took over an old one."""
    return msg("'{old}' is called '{new}' now", old=old, new=new)
