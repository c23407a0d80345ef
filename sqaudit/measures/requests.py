"""What is asked of a dataset, made ready to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqaudit.expressions.gate import RowExpression, moment_literal, render
from sqaudit.expressions.terms import any_unusable
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.model.measuring import StagedDataset, Statistic, StatisticKind
from sqaudit.model.programme import Period
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import ColumnType
from sqaudit.model.target import Direction

ADDITIVE = frozenset({StatisticKind.COUNT, StatisticKind.SUM, StatisticKind.MIN, StatisticKind.MAX})
OF_NUMBERS = ADDITIVE - {StatisticKind.COUNT} | {StatisticKind.QUANTILE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRequest:
    """One item's measure over a dataset. ``where`` picks rows; ``time`` is the column that places a row in the period.

    Without ``time`` the dataset is a snapshot: every row counts.
    """

    checklist: str
    item: str
    measure: CompiledMeasure
    where: RowExpression | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class RowChoice:
    """Which rows an item looks at, as SQL: in the period, under its condition, and out of it for an unusable cell."""

    in_period: str
    where: str
    unusable: str


@dataclass(frozen=True, slots=True)
class Task:
    """A request with everything rendered for one period. ``unusable`` is true where a cell it reads is bad.

    ``rendered`` gives an expression of the measure as it was rendered.
    """

    number: int
    rows: RowChoice
    unusable: str
    statistics: Mapping[str, Statistic]
    rendered: Mapping[str, str]

    def expressions(self, kinds: frozenset[StatisticKind]) -> list[str]:
        """The distinct expressions of its statistics of these kinds, in order."""
        return list(dict.fromkeys(found.expression for found in self.statistics.values() if found.kind in kinds))


def make_task(number: int, request: MeasureRequest, staged: StagedDataset, period: Period, as_of: datetime) -> Task:
    """The request as it is computed for one period."""
    where = request.where
    statistics = request.measure.statistics
    rendered = {found.expression: render(found.expression, period, as_of) for found in statistics.values()}
    return Task(
        number=number,
        rows=RowChoice(
            in_period=_in_period(request.time, staged, period),
            where=where.render(period, as_of) if where is not None else "TRUE",
            unusable=any_unusable(where.columns) if where is not None else "FALSE",
        ),
        unusable=any_unusable(request.measure.columns),
        statistics={
            name: Statistic(kind=found.kind, expression=rendered[found.expression], q=found.q)
            for name, found in statistics.items()
        },
        rendered=rendered,
    )


def _in_period(time: str | None, staged: StagedDataset, period: Period) -> str:
    if time is None:
        return "TRUE"
    name = quote_name(time)
    column = staged.columns.get(time)
    if column is not None and column.type is ColumnType.DATE:
        start, end = period.start.date().isoformat(), period.end.date().isoformat()
        return f"({name} >= CAST('{start}' AS DATE) AND {name} < CAST('{end}' AS DATE))"
    return f"({name} >= {moment_literal(period.start)} AND {name} < {moment_literal(period.end)})"


def rows_against_sql(
    request: MeasureRequest, staged: StagedDataset, period: Period, as_of: datetime, direction: Direction
) -> tuple[str, bool]:
    """The condition for the rows that count against a site, and whether that is simply every row of the item."""
    task = make_task(0, request, staged, period, as_of)
    against = request.measure.against(direction)
    parts = [task.rows.in_period, task.rows.where]
    parts.append(task.statistics["n"].expression if against is None else against.render(period, as_of))
    return " AND ".join(f"({part})" for part in parts), against is None
