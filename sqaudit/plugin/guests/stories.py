"""Stories of templates: what is said in a move is of the type that the option of its name reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.action import CauseCode, CauseMethod, Move
from sqaudit.model.ports import Story, ToldMove
from sqaudit.plugin.guarding import wanted


class _Kind(Struct, frozen=True):
    """What may be said: how it is called, and whether something is it."""

    wish: str
    fits: Callable[[object], bool]


def _is_text(given: object) -> bool:
    return isinstance(given, str)


def _is_day(given: object) -> bool:
    return isinstance(given, date) and not isinstance(given, datetime)


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _is_place(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)


def _one_of(choices: type[StrEnum]) -> _Kind:
    values = frozenset(one.value for one in choices)
    return _Kind(f"one of {', '.join(sorted(values))}", lambda given: isinstance(given, str) and given in values)


def _rows_of(wish: str, *parts: Callable[[object], bool]) -> _Kind:
    def fits(row: object) -> bool:
        return (
            isinstance(row, tuple)
            and len(row) == len(parts)
            and all(part(cell) for part, cell in zip(parts, row, strict=True))
        )

    return _Kind(f"a tuple of tuples ({wish})", lambda given: isinstance(given, tuple) and all(map(fits, given)))


_TEXT = _Kind("a text", _is_text)
_DAY = _Kind("a date", _is_day)
_TEXTS = _Kind("a tuple of texts", lambda given: isinstance(given, tuple) and all(map(_is_text, given)))
_STEPS = _rows_of("text, name, date", _is_text, _is_text, _is_day)
# All others are texts.
_KINDS: Mapping[str, _Kind] = {
    "on": _DAY,
    "check": _DAY,
    "until": _DAY,
    "improve": _Kind("a number", _is_number),
    "guard": _TEXTS,
    "control": _TEXTS,
    "why": _rows_of("cause, evidence", _is_text, _is_text),
    "method": _one_of(CauseMethod),
    "code": _one_of(CauseCode),
    "step": _Kind("a whole number", _is_place),
}


def made_story(given: object) -> Story:
    """A story as a plugin tells it.

    Raises:
        Unusable: It is none, or says something that no option of ``sqaudit actions`` reads.
    """
    if not isinstance(given, Story) or not isinstance(given.moves, list | tuple):
        raise wanted("a story", "a Story", given)
    for told in given.moves:
        if not isinstance(told, ToldMove) or not isinstance(told.move, Move) or not isinstance(told.given, Mapping):
            raise wanted("a move of the story", "a ToldMove", told)
        _see_that_fits(told)
    return given


def _see_that_fits(told: ToldMove) -> None:
    if not _is_text(told.who):
        raise wanted(f"'who' of '{told.move}'", _TEXT.wish, told.who)
    for name, value in told.given.items():
        kind = _STEPS if (told.move, name) == (Move.PLAN, "step") else _KINDS.get(name, _TEXT)
        if value is not None and not kind.fits(value):
            raise wanted(f"'{name}' of '{told.move}'", kind.wish, value)
