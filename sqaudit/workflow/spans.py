"""Longer periods than a programme's own: the cycles that make them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqaudit.documents.periods import read_period
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import Cycle, Period, PeriodUnit


def read_span(text: str, zone: str, now: datetime) -> Period | None:
    """The stretch of time that ``text`` stands for; ``None`` if it is none, has not begun, or counts in no trend."""
    try:
        span = read_period(text, PeriodUnit.MONTH, zone, now)
    except InvalidInput:
        return None
    return span if span.is_regular else None


def periods_within(span: Period, unit: PeriodUnit, zone: str) -> list[Period]:
    """The periods of a unit that make up a stretch of time, in order; none if their edges are not its own."""
    periods: list[Period] = []
    after = span.end
    while after > span.start:
        last = read_period(None, unit, zone, after)
        if last.end != after or last.start < span.start:
            return []
        periods.append(last)
        after = last.start
    return periods[::-1]


def cycles_within(cycles: Sequence[Cycle], span: Period, unit: PeriodUnit, zone: str) -> list[Cycle]:
    """The cycles of one programme that make up a stretch of time; none if it is not made of several of its periods.

    Raises:
        InvalidInput: Some of them have not been collected.
    """
    wanted = [period.label for period in periods_within(span, unit, zone)]
    if len(wanted) < 2:  # noqa: PLR2004 - one period is a cycle of its own
        return []
    known: Mapping[str, Cycle] = {cycle.period: cycle for cycle in cycles if cycle.revisions}
    missing = [label for label in wanted if label not in known]
    if missing:
        programme = cycles[0].programme
        raise InvalidInput(
            "SQA706",
            msg(
                "programme '{programme}' lacks periods of {period}: {missing}",
                programme=programme,
                period=span.label,
                missing=", ".join(missing),
            ),
            msg("run them: `sqaudit run {programme} --period {first}`", programme=programme, first=missing[0]),
        )
    return [known[label] for label in wanted]
