"""How the cycles of a programme are read as a series."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sqaudit.model.texts import Text

# Limits from fewer points move too much with every one of them to be relied on.
SURE_BASELINE = 20


class Rule(StrEnum):
    """A pattern of points that chance makes rarely, by its author's number.

    ``EWMA`` is the moving average beyond its own limits, for slow drifts.
    """

    NELSON_1 = "nelson_1"
    NELSON_2 = "nelson_2"
    NELSON_3 = "nelson_3"
    NELSON_4 = "nelson_4"
    NELSON_5 = "nelson_5"
    NELSON_6 = "nelson_6"
    NELSON_7 = "nelson_7"
    NELSON_8 = "nelson_8"
    WESTERN_ELECTRIC_1 = "western_electric_1"
    WESTERN_ELECTRIC_2 = "western_electric_2"
    WESTERN_ELECTRIC_3 = "western_electric_3"
    WESTERN_ELECTRIC_4 = "western_electric_4"
    EWMA = "ewma"


NELSON = tuple(rule for rule in Rule if rule.startswith("nelson"))
WESTERN_ELECTRIC = tuple(rule for rule in Rule if rule.startswith("western"))
# All eight together raise too many false alarms.
DEFAULT_RULES = (Rule.NELSON_1, Rule.NELSON_2, Rule.NELSON_3, Rule.NELSON_5)


class Break(Struct, frozen=True, kw_only=True):
    """From the ``period`` on, things are another way, and limits are made anew."""

    period: str
    why: str


class Reference(Struct, frozen=True, kw_only=True):
    """A line to read a series against, such as an industry's mean: its ``value`` in the unit of the series.

    It is of the score, or of an ``item``. ``source`` says where the figure is from.
    """

    title: Text
    value: float
    source: str
    item: str | None = None


class Trend(Struct, frozen=True, kw_only=True):
    """Which ``rules`` give signals, and how many points after each break make the limits (``baseline``).

    ``breaks`` are in the order of time, ``references`` as they are written.
    """

    rules: tuple[Rule, ...] = DEFAULT_RULES
    baseline: int = SURE_BASELINE
    breaks: tuple[Break, ...] = ()
    references: tuple[Reference, ...] = ()

    def references_of(self, item: str | None) -> tuple[Reference, ...]:
        """The lines that the score (``None``), or an item, is read against."""
        return tuple(one for one in self.references if one.item == item)
