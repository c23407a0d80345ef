"""What is asked of a dataset, made ready to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from sqaudit.expressions.clocks import Clock
from sqaudit.expressions.gate import RowExpression, moment_literal, render
from sqaudit.expressions.terms import any_unusable
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.knowing import simplified, without_doubt
from sqaudit.model.checklist import Sample
from sqaudit.model.measuring import StagedDataset, Statistic, StatisticKind
from sqaudit.model.programme import Period
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import ColumnType
from sqaudit.model.target import Direction

ADDITIVE = frozenset(
    {StatisticKind.COUNT, StatisticKind.SUM, StatisticKind.SQUARES, StatisticKind.MIN, StatisticKind.MAX}
)
OF_NUMBERS = ADDITIVE - {StatisticKind.COUNT} | {StatisticKind.QUANTILE}
RAW_N, WEIGHTS, WEIGHTS_SQUARED, CLUSTERS = ":n", ":weights", ":weights squared", ":clusters"
LOW, HIGH = ":low", ":high"
NEWEST = ":latest"
NOT_ROWS = frozenset({"invalid", "missing"})  # what a measure says of rows that are not valid


class MeasureRequest(Struct, frozen=True, kw_only=True):
    """One item's measure over a dataset. ``where`` picks rows; ``time`` is the column that places a row in the period.

    Without ``time`` the dataset is a snapshot: every row counts. ``by`` names the columns whose groups are measured
    beside the site, ``subject`` those of the subjects that are measured instead of it. ``sample`` says how the rows
    stand for all there are; ``interval`` asks for the ranks around a quantile, ``newest`` for the last moment in this
    column.
    """

    checklist: str
    item: str
    measure: CompiledMeasure
    where: RowExpression | None = None
    time: str | None = None
    by: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    sample: Sample | None = None
    interval: bool = False
    newest: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by which rows are told apart within a site."""
        return self.subject or self.by

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """The places that the calendars of the sites fill, each after those that it needs itself."""
        return self.measure.clocks + (self.where.clocks if self.where is not None else ())

    @property
    def columns(self) -> frozenset[str]:
        """The dataset's columns that it reads, beside ``time``."""
        own = {*self.keys, *([self.newest] if self.newest is not None else [])}
        if self.sample is not None:
            own |= {name for name in (self.sample.weight, self.sample.cluster) if name is not None}
        return self.measure.columns | (self.where.columns if self.where is not None else frozenset()) | own


class RowChoice(Struct, frozen=True):
    """Which rows an item looks at, as SQL: in the period, under its condition, and out of it for an unusable cell."""

    in_period: str
    where: str
    unusable: str


class Task(Struct, frozen=True):
    """A request with everything rendered for one period. ``unusable`` is true where a cell it reads is bad.

    ``unsure`` are the columns that it is about, ``rendered`` gives an expression of the measure as it was rendered.
    """

    number: int
    rows: RowChoice
    unusable: str
    unsure: frozenset[str]
    statistics: Mapping[str, Statistic]
    rendered: Mapping[str, str]

    def expressions(self, kinds: frozenset[StatisticKind]) -> list[str]:
        """The distinct expressions of its statistics of these kinds, in order."""
        return list(dict.fromkeys(found.expression for found in self.statistics.values() if found.kind in kinds))


def statistics_of(request: MeasureRequest) -> Mapping[str, Statistic]:
    """The statistics that a request needs: those of its measure, weighted and clustered as its sample says."""
    statistics, sample = dict(request.measure.statistics), request.sample
    if request.newest is not None:
        moment = f"epoch_us({quote_name(request.newest)})"
        statistics[NEWEST] = Statistic(kind=StatisticKind.MAX, expression=moment)
    if sample is None:
        return statistics
    valid = statistics["n"].expression
    if sample.weight is not None:
        weight = quote_name(sample.weight)
        valid = f"({valid} AND coalesce({weight} > 0, FALSE))"
        statistics = {
            name: found if name in {*NOT_ROWS, NEWEST} else _weighted(found, weight, valid)
            for name, found in statistics.items()
        }
        statistics[RAW_N] = Statistic(kind=StatisticKind.COUNT, expression=valid)
        statistics[WEIGHTS] = Statistic(kind=StatisticKind.SUM, expression=f"(CASE WHEN {valid} THEN {weight} END)")
        statistics[WEIGHTS_SQUARED] = Statistic(
            kind=StatisticKind.SQUARES, expression=f"(CASE WHEN {valid} THEN {weight} END)"
        )
    if sample.cluster is not None:
        cluster = f"(CASE WHEN {valid} THEN {quote_name(sample.cluster)} END)"
        statistics[CLUSTERS] = Statistic(kind=StatisticKind.DISTINCT, expression=cluster)
    return statistics


def _weighted(found: Statistic, weight: str, valid: str) -> Statistic:
    if found.kind is StatisticKind.COUNT:
        return Statistic(
            kind=StatisticKind.SUM, expression=f"(CASE WHEN {valid} AND {found.expression} THEN {weight} ELSE 0 END)"
        )
    if found.kind is StatisticKind.SUM:
        return Statistic(kind=found.kind, expression=f"(CASE WHEN {valid} THEN {found.expression} * {weight} END)")
    if found.kind is StatisticKind.SQUARES:
        squares = f"(CASE WHEN {valid} THEN {found.expression} * {found.expression} * {weight} END)"
        return Statistic(kind=StatisticKind.SUM, expression=squares)
    return found


def make_task(number: int, request: MeasureRequest, staged: StagedDataset, period: Period, as_of: datetime) -> Task:
    """The request as it is computed for one period."""
    where, wanted = request.where, statistics_of(request)
    required = {name for name, column in staged.columns.items() if not column.optional or name == staged.time}
    sure = staged.sure | required
    marked = frozenset(staged.columns) - sure if staged.marked else frozenset()

    def settled(sql: str) -> str:
        return without_doubt(sql, sure, marked)

    rendered = {found.expression: settled(render(found.expression, period, as_of)) for found in wanted.values()}
    return Task(
        number=number,
        rows=RowChoice(
            in_period=in_period(request.time, staged, period),
            where=settled(where.render(period, as_of)) if where is not None else "TRUE",
            unusable=settled(any_unusable(where.columns - sure)) if where is not None else "FALSE",
        ),
        unusable=settled(any_unusable(request.measure.columns - sure)),
        unsure=request.measure.columns - sure,
        statistics={
            name: Statistic(
                kind=found.kind,
                expression=simplified(rendered[found.expression], required)
                if found.kind is StatisticKind.COUNT
                else rendered[found.expression],
                q=found.q,
            )
            for name, found in wanted.items()
        },
        rendered=rendered,
    )


def in_period(time: str | None, staged: StagedDataset, period: Period) -> str:
    """The condition that a row lies in the period by this column; all rows do where there is none."""
    if time is None or (time == staged.time and staged.within == (period.start, period.end)):
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
