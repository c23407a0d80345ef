"""The only door for queries that documents bring: one SELECT over datasets, checked, then turned into our own SQL.

A query is held to the functions of expressions, aggregates and a few window functions. Its result is the same in
whatever order rows come: what ties is told apart by all columns, and sums are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from sqaudit.errors import msg
from sqaudit.expressions.gate import render
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.expressions.queries.parsing import parse_query
from sqaudit.expressions.queries.relations import fields_of
from sqaudit.expressions.queries.selecting import select
from sqaudit.expressions.queries.tables import Selected, Tables, folded, named_tables
from sqaudit.model.programme import Period
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column

__all__ = ["CheckedQuery", "check_query", "tables_named"]

_HINT = msg("a query is one SELECT over datasets, with the functions that expressions know")


class CheckedQuery(Struct, frozen=True, kw_only=True):
    """A checked query: SQL with places for moments and tables, the datasets it reads, its result's columns.

    ``masked`` holds, for each column that would tell them, the masked columns that it is made of.
    """

    sql: str
    tables: frozenset[str]
    columns: tuple[str, ...]
    masked: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def render(self, period: Period, as_of: datetime, relations: Mapping[str, str]) -> str:
        """The SQL for one period; ``relations`` gives what stands in FROM for each dataset it reads."""
        return render(self.sql, period, as_of, {_place(name): relations[name] for name in self.tables})


def check_query(text: str, tables: Mapping[str, Mapping[str, Column]]) -> CheckedQuery:
    """A query over datasets, whose columns are given by name.

    Raises:
        ExpressionProblem: If the text is not one allowed SELECT over these datasets.
    """
    try:
        tree = parse_query(text)
        by_name = sorted(tables, reverse=True)
        found = {name: Selected(_place(name), fields_of(tables[name])) for name in by_name}
        by_fold = {folded(name): found[name] for name in by_name}
        made = select(tree, Tables(text, {**by_fold, **found}, tuple(sorted(tables))), whole=True)
    except RecursionError:
        raise ExpressionProblem("SQA301", msg("the expression is nested too deeply"), end=len(text)) from None
    except ExpressionProblem as problem:
        if problem.code == "SQA302" and problem.hint == ExpressionProblem("SQA302", problem.message).hint:
            problem.hint = _HINT
        raise
    for one in made.fields:
        if one.kind is Kind.DURATION:
            message = msg("the column '{name}' is a duration, which no dataset can hold", name=one.name)
            hint = msg("divide it: … / INTERVAL 1 HOUR AS {name}", name=one.name)
            raise ExpressionProblem("SQA306", message, hint=hint, end=len(text))
    return CheckedQuery(
        sql=made.sql,
        tables=tables_named(text, tables),
        columns=tuple(one.name for one in made.fields),
        masked={one.name: one.masked for one in made.fields if one.masked},
    )


def tables_named(text: str, datasets: Mapping[str, object]) -> frozenset[str]:
    """Those of ``datasets`` that a query reads; none of a text that is no query."""
    try:
        named = {node.name for node in named_tables(parse_query(text))}
    except ExpressionProblem:
        return frozenset()
    by_fold = {folded(name): name for name in sorted(datasets, reverse=True)}
    found = (name if name in datasets else by_fold.get(folded(name)) for name in named)
    return frozenset(name for name in found if name is not None)


def _place(dataset: str) -> str:
    """What stands for a dataset until the query is rendered."""
    return quote_name(f":table {dataset}")
