"""One pass as one query. Every expression is computed once a row, every aggregate once a group.

chosen      the rows of the sites, with a mark per choice of rows (period and where)
computed    + the value of each expression, only where its choice holds: a row left out can do no harm
numbered    + numbers in the form in which they are summed, and rows whose number cannot be used
sliced      the aggregates of each slice of a group, if there are slices; those of the groups are added up from them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.measures.knowing import absent_column, is_closed, is_harmless, known_columns
from sqaudit.measures.planning import Grain
from sqaudit.measures.requests import ADDITIVE, HIGH, LOW, NOT_ROWS, OF_NUMBERS, RAW_N, RowChoice, Task
from sqaudit.measures.slices import Slices, told_by
from sqaudit.model.evidence import Number
from sqaudit.model.measuring import SITE_COLUMN, Statistic, StatisticKind
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.score import Level

SITE = quote_name(SITE_COLUMN)
FLOATS = frozenset({"DOUBLE", "FLOAT"})
CHOSEN, REFUSED, UNDECIDED, LACKING = ":chosen", ":refused", ":undecided", ":lacking"
_PLACE = quote_name(":place")


class _Names(Struct):
    """Short names for pieces of SQL; the same piece keeps its name."""

    prefix: str
    by_sql: dict[str, str] = field(default_factory=dict)

    def of(self, sql: str) -> str:
        """The name of ``sql``."""
        return self.by_sql.setdefault(sql, f"{self.prefix}{len(self.by_sql)}")

    def listed(self) -> list[str]:
        """``sql AS name`` for each."""
        return [f"{sql} AS {name}" for sql, name in self.by_sql.items()]


class Rows(Struct, frozen=True, kw_only=True):
    """Which rows a query walks over.

    ``relation`` is what stands behind FROM. ``periods`` are the conditions that place a row in time: where there is
    only one, rows out of it are not read at all. Of ``sites`` alone, if they are given. ``types`` holds DuckDB's type
    of every expression of a number. Above the site, ``places`` is the region or programme of each site that counts.
    ``site`` is the column that tells the sites of rows apart. ``masks`` are tables of ``value`` and ``mask`` for those
    of the grain's columns whose values must not be told.
    """

    relation: str
    periods: Sequence[str]
    types: Mapping[str, str]
    grain: Grain = field(default_factory=Grain)
    sites: Sequence[str] | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    site: str = SITE_COLUMN
    masks: Mapping[str, str] = field(default_factory=dict)


class GroupedQuery(Struct):
    """A query over rows, put together piece by piece while aggregates are asked for.

    Conditions of ``slices`` are no part of the aggregates: ``merged`` are made of those of the slices ``picked``.
    """

    over: Rows
    slices: Slices = field(default_factory=Slices)
    marks: _Names = field(default_factory=lambda: _Names("m"))
    values: _Names = field(default_factory=lambda: _Names("v"))
    numbers: _Names = field(default_factory=lambda: _Names("w"))
    aggregates: _Names = field(default_factory=lambda: _Names("a"))
    picked: _Names = field(default_factory=lambda: _Names("s"))
    merged: _Names = field(default_factory=lambda: _Names("b"))

    @property
    def groups(self) -> list[str]:
        """What a row's group is told by: the place (site, region or programme), then the keys."""
        keys = [quote_name(f":key {number}") for number in range(len(self.over.grain.keys))]
        return [_PLACE if self.over.grain.level is not Level.AUDIT else quote_name(self.over.site), *keys]

    def chosen(self, rows: RowChoice) -> str:
        """The mark of rows that are in the period and under the condition."""
        return self._mark(rows.in_period, rows.where)

    def undecided(self, rows: RowChoice) -> str:
        """The mark of rows whose condition is unknown because of an unusable cell."""
        return self._mark(rows.in_period, f"({rows.where} IS NULL)", rows.unusable)

    def _mark(self, in_period: str, *conditions: str) -> str:
        condition = _all("TRUE" if len(self.over.periods) == 1 else in_period, *conditions)
        return condition if condition in {"TRUE", "FALSE"} else self.marks.of(f"coalesce({condition}, FALSE)")

    def counted_in(self, in_period: str) -> str:
        """The aggregate that counts a group's rows in the period."""
        return _count(self._mark(in_period))

    def value(self, expression: str, rows: RowChoice) -> str:
        """The value of an expression, NULL in rows that are not chosen."""
        mark = self.chosen(rows)
        return self.values.of(expression if mark == "TRUE" else f"(CASE WHEN {mark} THEN {expression} END)")

    def number(self, expression: str, rows: RowChoice) -> str:
        """A number in the form in which it is summed: exact, durations in whole microseconds."""
        value, kind = self.value(expression, rows), self.over.types[expression]
        if kind == "INTERVAL":
            return self.numbers.of(f"epoch_us({value})")
        return self.numbers.of(f"TRY_CAST({value} AS DECIMAL(38, 9))") if kind in FLOATS else value

    def square(self, expression: str, rows: RowChoice) -> str:
        """A number's square: exact, but for a float's, which is rounded to nine decimals row by row."""
        number, kind = self.number(expression, rows), self.over.types[expression]
        if kind in FLOATS:
            value = self.value(expression, rows)
            return f"TRY_CAST({value} * {value} AS DECIMAL(38, 9))"
        return f"({number} * {number})" if kind.startswith("DECIMAL(18,") else f"(CAST({number} AS HUGEINT) * {number})"

    def unusable_number(self, task: Task) -> str | None:
        """The condition that one of the task's numbers is not finite, or too large to be summed exactly."""
        floats = [found for found in task.expressions(OF_NUMBERS) if self.over.types[found] in FLOATS]
        if not floats:
            return None
        pairs = [(self.value(found, task.rows), self.number(found, task.rows)) for found in floats]
        return "(" + " OR ".join(f"({value} IS NOT NULL AND {number} IS NULL)" for value, number in pairs) + ")"

    def ordered(self, expression: str, rows: RowChoice) -> str:
        """A number in the form in which it is put in order: durations in whole microseconds."""
        shown = self.value if self.over.types[expression] in FLOATS else self.number
        return shown(expression, rows)

    def place(self, aggregate: str, where: str = "TRUE") -> int:
        """The column of an aggregate in the query's rows, behind those of the group; of the slices ``where``."""
        name = self.aggregates.of(aggregate)
        if self.slices.columns:
            merging = next((extreme for extreme in ("min", "max") if aggregate.startswith(f"{extreme}(")), "sum")
            # Ten times as fast as FILTER (WHERE …), which cuts every vector for every aggregate.
            part = name if where == "TRUE" else f"CASE WHEN {self._picked(where)} THEN {name} END"
            name = self.merged.of(f"{merging}({part})")
        return int(name[1:]) + 1 + len(self.over.grain.keys)

    def sql(self) -> str:
        """The whole query: one row per group, the group first, then the aggregates in the order they were asked for."""
        groups, slices = self.groups, [*self._slice_names().values()]
        sql = _grouped([*groups, *slices], self.aggregates.listed(), self.rows())
        if not slices:
            return sql
        picked = f"(SELECT *{_added(self.picked.listed())} FROM ({sql}) AS sliced) AS picked"
        return _grouped(groups, self.merged.listed(), picked)

    def _picked(self, where: str) -> str:
        """The mark of the slices whose rows fulfil a condition."""
        return self.picked.of(told_by(where, self._slice_names()))

    def _slice_names(self) -> dict[str, str]:
        return {column: self.marks.of(key) for column, key in self.slices.keys().items()}

    def rows(self) -> str:
        """The rows with everything computed, as a subquery."""
        chosen = f"(SELECT *{_added(self.marks.listed())} FROM {self._placed()}{self._where()})"
        values, numbers = _added(self.values.listed()), _added(self.numbers.listed())
        computed = f"(SELECT *{values} FROM {chosen} AS chosen)" if values else chosen
        return f"(SELECT *{numbers} FROM {computed} AS computed) AS numbered" if numbers else f"{computed} AS computed"

    def _placed(self) -> str:
        """The rows with the columns that tell their group, where those are not there already."""
        grain, masks = self.over.grain, self.over.masks
        rows = f"{self.over.relation} AS rows"
        keys = []
        for place, key in enumerate(grain.keys):
            told, name = f"CAST(rows.{quote_name(key)} AS VARCHAR)", quote_name(f":key {place}")
            if key in masks:
                mask = quote_name(f":mask {place}")
                rows += f" LEFT JOIN {quote_name(masks[key])} AS {mask} ON rows.{quote_name(key)} = {mask}.value"
                told = f"{mask}.mask"
            keys.append(f"{told} AS {name}")
        if grain.level is Level.AUDIT:
            return f"(SELECT rows.*{_added(keys)} FROM {rows}) AS keyed" if keys else rows
        listed = ", ".join(f"({quote_text(site)}, {quote_text(place)})" for site, place in self.over.places.items())
        return (
            f"(SELECT rows.*, places.place AS {_PLACE}{_added(keys)} FROM {rows}"
            f" JOIN (VALUES {listed}) AS places(site, place) ON rows.{SITE} = places.site) AS placed"
        )

    def _where(self) -> str:
        wanted = []
        if self.over.sites is not None:
            wanted.append(f"{SITE} IN ({', '.join(quote_text(site) for site in self.over.sites)})")
        if "TRUE" not in self.over.periods:
            wanted.append(f"({' OR '.join(self.over.periods)})")
        return f" WHERE {' AND '.join(wanted)}" if wanted else ""


