"""A measure that can be computed: the statistics it needs and how they become a value."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256

from msgspec import Struct, field

from sqaudit.errors import Incomplete
from sqaudit.expressions.clocks import Clock, clocks_in
from sqaudit.expressions.gate import RowExpression
from sqaudit.measures.finishing import NO_VALID_ROWS, NOT_FINITE, no_value
from sqaudit.model.evidence import Observation, Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction
from sqaudit.statistics.spreads import interval_of

FAILED = "failed/1"


class CompiledMeasure(Struct, frozen=True, kw_only=True):
    """A measure's text, checked against a dataset.

    ``statistics`` always holds ``n``, the condition for a valid row; ``invalid`` and ``missing``, where they are given,
    say which other rows are counted as such. ``columns`` are the dataset's columns that it reads. ``identity`` is the
    fingerprint of all that its value depends on, however the text was written. ``registry`` holds the clocks that its
    expressions may name. ``failure`` is why the plugin's measure could not be compiled: nothing is measured then.
    """

    text: str
    formula: str
    unit: str
    statistics: Mapping[str, Statistic]
    columns: frozenset[str]
    identity: str
    finisher: Callable[[Statistics], Value]
    opposed: Callable[[Direction], str | None]
    registry: Mapping[str, Clock] = field(default_factory=dict)
    failure: Incomplete | None = None

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """The places in its statistics that the calendars of the sites fill."""
        return clocks_in((found.expression for found in self.statistics.values()), self.registry)

    def finish(self, statistics: Statistics) -> Value:
        """The value of these statistics."""
        value = self.finisher(statistics)
        if value.value is not None and not math.isfinite(value.value):
            return no_value(NOT_FINITE, self.unit, self.formula)
        return with_interval(value)

    def against(self, direction: Direction) -> RowExpression | None:
        """The condition for rows that count against the site, or ``None`` if every row counts alike."""
        sql = self.opposed(direction)
        if sql is None:
            return None
        return RowExpression(sql=sql, columns=self.columns, clocks=clocks_in([sql], self.registry))


def failed_measure(text: str, failure: Incomplete) -> CompiledMeasure:
    """What stands for a measure of a plugin that failed: no row is valid, and to finish it raises the failure."""
    nothing = {"n": Statistic(kind=StatisticKind.COUNT, expression="FALSE")}

    def finish(_statistics: Statistics) -> Value:
        raise failure

    return CompiledMeasure(
        text=text,
        formula=FAILED,
        unit="",
        statistics=nothing,
        columns=frozenset(),
        identity=identity_of(FAILED, "", nothing, (), [text, str(failure)]),
        finisher=finish,
        opposed=lambda _direction: None,
        failure=failure,
    )


def identity_of(
    formula: str, unit: str, statistics: Mapping[str, Statistic], columns: Collection[str], more: object
) -> str:
    """The fingerprint of a measure: equal only for measures that ask for the same and finish it alike.

    ``more`` is what else its value depends on, as plain values that JSON can hold.
    """
    asked = {name: [found.kind, found.expression, found.q] for name, found in statistics.items()}
    whole = [formula, unit, asked, sorted(columns), more]
    return sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def with_interval(value: Value) -> Value:
    """A value with the interval that its spread gives, if it has one."""
    found = interval_of(value.spread) if value.spread is not None and value.value is not None else None
    if found is None:
        return value
    low, high, method = found
    return Value(
        value=value.value,
        unit=value.unit,
        formula=value.formula,
        low=low,
        high=high,
        interval=method,
        reason=value.reason,
        spread=value.spread,
    )


def finish_observation(measure: CompiledMeasure, observation: Observation) -> Value:
    """The value of what was seen at a site; ``None`` with a reason if nothing could be measured.

    Rows of which none could be told are no value even for a count: unknown is never zero.

    Raises:
        Incomplete: The measure's plugin cannot be used.
    """
    if measure.failure is not None:
        raise measure.failure
    if observation.failed or observation.reason is not None:
        return no_value(observation.reason or "failed", measure.unit, measure.formula)
    if observation.n == 0 and (observation.missing or observation.invalid):
        return no_value(NO_VALID_ROWS, measure.unit, measure.formula)
    return measure.finish(observation.statistics)
