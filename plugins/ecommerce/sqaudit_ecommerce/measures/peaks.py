"""Holidays against ordinary days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt

from sqaudit.errors import told
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

from sqaudit_ecommerce.measures.conditions import exact, holds, rows_where

_Z = 1.959963984540054  # the quantile of 0.975 of the normal distribution


class HolidayRatio:
    """``holiday_ratio(complaints, orders, on_holiday)``: the rate on holidays over the rate on other days.

    One row is one day, or any other stretch that is one or the other. 1 is as on other days, 2 is twice as many per
    order. Each day counts by its orders: both rates are totals by totals. Where there is no holiday, no other day, or
    no complaint on the other days, there is no ratio (``zero_denominator``); never 0 and never endless. A negative
    number makes a row invalid.

    The interval: given all events, those on holidays are a share of them (J. Przyborowski, H. Wilenski, Homogeneity of
    results in testing samples from Poisson series, *Biometrika* 31 (1940) 313-323). Wilson's limits of that share,
    as odds over the odds of the orders, are the limits of the ratio.

    A day is a holiday by the site's calendar if it has no opening there:

    Example:
        ``measure: holiday_ratio(complaints, orders, business(day, day + INTERVAL 24 HOUR) = INTERVAL 0 HOUR)``
    """

    name = "holiday_ratio"
    formula = "holiday_ratio/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER, ArgumentKind.NUMBER, ArgumentKind.CONDITION),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002 - part of every measure
        """None: how many times."""
        return ""

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` days, and events and exposure of both kinds of days.

        Raises:
            UnfitArgument: A duration stands for a number.
        """
        for index in (0, 1):
            if arguments[index].is_duration:
                message = told({"en": "a number belongs here, not a duration", "zh": "此处应为数值，而不是时长"})
                raise UnfitArgument(index, message)
        events, exposure, holiday = arguments
        usable, refused = _usable(arguments)

        def total(number: Argument, day: str) -> Statistic:
            return Statistic(
                kind=StatisticKind.SUM, expression=f"(CASE WHEN {usable} AND {holds(day)} THEN {number.sql} END)"
            )

        ordinary = f"(NOT {holiday.sql})"
        return {
            "n": rows_where(usable),
            "invalid": rows_where(refused),
            "holiday_events": total(events, holiday.sql),
            "holiday_exposure": total(exposure, holiday.sql),
            "other_events": total(events, ordinary),
            "other_exposure": total(exposure, ordinary),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The ratio with its limits."""
        if not statistics["n"]:
            return Value(value=None, unit=unit, formula=self.formula, reason="no_valid_rows")
        names = ("holiday_events", "holiday_exposure", "other_events", "other_exposure")
        events, exposure, other_events, other_exposure = (exact(statistics[name] or 0) for name in names)
        if not exposure or not other_exposure or not other_events:
            return Value(value=None, unit=unit, formula=self.formula, reason="zero_denominator")
        ratio = Fraction(events * other_exposure) / (exposure * other_events)
        odds = float(Fraction(other_exposure) / exposure)
        low, high = _odds_limits(float(events), float(events + other_events))
        return Value(
            value=float(ratio),
            unit=unit,
            formula=self.formula,
            low=low * odds,
            high=high * odds,
            interval="wilson",
        )

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The holidays with complaints where less is better."""
        usable, _ = _usable(arguments)
        if direction is Direction.HIGHER:
            return None
        return f"({usable} AND {holds(arguments[2].sql)} AND {arguments[0].sql} > 0)"


def _usable(arguments: Sequence[Argument]) -> tuple[str, str]:
    """Two conditions: the day is known whole, and one of its numbers is below 0 or no finite number."""
    events, exposure, holiday = arguments
    counted = [f"({number.sql} >= 0 AND ({number.sql} - {number.sql}) = 0)" for number in (events, exposure)]
    both = " AND ".join(counted)
    usable = holds(f"({both} AND {holiday.sql} IS NOT NULL)")
    return usable, f"(NOT coalesce({both}, TRUE))"


def _odds_limits(events: float, total: float) -> tuple[float, float]:
    """Wilson's limits of ``events`` of ``total`` as odds; ``events`` is below ``total``, so that both are finite."""
    share, squared = events / total, _Z**2
    centre = share + squared / (2 * total)
    margin = _Z * sqrt(share * (1 - share) / total + squared / (4 * total**2))
    whole = 1 + squared / total
    low = max(0.0, centre - margin) if events else 0.0
    return low / (whole - low), (centre + margin) / (whole - centre - margin)
