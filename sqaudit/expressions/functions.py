"""The functions that row expressions may call: what they take and what they give.

``takes`` holds one letter per argument, a ``?`` after it if it may be left out, a ``*`` if it may be repeated:
n number, d duration, m number or duration, t text, b condition, w date or time, i time, x anything, u a unit of time
written as text, l a text written out (a format or pattern).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sqaudit.expressions.kinds import AMOUNT, WHEN, Kind

KINDS_OF_LETTER: Mapping[str, frozenset[Kind]] = {
    "n": frozenset({Kind.NUMBER}),
    "d": frozenset({Kind.DURATION}),
    "m": AMOUNT,
    "t": frozenset({Kind.TEXT}),
    "b": frozenset({Kind.BOOLEAN}),
    "w": WHEN,
    "i": frozenset({Kind.LOCAL, Kind.MOMENT}),
    "x": frozenset(Kind),
    "u": frozenset({Kind.TEXT}),
    "l": frozenset({Kind.TEXT}),
}
UNITS_OF_TIME = frozenset(
    "year quarter month week day hour minute second millisecond microsecond dow isodow doy isoyear epoch".split()  # noqa: SIM905
)


class Function(Struct, frozen=True):
    """One allowed function. ``gives`` is ``None`` when the result is of the kind of its arguments."""

    letters: tuple[str, ...]
    least: int
    repeats: bool
    gives: Kind | None

    def accepts(self, count: int) -> bool:
        """Whether it may be called with so many arguments."""
        return count >= self.least and (self.repeats or count <= len(self.letters))

    def letter(self, index: int) -> str:
        """The letter of the argument at ``index``."""
        return self.letters[min(index, len(self.letters) - 1)]


def _function(takes: str, gives: Kind | None) -> Function:
    words = takes.split()
    return Function(
        letters=tuple(word[0] for word in words),
        least=sum(1 for word in words if not word.endswith("?")),
        repeats=takes.endswith("*"),
        gives=gives,
    )


_TABLE: dict[str, tuple[str, Kind | None]] = {
    # numbers
    **dict.fromkeys(
        ("ceil", "ceiling", "exp", "floor", "ln", "log10", "log2", "sign", "sqrt", "trunc"), ("n", Kind.NUMBER)
    ),
    "abs": ("n", Kind.NUMBER),
    "round": ("n n?", Kind.NUMBER),
    "power": ("n n", Kind.NUMBER),
    # choices
    **dict.fromkeys(("coalesce", "greatest", "least"), ("x x*", None)),
    **dict.fromkeys(("ifnull", "nullif"), ("x x", None)),
    "if": ("b x x", None),
    # text
    **dict.fromkeys(("lower", "upper", "strip_accents", "nfc_normalize"), ("t", Kind.TEXT)),
    **dict.fromkeys(("trim", "ltrim", "rtrim"), ("t t?", Kind.TEXT)),
    **dict.fromkeys(("length", "strlen"), ("t", Kind.NUMBER)),
    **dict.fromkeys(("left", "right"), ("t n", Kind.TEXT)),
    **dict.fromkeys(("substr", "substring"), ("t n n?", Kind.TEXT)),
    **dict.fromkeys(("contains", "starts_with", "ends_with", "prefix", "suffix"), ("t t", Kind.BOOLEAN)),
    "instr": ("t t", Kind.NUMBER),
    "replace": ("t t t", Kind.TEXT),
    "translate": ("t l l", Kind.TEXT),
    "split_part": ("t t n", Kind.TEXT),
    "concat": ("x x*", Kind.TEXT),
    **dict.fromkeys(("regexp_matches", "regexp_full_match"), ("t l", Kind.BOOLEAN)),
    "regexp_extract": ("t l n?", Kind.TEXT),
    "regexp_replace": ("t l t l?", Kind.TEXT),
    # dates, times, durations
    **dict.fromkeys(
        (
            "year",
            "quarter",
            "month",
            "week",
            "weekofyear",
            "day",
            "dayofmonth",
            "dayofyear",
            "hour",
            "minute",
            "second",
        ),
        ("w", Kind.NUMBER),
    ),
    **dict.fromkeys(("dayofweek", "weekday", "isodow"), ("w", Kind.NUMBER)),
    **dict.fromkeys(("dayname", "monthname"), ("w", Kind.TEXT)),
    "date_part": ("u w", Kind.NUMBER),
    "date_trunc": ("u w", None),
    "date_diff": ("u w w", Kind.NUMBER),
    "last_day": ("w", Kind.DATE),
    **dict.fromkeys(("epoch", "epoch_ms", "epoch_us"), ("x", Kind.NUMBER)),
    "strftime": ("w l", Kind.TEXT),
    **dict.fromkeys(("strptime", "try_strptime"), ("t l", Kind.LOCAL)),
    **dict.fromkeys(("to_seconds", "to_minutes", "to_hours", "to_days", "to_weeks"), ("n", Kind.DURATION)),
    "to_timestamp": ("n", Kind.MOMENT),
    **dict.fromkeys(("make_timestamp", "make_timestamp_ms"), ("n", Kind.LOCAL)),
    # clocks
    **dict.fromkeys(("elapsed", "business"), ("i i", Kind.DURATION)),
    "business_after": ("i d", Kind.MOMENT),
}

ROW_FUNCTIONS: Mapping[str, Function] = {name: _function(*row) for name, row in _TABLE.items()}
AGGREGATES = frozenset({"avg", "count", "count_if", "max", "median", "min", "quantile_cont", "sum"})
QUERY_AGGREGATES = AGGREGATES | {"bool_and", "bool_or"}
# What a query may also call with OVER, and the fewest and most arguments.
WINDOW_FUNCTIONS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("dense_rank", "rank", "row_number"), (0, 0)),
    **dict.fromkeys(("first_value", "last_value", "ntile"), (1, 1)),
    **dict.fromkeys(("lag", "lead"), (1, 3)),
}
CLOCKS = frozenset(
    {
        "current_date",
        "current_time",
        "current_timestamp",
        "get_current_timestamp",
        "localtime",
        "localtimestamp",
        "now",
        "random",
        "today",
        "uuid",
    }
)
