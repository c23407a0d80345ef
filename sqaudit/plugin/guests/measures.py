"""Measures of plugins: their SQL confined to their arguments, their values looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from sqaudit.errors import Message, msg
from sqaudit.expressions.confining import columns_read, confine
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import MOMENT_NAMES, Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, Measure, MeasureFamily, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction
from sqaudit.plugin.guarding import Guard, Unusable, wanted
from sqaudit.plugin.guests.stated import stated_name, stated_text
from sqaudit.plugin.guests.values import made_value
from sqaudit.plugin.limits import Phase

T = TypeVar("T")


class GuestMeasure:
    """A measure of a plugin."""

    def __init__(self, guard: Guard, measure: Measure) -> None:
        self.name = stated_name(measure)
        self.formula = stated_text(measure, "formula")
        self.signatures: Sequence[Sequence[ArgumentKind]] = _signatures(measure.signatures)
        self._guard = guard
        self._measure = measure
        self._what = f"measure '{self.name}'"

    def unit(self, arguments: Sequence[Argument]) -> str | None:
        """The unit of its values."""
        given = tuple(arguments)

        def ask() -> str | None:
            unit = self._measure.unit(given)
            if unit is not None and not (isinstance(unit, str) and unit.isprintable()):
                raise wanted("the unit", "a text or None", unit)
            return unit

        return self._guard.call(Phase.UNIT, self._what, ask, allowed=(UnfitArgument,))

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """The statistics it needs, each an expression over its arguments."""
        given = tuple(arguments)

        def ask() -> Mapping[str, Statistic]:
            return _statistics(self._measure.statistics(given), given)

        return self._unfit(Phase.STATISTICS, ask, len(given))

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The value of the statistics, a finite number or none."""
        given = MappingProxyType(statistics)
        return self._guard.call(
            Phase.FINISH, self._what, lambda: made_value(self._measure.finish(given, unit), unit, self.formula)
        )

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The condition for rows that count against a site."""
        given = tuple(arguments)

        def ask() -> str | None:
            sql = self._measure.against(given, direction)
            if sql is not None:
                _confined("the condition of 'against'", sql, _readable(given))
            return sql

        return self._guard.call(Phase.AGAINST, self._what, ask)

    def _unfit(self, phase: Phase, ask: Callable[[], T], count: int) -> T:
        try:
            return self._guard.call(phase, self._what, ask, allowed=(UnfitArgument,))
        except UnfitArgument as error:
            if type(error.index) is int and 0 <= error.index < count and isinstance(error.message, Message):
                raise
            raise self._guard.failed(phase, self._what, msg("it refuses an argument that is not there")) from error


class GuestFamily(GuestMeasure):
    """A measure of a plugin that is another one for other arguments."""

    _measure: MeasureFamily

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The measure for these arguments, guarded as well."""
        given = tuple(arguments)

        def ask() -> Measure:
            found = self._measure.member(given)
            if not all(callable(getattr(found, name, None)) for name in ("unit", "statistics", "finish", "against")):
                raise wanted("the member", "a measure", found)
            return GuestMeasure(self._guard, found)

        return self._unfit(Phase.MEMBER, ask, len(given))


def _signatures(given: object) -> tuple[tuple[ArgumentKind, ...], ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, list | tuple) for one in given):
        raise wanted("'signatures'", "a list of lists of ArgumentKind", given)
    if not all(isinstance(kind, ArgumentKind) for one in given for kind in one):
        raise Unusable(msg("'signatures' must hold lists of ArgumentKind"))
    return tuple(tuple(one) for one in given)


def _statistics(given: object, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
    if not isinstance(given, Mapping):
        raise wanted("the statistics", "a mapping of names to Statistic", given)
    found: dict[str, Statistic] = {}
    readable = _readable(arguments)
    for name, statistic in given.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise wanted("the name of a statistic", "a word", name)
        what = f"the statistic '{name}'"
        if type(statistic) is not Statistic or not isinstance(statistic.kind, StatisticKind):
            raise wanted(what, "a Statistic", statistic)
        _confined(what, statistic.expression, readable)
        is_share = isinstance(statistic.q, float | int) and 0 <= statistic.q <= 1
        if (statistic.kind is StatisticKind.QUANTILE) != is_share or (statistic.q is not None and not is_share):
            raise Unusable(msg("{what} needs a q from 0 to 1 if it is a quantile, and none else", what=what))
        found[name] = statistic
    if "n" not in found or found["n"].kind is not StatisticKind.COUNT:
        raise Unusable(msg("the statistics must hold 'n', which counts the valid rows"))
    return found


def _readable(arguments: Sequence[Argument]) -> frozenset[str]:
    return frozenset(MOMENT_NAMES).union(*(columns_read(one.sql) | columns_read(one.unusable) for one in arguments))


def _confined(what: str, sql: object, columns: frozenset[str]) -> None:
    if not isinstance(sql, str):
        raise wanted(what, "SQL as a text", sql)
    try:
        confine(sql, columns)
    except ExpressionProblem as problem:
        raise Unusable(msg("{what} cannot be used: {problem}", what=what, problem=problem.message)) from problem