class Answer(Struct, frozen=True):
    """Where a task's statistics stand in a row of the query: name, column, and place in a list of quantiles.

    ``counts`` names those of which nothing is 0.
    """

    task: Task
    columns: Sequence[tuple[str, int, int | None]]
    counts: frozenset[str] = frozenset()

    def statistics(self, row: Sequence[Any]) -> dict[str, Number | None]:
        """The statistics of one group."""
        found: dict[str, Number | None] = {}
        for name, column, share in self.columns:
            value = row[column]
            if value is None:
                found[name] = 0 if name in self.counts else None  # count_if over nothing but unknown conditions
                continue
            if share is not None:
                value = value[share]
            found[name] = value + 0.0 if isinstance(value, float) else value  # -0.0 and 0.0 are one number
        return found


def additive_query(tasks: Sequence[Task], query: GroupedQuery) -> tuple[str, list[Answer]]:
    """The wide pass: all counts, sums and extremes."""
    answers = []
    for task in tasks:
        where, counted = "TRUE", task
        if task.rows.where in query.slices.wheres:
            where, counted = task.rows.where, _of_every_row(task)
        unusable = query.unusable_number(counted)
        wanted = {
            name: _aggregate(found.kind, found.expression, counted, query, unusable)
            for name, found in task.statistics.items()
            if found.kind in ADDITIVE and name not in NOT_ROWS
        }
        rows = _counts_of_rows(counted, query, unusable)
        columns = [(name, query.place(aggregate, where), None) for name, aggregate in (wanted | rows).items()]
        undecided = query.undecided(task.rows)
        if undecided != "FALSE":
            columns.append((UNDECIDED, query.place(_count(undecided)), None))
        counts = {name for name in wanted if task.statistics[name].kind is StatisticKind.COUNT} | {*rows, UNDECIDED}
        answers.append(Answer(task, columns, frozenset(counts)))
    return query.sql(), answers


