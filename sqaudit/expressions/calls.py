"""Calls of row functions: known by name, counted and typed, each rendered with its name and arguments as written."""

from __future__ import annotations

from collections.abc import Callable

from sqaudit.errors import Message, msg
from sqaudit.expressions.arithmetic import microseconds
from sqaudit.expressions.clock_calls import CLOCK_FUNCTIONS, clock_call
from sqaudit.expressions.functions import AGGREGATES, KINDS_OF_LETTER, ROW_FUNCTIONS, UNITS_OF_TIME, Function
from sqaudit.expressions.kinds import WHEN, Kind, common_kind
from sqaudit.expressions.problem import Node, did_you_mean
from sqaudit.expressions.terms import Scope, Term, all_columns, any_unusable, beside, mismatch

_UNITS = {"to_seconds": "SECOND", "to_minutes": "MINUTE", "to_hours": "HOUR", "to_days": "DAY", "to_weeks": "WEEK"}
_WANTED = {
    "n": Kind.NUMBER,
    "m": Kind.NUMBER,
    "d": Kind.DURATION,
    "b": Kind.BOOLEAN,
    "w": Kind.MOMENT,
    "i": Kind.MOMENT,
}


def call(name: str, node: Node, scope: Scope, translate: Callable[[Node, Scope], Term]) -> Term:
    """SQL for the call of the row function ``name``."""
    function = ROW_FUNCTIONS.get(name)
    if function is None or not scope.written(node).casefold().startswith(name):
        raise unknown_function(name, node, scope, ())
    nodes = list(node.expressions)
    if not function.accepts(len(nodes)):
        message = msg(
            "'{name}' takes {wanted}, not {count} arguments", name=name, wanted=_takes(function), count=len(nodes)
        )
        raise scope.problem(node, "SQA305", message)
    terms = [translate(part, scope) for part in nodes]
    if name in {"greatest", "least", "coalesce", "ifnull", "nullif", "if"}:
        return _choice(name, nodes, terms, node, scope)
    for index, (part, term) in enumerate(zip(nodes, terms, strict=True)):
        _expect(function.letter(index), part, term, scope)
    if name in CLOCK_FUNCTIONS:
        return clock_call(name, node, terms, scope)
    return _rendered(name, function, terms)


def unknown_function(name: str, node: Node, scope: Scope, measures: tuple[str, ...]) -> Exception:
    """The problem that nothing is called ``name``."""
    hint = did_you_mean(name, [*ROW_FUNCTIONS, *AGGREGATES, *measures])
    return scope.problem(node, "SQA304", msg("no function is called '{name}'", name=name), hint)


def _takes(function: Function) -> Message:
    most = len(function.letters)
    if function.repeats:
        return msg("at least {least}", least=function.least)
    return (
        msg("{least} to {most}", least=function.least, most=most)
        if most != function.least
        else msg("{most}", most=most)
    )


def _expect(letter: str, node: Node, term: Term, scope: Scope) -> None:
    if letter in {"u", "l"} and term.written is None:
        message = msg("'{text}' must be a text written out in quotes", text=scope.written(node))
        raise scope.problem(node, "SQA305", message)
    if letter == "u" and str(term.written).casefold() not in UNITS_OF_TIME:
        hint = did_you_mean(str(term.written), UNITS_OF_TIME)
        raise scope.problem(node, "SQA305", msg("'{unit}' is no unit of time", unit=term.written), hint)
    if term.kind is not Kind.UNKNOWN and term.kind not in KINDS_OF_LETTER[letter]:
        raise mismatch(node, term.kind, _WANTED.get(letter, Kind.TEXT), scope)


def _choice(name: str, nodes: list[Node], terms: list[Term], node: Node, scope: Scope) -> Term:
    offered = terms[1:] if name == "if" else terms
    kind = common_kind([term.kind for term in offered if term.written is None] or [Kind.TEXT])
    if kind is None:
        raise scope.problem(node, "SQA306", msg("the arguments of '{name}' are of different kinds", name=name))
    fitted = [
        beside(part, term, kind, scope) for part, term in zip(nodes[len(nodes) - len(offered) :], offered, strict=True)
    ]
    if kind is Kind.UNKNOWN:
        kind = common_kind([term.kind for term in fitted]) or Kind.UNKNOWN
    columns = all_columns(terms)
    unusable = any_unusable if scope.staged else _never
    if name in {"coalesce", "ifnull"}:
        return Term(_first_known(fitted, scope), kind, columns)
    if name == "nullif":
        return Term(f"nullif({fitted[0].sql}, {fitted[1].sql})", kind, columns)
    if name == "if":
        if terms[0].kind not in {Kind.BOOLEAN, Kind.UNKNOWN}:
            raise mismatch(nodes[0], terms[0].kind, Kind.BOOLEAN, scope)
        guard = unusable(terms[0].columns)
        sql = f"(CASE WHEN {guard} THEN NULL WHEN {terms[0].sql} THEN {fitted[0].sql} ELSE {fitted[1].sql} END)"
        return Term(sql, kind, columns)
    listed = ", ".join(term.sql for term in fitted)
    return Term(f"(CASE WHEN {unusable(columns)} THEN NULL ELSE {name}({listed}) END)", kind, columns)


def _never(_: frozenset[str]) -> str:
    return "FALSE"


def _first_known(terms: list[Term], scope: Scope) -> str:
    # A default stands in for a cell that is not there, never for one that could not be read.
    first, *others = terms
    if not others:
        return first.sql
    rest = _first_known(others, scope)
    if not scope.staged or not first.columns:
        return f"coalesce({first.sql}, {rest})"
    return f"coalesce({first.sql}, CASE WHEN {any_unusable(first.columns)} THEN NULL ELSE {rest} END)"


def _rendered(name: str, function: Function, terms: list[Term]) -> Term:
    columns = all_columns(terms)
    listed = ", ".join(term.sql for term in terms)
    if name in _UNITS:
        return Term(f"({terms[0].sql} * INTERVAL '1' {_UNITS[name]})", Kind.DURATION, columns)
    if name in {"epoch", "epoch_ms", "epoch_us"} and terms[0].kind in WHEN:
        return Term(microseconds(terms[0]).replace("epoch_us", name, 1), Kind.NUMBER, columns)
    if name == "strptime":
        return Term(f"try_strptime({listed})", Kind.LOCAL, columns)
    if name == "date_trunc":
        kind = Kind.MOMENT if terms[1].kind is Kind.MOMENT else Kind.LOCAL
        return Term(f"date_trunc({listed})", kind, columns)
    return Term(f"{name}({listed})", function.gives or Kind.UNKNOWN, columns)
