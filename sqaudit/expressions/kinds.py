"""What an expression yields, as far as the declared columns tell."""

from __future__ import annotations

from enum import StrEnum

from sqaudit.errors import Message, msg
from sqaudit.model.standard import ColumnType


class Kind(StrEnum):
    """The kind of a value. ``MOMENT`` is a point in time, ``LOCAL`` a wall-clock time of the site, ``DATE`` a day."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    LOCAL = "local"
    MOMENT = "moment"
    DURATION = "duration"
    UNKNOWN = "unknown"


WHEN = frozenset({Kind.DATE, Kind.LOCAL, Kind.MOMENT})
AMOUNT = frozenset({Kind.NUMBER, Kind.DURATION})

_BY_TYPE = {
    ColumnType.TEXT: Kind.TEXT,
    ColumnType.INTEGER: Kind.NUMBER,
    ColumnType.NUMBER: Kind.NUMBER,
    ColumnType.BOOLEAN: Kind.BOOLEAN,
    ColumnType.DATE: Kind.DATE,
    ColumnType.TIMESTAMP: Kind.MOMENT,
}
_WORDS = {
    Kind.NUMBER: msg("a number"),
    Kind.TEXT: msg("a text"),
    Kind.BOOLEAN: msg("a condition"),
    Kind.DATE: msg("a date"),
    Kind.LOCAL: msg("a time"),
    Kind.MOMENT: msg("a time"),
    Kind.DURATION: msg("a duration"),
    Kind.UNKNOWN: msg("an unknown value"),
}


def kind_of_column(declared: ColumnType) -> Kind:
    """The kind of a column's values."""
    return _BY_TYPE[declared]


def word_for(kind: Kind) -> Message:
    """The kind in words, such as *a number*."""
    return _WORDS[kind]


def common_kind(kinds: list[Kind]) -> Kind | None:
    """The kind of a value that may be any of these; ``None`` if they do not go together."""
    known = {kind for kind in kinds if kind is not Kind.UNKNOWN}
    if len(known) <= 1:
        return next(iter(known), Kind.UNKNOWN)
    if known <= WHEN:
        return Kind.MOMENT if Kind.MOMENT in known else Kind.LOCAL
    return None