def _of_every_row(task: Task) -> Task:
    """The task without its condition, which picks slices of rows instead."""
    return replace(task, rows=replace(task.rows, where="TRUE", unusable="FALSE"))


def _aggregate(kind: StatisticKind, expression: str, task: Task, query: GroupedQuery, unusable: str | None) -> str:
    usable = f"NOT {unusable}" if unusable is not None else "TRUE"
    if kind is StatisticKind.COUNT:
        names = known_columns(expression)
        if names is not None and len(names) == 1 and usable == "TRUE" and query.chosen(task.rows) == "TRUE":
            return f"count({names[0]})"
        return _count(_all(_condition(expression, task, query), usable))
    if kind is StatisticKind.SUM:
        return f"sum({query.number(expression, task.rows)}){_filter(usable)}"
    if kind is StatisticKind.SQUARES:
        return f"sum({query.square(expression, task.rows)}){_filter(usable)}"
    return f"{kind}({query.ordered(expression, task.rows)}){_filter(usable)}"


def _condition(expression: str, task: Task, query: GroupedQuery) -> str:
    if expression == "TRUE":
        return query.chosen(task.rows)
    if known_columns(expression) is not None or is_harmless(expression):  # it may be asked of rows that are left out
        return _all(query.chosen(task.rows), expression)
    return query.value(expression, task.rows)


