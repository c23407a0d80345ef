"""Calls of aggregates in a query, with their determinism kept: sums are exact whatever the order of rows."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.expressions.functions import QUERY_AGGREGATES
from sqaudit.expressions.kinds import AMOUNT, Kind
from sqaudit.expressions.problem import Node
from sqaudit.expressions.queries.relations import Field
from sqaudit.expressions.terms import Scope, Term, mismatch

_INEXACT = frozenset(
    {"avg", "epoch", "exp", "ln", "log10", "log2", "median", "power", "quantile_cont", "random", "sqrt"}
)
_CONDITIONS = {"count_if", "bool_and", "bool_or"}
_OF_AMOUNTS = {"sum", "avg", "median", "quantile_cont"}


class Call(Struct, frozen=True):
    """A call that may stand before OVER; ``outer`` is what stands around it, with one place ``{}``."""

    sql: str
    kind: Kind
    outer: str = "{}"

    def term(self, over: str = "") -> Term:
        """The finished call."""
        return Term(self.outer.format(f"{self.sql}{over}"), self.kind)


def called_name(node: Node) -> str | None:
    """The folded name that a call, also one with FILTER, is written with."""
    while type(node).__name__ == "Filter":
        node = node.this
    return str(node.this).casefold() if type(node).__name__ == "Anonymous" else None


def has_aggregate(node: Node) -> bool:
    """Whether an aggregate sums rows up here; one with OVER does not."""
    if type(node).__name__ == "Window":
        call = node.this.this if type(node.this).__name__ == "Filter" else node.this
        inner = [*call.args.get("expressions", ()), *node.args.get("partition_by", ()), node.args.get("order")]
        return any(has_aggregate(part) for part in inner if part is not None)
    if called_name(node) in QUERY_AGGREGATES:
        return True
    return any(has_aggregate(part) for part in node.iter_expressions())


def is_exact(node: Node, field_of: Callable[[Node], Field | None]) -> bool:
    """Whether a number is surely no double."""
    for part in node.walk():
        name = type(part).__name__
        if name == "Column":
            field = field_of(part)
            if field is None or not field.exact:
                return False
        elif (
            name in {"Div", "Extract"}
            or (name == "Anonymous" and str(part.this).casefold() in _INEXACT)
            or (name == "DataType" and part.this.name in {"FLOAT", "DOUBLE"})
            or (name == "Literal" and not part.is_string and "e" in str(part.this).casefold())
        ):
            return False
    return True


def aggregate(
    node: Node,
    scope: Scope,
    translate: Callable[[Node, Scope], Term],
    field_of: Callable[[Node], Field | None],
) -> Call:
    """The call of an aggregate over rows of ``scope``, with its FILTER.

    Raises:
        ExpressionProblem: SQA305 or SQA306 for arguments it does not take.
    """
    chosen = []
    if type(node).__name__ == "Filter":
        chosen.append(_condition(node.expression.this, scope, translate))
        node = node.this
    name, arguments = str(node.this).casefold(), list(node.expressions)
    distinct = ""
    if len(arguments) == 1 and type(arguments[0]).__name__ == "Distinct":
        distinct, arguments = "DISTINCT ", list(arguments[0].expressions)
    if name == "count" and (not arguments or type(arguments[0]).__name__ == "Star") and not distinct:
        return Call(f"count(*){_filter(chosen)}", Kind.NUMBER)
    wanted = 2 if name == "quantile_cont" else 1
    if len(arguments) != wanted:
        message = msg("'{name}' takes {wanted}, not {count} arguments", name=name, wanted=wanted, count=len(arguments))
        raise scope.problem(node, "SQA305", message)
    if name in _CONDITIONS:
        asked = _condition(arguments[0], scope, translate)
        if name == "count_if":
            return Call(f"count(*){_filter([asked, *chosen])}", Kind.NUMBER)
        return Call(f"{name}({asked}){_filter(chosen)}", Kind.BOOLEAN)
    term = translate(arguments[0], scope)
    if name in _OF_AMOUNTS:
        share = f", {_share(arguments[1], scope)}" if name == "quantile_cont" else ""
        is_known = is_exact(arguments[0], field_of)
        return _of_amount(name, _Argument(arguments[0], term, is_known, distinct, share), _filter(chosen), scope)
    kind = Kind.NUMBER if name == "count" else term.kind
    return Call(f"{name}({distinct}{term.sql}){_filter(chosen)}", kind)


class _Argument(Struct, frozen=True):
    node: Node
    term: Term
    is_exact: bool
    distinct: str
    share: str


def _of_amount(name: str, argument: _Argument, chosen: str, scope: Scope) -> Call:
    term = argument.term
    if term.kind not in AMOUNT | {Kind.UNKNOWN}:
        raise mismatch(argument.node, term.kind, Kind.NUMBER, scope)
    if term.kind is Kind.DURATION:
        sql = f"{name}({argument.distinct}epoch_us({term.sql}){argument.share}){chosen}"
        return Call(sql, Kind.DURATION, "to_microseconds(CAST(round({}) AS BIGINT))")
    # A sum of doubles depends on the order of rows in its last digits.
    summed = term.sql if argument.is_exact else f"TRY_CAST({term.sql} AS DECIMAL(38, 9))"
    return Call(f"{name}({argument.distinct}{summed}{argument.share}){chosen}", Kind.NUMBER)


def _share(node: Node, scope: Scope) -> str:
    text = str(node.this) if type(node).__name__ == "Literal" and not node.is_string else ""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        message = msg("'{text}' must be a number from 0 to 1", text=scope.written(node))
        raise scope.problem(node, "SQA305", message)
    return text


def _condition(node: Node, scope: Scope, translate: Callable[[Node, Scope], Term]) -> str:
    term = translate(node, scope)
    if term.kind not in {Kind.BOOLEAN, Kind.UNKNOWN}:
        raise mismatch(node, term.kind, Kind.BOOLEAN, scope)
    return term.sql


def _filter(conditions: list[str]) -> str:
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
