"""What shares of rows have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct, field
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import AS_OF, Statistic, StatisticKind
from sqaudit.model.ports import Argument
from sqaudit.model.score import Value
from sqaudit.model.spread import Proportion
from sqaudit.model.target import Direction


class Counting(Struct, frozen=True, kw_only=True):
    """How the rows of a share are counted; all texts are conditions over one row that are never unknown.

    ``inside`` and ``outside`` make the base; ``refused`` rows are invalid, ``lacking`` ones have no value. ``shown``
    rows are in none of these, and their number is kept by its name.
    """

    inside: str
    outside: str
    refused: str = "FALSE"
    lacking: str = "FALSE"
    shown: Mapping[str, str] = field(default_factory=dict)


class ShareOfRows(ABC):
    """A share from 0 to 1 with Wilson's interval; a subclass says by ``counting`` which rows are in it."""

    formula: str

    @abstractmethod
    def counting(self, arguments: Sequence[Argument]) -> Counting:
        """Which rows are in the share. Raises ``UnfitArgument``."""

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002 - part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` rows of the base, the ``part`` of them, and what is in neither."""
        rows = self.counting(arguments)
        return {
            "n": _rows(f"({rows.inside} OR {rows.outside})"),
            "part": _rows(rows.inside),
            "invalid": _rows(rows.refused),
            "missing": _rows(rows.lacking),
            **{name: _rows(condition) for name, condition in rows.shown.items()},
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The part of the base."""
        n, part = (Fraction(statistics[name] or 0) for name in ("n", "part"))
        if not n:
            return Value(value=None, unit=unit, formula=self.formula, reason="no_valid_rows")
        return Value(value=float(part / n), unit=unit, formula=self.formula, spread=Proportion(successes=part, n=n))

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The rows outside the share where more is better, those inside it where less is."""
        rows = self.counting(arguments)
        return rows.outside if direction is Direction.HIGHER else rows.inside


def absent(argument: Argument) -> str:
    """A condition: nothing is there, and not because a cell could not be used."""
    return f"({argument.sql} IS NULL AND NOT {argument.unusable})"


def there(argument: Argument) -> str:
    """A condition: the argument has a value."""
    return f"({argument.sql} IS NOT NULL)"


def day_of(argument: Argument) -> str:
    """The day of a moment, by the clock of the site; a date is its own day."""
    return argument.sql if argument.is_day else f"CAST({argument.sql} AS DATE)"


def is_over(arrives: Argument) -> str:
    """A condition: the day of an arrival is over by ``as_of``. Unknown where the arrival is."""
    return f"({day_of(arrives)} < CAST({AS_OF} AS DATE))"


def _rows(condition: str) -> Statistic:
    return Statistic(kind=StatisticKind.COUNT, expression=condition)
