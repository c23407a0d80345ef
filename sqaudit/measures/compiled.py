"""A measure that can be computed: the statistics it needs and how they become a value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqaudit.expressions.gate import RowExpression
from sqaudit.measures.finishing import NO_VALID_ROWS, NOT_FINITE, no_value
from sqaudit.model.evidence import Observation, Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.score import Value
from sqaudit.model.target import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledMeasure:
    """A measure's text, checked against a dataset.

    ``statistics`` always holds ``n``, the condition for a valid row; ``invalid`` and ``missing``, where they are given,
    say which other rows are counted as such. ``columns`` are the dataset's columns that it reads.
    """

    text: str
    formula: str
    unit: str
    statistics: Mapping[str, Statistic]
    columns: frozenset[str]
    finisher: Callable[[Statistics], Value] = field(repr=False, compare=False)
    opposed: Callable[[Direction], str | None] = field(repr=False, compare=False)

    def finish(self, statistics: Statistics) -> Value:
        """The value of these statistics."""
        value = self.finisher(statistics)
        if value.value is not None and not math.isfinite(value.value):
            return no_value(NOT_FINITE, self.unit, self.formula)
        return value

    def against(self, direction: Direction) -> RowExpression | None:
        """The condition for rows that count against the site, or ``None`` if every row counts alike."""
        sql = self.opposed(direction)
        return None if sql is None else RowExpression(sql=sql, columns=self.columns)


def finish_observation(measure: CompiledMeasure, observation: Observation) -> Value:
    """The value of what was seen at a site; ``None`` with a reason if nothing could be measured.

    Rows of which none could be told are no value even for a count: unknown is never zero.
    """
    if observation.failed or observation.reason is not None:
        return no_value(observation.reason or "failed", measure.unit, measure.formula)
    if observation.n == 0 and (observation.missing or observation.invalid):
        return no_value(NO_VALID_ROWS, measure.unit, measure.formula)
    return measure.finish(observation.statistics)
