"""The only door for expressions that documents bring: checked, then turned into our own SQL.

check_row_expression(text, columns)   over one row of a staged dataset
check_file_expression(text, header)   over one row of a file as it was read, before its columns have types
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.expressions.clocks import Clock, clocks_in
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.problem import ExpressionProblem, Node
from sqaudit.expressions.terms import Scope, Term, moment_name, scope_of
from sqaudit.expressions.translation import condition, translate
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column

__all__ = [
    "ExpressionProblem",
    "RowExpression",
    "check_condition",
    "check_file_expression",
    "check_row_expression",
    "render",
]

_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")


class RowExpression(Struct, frozen=True, kw_only=True):
    """A checked expression over one row: SQL with places for the moments, and the declared columns it reads.

    ``clocks`` are the further places in it, for open time, each after those that it needs itself.
    """

    sql: str
    columns: frozenset[str]
    kind: Kind = Kind.UNKNOWN
    clocks: tuple[Clock, ...] = ()

    def render(self, period: Period, as_of: datetime) -> str:
        """The SQL for one period."""
        return render(self.sql, period, as_of)


def render(sql: str, period: Period, as_of: datetime, more: Mapping[str, str] | None = None) -> str:
    """Generated SQL with ``period_start``, ``period_end`` and ``as_of`` filled in, and ``more`` by its quoted name.

    The places are quoted names that begin with a colon; texts in quotes are left alone.
    """
    moments = {"as_of": as_of, "period_end": period.end, "period_start": period.start}
    filled = {moment_name(name): moment_literal(moment) for name, moment in moments.items()} | dict(more or {})
    return _QUOTED.sub(lambda match: filled.get(match.group(), match.group()), sql)


def moment_literal(moment: datetime) -> str:
    """A zoned moment as SQL that means the same in every session."""
    return f"CAST('{moment.astimezone(UTC).isoformat(sep=' ')}' AS TIMESTAMPTZ)"


def check_row_expression(text: str, columns: Mapping[str, Column]) -> RowExpression:
    """A row expression over the columns of a staged dataset.

    Raises:
        ExpressionProblem: If the text is not an allowed expression over these columns.
    """
    scope = scope_of(text, dict(columns), staged=True)
    return expression_of(_term(text, scope), scope)


def check_condition(text: str, columns: Mapping[str, Column]) -> RowExpression:
    """A condition over the columns of a staged dataset, such as an item's ``where``.

    Raises:
        ExpressionProblem: Also if the expression is a number or a text.
    """
    scope = scope_of(text, dict(columns), staged=True)
    return expression_of(_term(text, scope, is_condition=True), scope)


def check_file_expression(text: str, header: Collection[str]) -> str:
    """SQL of a row expression over the columns of a file, whose types are not known yet.

    Raises:
        ExpressionProblem: If the text is not an allowed expression over these columns.
    """
    return _term(text, scope_of(text, dict.fromkeys(header), staged=False)).sql


def expression_of(term: Term, scope: Scope) -> RowExpression:
    """A term translated in ``scope`` as the value that is handed on."""
    clocks = clocks_in([term.sql], scope.clocks)
    return RowExpression(sql=term.sql, columns=term.columns, kind=term.kind, clocks=clocks)


def _term(text: str, scope: Scope, *, is_condition: bool = False) -> Term:
    tree: Node = parse_expression(text)
    try:
        return condition(tree, scope) if is_condition else translate(tree, scope)
    except RecursionError:
        raise ExpressionProblem("SQA301", msg("the expression is nested too deeply"), end=len(text)) from None