def _counts_of_rows(task: Task, query: GroupedQuery, unusable: str | None) -> dict[str, str]:
    """The counts that tell missing from invalid: all chosen rows, refused ones, and lacking ones."""
    mark = query.chosen(task.rows)
    valid = task.statistics.get(RAW_N, task.statistics["n"]).expression
    bad_cells = task.unusable  # it only compares, so that it may be asked of rows that are left out
    known = known_columns(valid)
    left = "FALSE" if valid == "TRUE" else f"(NOT coalesce({_condition(valid, task, query)}, FALSE))"
    refusal = task.statistics.get("invalid")
    by_measure = "FALSE" if refusal is None else f"coalesce({_condition(refusal.expression, task, query)}, FALSE)"
    told_by_cells = valid == f"(NOT {bad_cells.removeprefix('(').removesuffix(')')})" or (
        known is not None and {quote_name(name) for name in task.unsure} <= {*known}
    )
    left_and_bad = bad_cells if told_by_cells and by_measure == "FALSE" else _all(left, _any(bad_cells, by_measure))
    refused = _any(unusable or "FALSE", left_and_bad)
    counts = {CHOSEN: _count(mark)}
    if refused != "FALSE":
        counts[REFUSED] = _count(_all(mark, refused))
    lacking = task.statistics.get("missing")
    if lacking is not None:
        without = _condition(lacking.expression, task, query)
        counts[LACKING] = _count(_all(mark, left, without, *([f"(NOT {refused})"] if refused != "FALSE" else [])))
    return counts


def quantile_query(tasks: Sequence[Task], query: GroupedQuery, expression: str) -> tuple[str, list[Answer]]:
    """One pass for an expression whose quantiles are wanted: all of them from one state per choice of rows."""
    wanted = [
        (task, name, found.q or 0.0) for task in tasks for name, found in _of(task, StatisticKind.QUANTILE, expression)
    ]
    shares = sorted({share for _, _, share in wanted})
    answers = []
    for task, name, share in wanted:
        unusable = query.unusable_number(task)
        number = f"CAST({query.ordered(expression, task.rows)} AS DOUBLE)"
        listed = ", ".join(repr(one) for one in shares)
        aggregate = f"quantile_cont({number}, [{listed}]){_filter(f'NOT {unusable}' if unusable else 'TRUE')}"
        answers.append(Answer(task, [(name, query.place(aggregate), shares.index(share))]))
    return query.sql(), answers


def distinct_query(tasks: Sequence[Task], query: GroupedQuery, expression: str) -> tuple[str, list[Answer]]:
    """Different values counted by grouping first: no site holds them all in memory at once."""
    values = {task.number: query.value(expression, task.rows) for task in tasks}
    of_all = next((values[task.number] for task in tasks if query.chosen(task.rows) == "TRUE"), None)
    if of_all is None and len(set(values.values())) == 1:
        of_all = values[tasks[0].number]
    flags: dict[str, str] = {}
    answers = []
    for task in tasks:
        value, unusable = values[task.number], query.unusable_number(task)
        seen = "TRUE" if value == of_all else f"({value} IS NOT NULL)"
        if unusable is not None:
            seen = _all(seen, f"NOT {unusable}")
        flag = flags.setdefault(seen, f"f{len(flags)}")
        columns = [
            (name, list(flags.values()).index(flag) + 1 + len(query.over.grain.keys), None)
            for name, _ in _of(task, StatisticKind.DISTINCT, expression)
        ]
        answers.append(Answer(task, columns, frozenset(name for name, _, _ in columns)))
    value = of_all or f"coalesce({', '.join(dict.fromkeys(values.values()))})"
    marks = "".join(f", bool_or({seen}) AS {flag}" for seen, flag in flags.items() if seen != "TRUE")
    groups = ", ".join(query.groups)
    grouped = (
        f"(SELECT {groups}, {value} AS value{marks} FROM {query.rows()} WHERE {value} IS NOT NULL"
        f" GROUP BY {groups}, {value}) AS different"
    )
    counts = ", ".join("count(*)" if seen == "TRUE" else f"count_if({flag})" for seen, flag in flags.items())
    return f"SELECT {groups}, {counts}\nFROM {grouped}\nGROUP BY {groups}", answers


