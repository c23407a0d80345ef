"""SQL that is made elsewhere, by the measures of plugins: held to what an expression over one row may be.

The same wall as for documents, with the names that generated SQL uses: no query, no other table, no file, no statement.
"""

from __future__ import annotations

import functools

from sqaudit.errors import msg
from sqaudit.expressions.functions import ROW_FUNCTIONS
from sqaudit.expressions.parsing import ALLOWED, Grammar, not_allowed, parse
from sqaudit.expressions.problem import ExpressionProblem, Node, problem_at

# What our own translation of arguments writes beside the functions of the language.
_GENERATED = frozenset(
    {
        *("coalesce", "date_part", "epoch", "epoch_us", "greatest", "isfinite", "isnan", "least", "nullif"),
        *("to_microseconds", "to_seconds", "to_minutes", "to_hours", "to_days", "to_weeks"),
    }
)
_FUNCTIONS = _GENERATED | frozenset(ROW_FUNCTIONS)
_SAME = frozenset({"this", "expression"})
_GRAMMAR = Grammar(
    length=100_000,
    nodes=10_000,
    allowed={**ALLOWED, "NullSafeEQ": _SAME, "NullSafeNEQ": _SAME},
)


def confine(sql: str, columns: frozenset[str]) -> None:
    """See that generated SQL is one expression over one row that reads no more than these ``columns``.

    Raises:
        ExpressionProblem: It is not.
    """
    found = _columns_of(sql)
    unknown = sorted(found - columns)
    if unknown:
        raise ExpressionProblem("SQA303", msg("it reads '{name}', which is no part of its arguments", name=unknown[0]))


def columns_read(sql: str) -> frozenset[str]:
    """The names of the columns that an expression of ours reads, the core's own among them."""
    return frozenset() if sql.strip() == "*" else _columns_of(sql)


@functools.lru_cache(maxsize=4096)
def _columns_of(sql: str) -> frozenset[str]:
    columns = set()
    for node in _parsed(sql).walk():
        kind = type(node).__name__
        if kind == "Anonymous" and str(node.this).casefold() not in _FUNCTIONS:
            raise problem_at(node, sql, "SQA302", not_allowed(msg("'{name}'", name=node.this)))
        if kind in {"Star", "Distinct", "Filter"}:
            raise problem_at(node, sql, "SQA302", not_allowed(msg("'{name}'", name=kind.upper())))
        if kind == "Column":
            columns.add(str(node.name))
    return frozenset(columns)


def _parsed(sql: str) -> Node:
    from sqlglot import exp

    return parse(sql, _GRAMMAR, exp.Condition)
