"""Calls of the three clocks: ``elapsed``, ``business`` and ``business_after``."""

from __future__ import annotations

import re

from sqaudit.errors import msg
from sqaudit.expressions.arithmetic import microseconds
from sqaudit.expressions.clocks import due_place, open_place
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.parsing import not_allowed, parse_expression
from sqaudit.expressions.problem import ExpressionProblem, Node, problem_at
from sqaudit.expressions.terms import Scope, Term, all_columns

_OF_CALENDARS = frozenset({"business", "business_after"})
CLOCK_FUNCTIONS = _OF_CALENDARS | {"elapsed"}
_MOMENTS = 2
_DAYS = re.compile(r"\b(DAY|WEEK|MONTH|QUARTER|YEAR)S?\b", re.IGNORECASE)
_DAY_FUNCTIONS = frozenset({"to_days", "to_weeks"})


def clock_call(name: str, node: Node, terms: list[Term], scope: Scope) -> Term:
    """SQL for the call of a clock whose arguments are known to fit."""
    first, second = terms
    columns = all_columns(terms)
    if name == "elapsed":
        spent = f"({microseconds(_moment(second))} - {microseconds(_moment(first))})"
        return Term(f"to_microseconds({spent})", Kind.DURATION, columns)
    if not scope.staged:
        raise _no_calendar(node, name, scope.text)
    begin = _moment(first).sql
    if name == "business":
        end = _moment(second).sql
        spent = f"({open_place(end, scope.clocks)} - {open_place(begin, scope.clocks)})"
        # A span that runs backwards is a mistake in the records, not a negative time.
        return Term(f"(CASE WHEN {end} >= {begin} THEN to_microseconds({spent}) END)", Kind.DURATION, columns)
    _refuse_days(node.expressions[1], scope)
    adds = microseconds(second)
    due = due_place(begin, adds, scope.clocks)
    return Term(f"(CASE WHEN {adds} > 0 THEN {due} WHEN {adds} = 0 THEN {begin} END)", Kind.MOMENT, columns)


def refuse_calendars(text: str) -> None:
    """Refuse the clocks of sites in an expression over a file, whose columns are not known yet.

    Raises:
        ExpressionProblem: Also if the text cannot be read.
    """
    for node in parse_expression(text).walk():
        name = str(node.this).casefold() if type(node).__name__ == "Anonymous" else ""
        # A column of a file may be called 'Business (hours)'.
        if name in _OF_CALENDARS and len(node.expressions) == _MOMENTS:
            raise _no_calendar(node, name, text)


def _no_calendar(node: Node, name: str, text: str) -> ExpressionProblem:
    message = not_allowed(msg("'{name}', which needs a site's calendar,", name=name))
    return problem_at(node, text, "SQA302", message, msg("use it in the measure or the condition of an item"))


def _moment(term: Term) -> Term:
    if term.kind is Kind.MOMENT:
        return term
    cast = "TRY_CAST" if term.kind is Kind.UNKNOWN else "CAST"
    return Term(f"{cast}({term.sql} AS TIMESTAMPTZ)", Kind.MOMENT, term.columns)


def _refuse_days(node: Node, scope: Scope) -> None:
    for part in node.walk():
        kind = type(part).__name__
        is_days = kind == "Interval" and _DAYS.search(_unit(part)) is not None
        if is_days or (kind == "Anonymous" and str(part.this).casefold() in _DAY_FUNCTIONS):
            message = msg("'{text}' is no open time: how long a day is open differs", text=scope.written(part))
            raise scope.problem(part, "SQA331", message, msg("write hours, such as INTERVAL 16 HOUR"))


def _unit(interval: Node) -> str:
    unit = interval.args.get("unit")
    return f"{interval.this.this} {unit.name if unit is not None else ''}"