def ranks_query(
    task: Task, query: GroupedQuery, expression: str, ranks: Mapping[tuple[str | None, ...], tuple[int, int]]
) -> tuple[str, Answer]:
    """The values at two ranks of each group, by putting its rows in order; ``ranks`` by group, 1-based."""
    number = f"CAST({query.ordered(expression, task.rows)} AS DOUBLE)"
    unusable = query.unusable_number(task)
    usable = _all(f"{number} IS NOT NULL", f"NOT {unusable}" if unusable else "TRUE")
    groups = query.groups
    ordered = (
        f"(SELECT {', '.join(groups)}, {number} AS value,"
        f" row_number() OVER (PARTITION BY {', '.join(groups)} ORDER BY {number}) AS rank"
        f" FROM {query.rows()} WHERE {usable}) AS ordered"
    )
    names = [f"g{place}" for place in range(len(groups))]
    listed = ", ".join(
        f"({', '.join(_text_or_null(part) for part in group)}, {low}, {high})" for group, (low, high) in ranks.items()
    )
    same = " AND ".join(
        f"ordered.{group} IS NOT DISTINCT FROM ends.{name}" for group, name in zip(groups, names, strict=True)
    )
    columns = ", ".join(f"ordered.{group}" for group in groups)
    sql = (
        f"SELECT {columns}, max(CASE WHEN rank = low THEN value END), max(CASE WHEN rank = high THEN value END)"
        f"\nFROM {ordered} JOIN (VALUES {listed}) AS ends({', '.join(names)}, low, high) ON {same}\nGROUP BY {columns}"
    )
    return sql, Answer(task, [(LOW, len(groups), None), (HIGH, len(groups) + 1, None)])


def _text_or_null(part: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if part is None else quote_text(part)


def _of(task: Task, kind: StatisticKind, expression: str) -> list[tuple[str, Statistic]]:
    return [pair for pair in task.statistics.items() if pair[1].kind is kind and pair[1].expression == expression]


def _grouped(groups: Sequence[str], aggregates: Sequence[str], rows: str) -> str:
    columns = ",\n  ".join([*groups, *aggregates])
    return f"SELECT {columns}\nFROM {rows}\nGROUP BY {', '.join(groups)}"


def _added(pieces: Sequence[str]) -> str:
    return "".join(f", {piece}" for piece in pieces)


def _all(*conditions: str) -> str:
    needed = [condition for condition in conditions if condition != "TRUE"]
    if "FALSE" in needed:
        return "FALSE"
    return f"({' AND '.join(needed)})" if needed else "TRUE"


def _any(*conditions: str) -> str:
    needed = [condition for condition in conditions if condition != "FALSE"]
    if "TRUE" in needed:
        return "TRUE"
    return f"({' OR '.join(needed)})" if needed else "FALSE"


def _filter(condition: str) -> str:
    return "" if condition == "TRUE" else f" FILTER (WHERE {condition})"


def _count(condition: str) -> str:
    # Four times as fast as count(*) FILTER (WHERE …), which cuts every vector for every aggregate.
    # Brackets around the whole go, so that the same condition is the same aggregate.
    while condition.startswith("(") and condition.endswith(")") and is_closed(condition[1:-1]):
        condition = condition[1:-1]
    absent = absent_column(condition)
    if absent is not None:  # most likely those where it is there are counted too
        return f"count(*) - count({absent})"
    return "count(*)" if condition == "TRUE" else f"count_if({condition})"
