"""Calls with OVER. Where rows tie, all their columns decide, so that no order of rows can change a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqaudit.errors import msg
from sqaudit.expressions.functions import QUERY_AGGREGATES, WINDOW_FUNCTIONS
from sqaudit.expressions.kinds import WHEN, Kind
from sqaudit.expressions.parsing import not_allowed
from sqaudit.expressions.problem import ExpressionProblem, Node, did_you_mean
from sqaudit.expressions.queries.aggregates import Call, called_name
from sqaudit.expressions.terms import Scope, Term

if TYPE_CHECKING:
    from sqaudit.expressions.queries.scope import QueryScope

_RANKS = frozenset({"rank", "dense_rank"})  # equal rows have equal ranks
_ENDS = frozenset({"first_value", "last_value"})


def window(node: Node, scope: QueryScope, translate: Callable[[Node, Scope], Term]) -> Term:
    """SQL for a call with OVER.

    Raises:
        ExpressionProblem: SQA304, SQA305 or SQA306 for a window that is not allowed or has no sure result.
    """
    name = called_name(node.this) or ""
    order, spec = node.args.get("order"), node.args.get("spec")
    if name in QUERY_AGGREGATES:
        made = scope.aggregate(node.this, scope)
    elif name in WINDOW_FUNCTIONS and type(node.this).__name__ == "Anonymous":
        made = _call(name, node.this, scope, translate)
        _look_at_position(name, node, scope)
    else:
        hint = did_you_mean(name, [*WINDOW_FUNCTIONS, *QUERY_AGGREGATES])
        raise scope.problem(node, "SQA304", msg("no window function is called '{name}'", name=name), hint)
    keys = [] if order is None else order.expressions
    ordered = order_sql(keys, scope, translate)
    by_rows = spec is not None and str(spec.args.get("kind")) == "ROWS"
    if by_rows or (name in WINDOW_FUNCTIONS and name not in _RANKS):
        ordered += [f"{sql} NULLS LAST" for sql in scope.tie_breakers]
    parts = []
    partition = [translate(part, scope).sql for part in node.args.get("partition_by") or ()]
    if partition:
        parts.append(f"PARTITION BY {', '.join(partition)}")
    if ordered:
        parts.append(f"ORDER BY {', '.join(ordered)}")
    if spec is not None:
        parts.append(_frame(spec, keys, scope, translate))
    return made.term(f" OVER ({' '.join(parts)})")


def order_sql(keys: list[Node], scope: Scope, translate: Callable[[Node, Scope], Term]) -> list[str]:
    """The keys of an ORDER BY."""
    return [f"{translate(key.this, scope).sql}{direction(key)}" for key in keys]


def direction(key: Node) -> str:
    """What follows a key of an ORDER BY."""
    falling = " DESC" if key.args.get("desc") else ""
    return f"{falling} NULLS {'FIRST' if key.args.get('nulls_first') else 'LAST'}"


def _call(name: str, call: Node, scope: Scope, translate: Callable[[Node, Scope], Term]) -> Call:
    least, most = WINDOW_FUNCTIONS[name]
    arguments = list(call.expressions)
    if not least <= len(arguments) <= most or not scope.written(call).casefold().startswith(name):
        wanted = msg("{least} to {most}", least=least, most=most) if least != most else msg("{most}", most=most)
        message = msg("'{name}' takes {wanted}, not {count} arguments", name=name, wanted=wanted, count=len(arguments))
        raise scope.problem(call, "SQA305", message)
    for step in arguments if name == "ntile" else arguments[1:2]:
        if not _is_whole(step):
            message = msg("'{text}' must be a whole number", text=scope.written(step))
            raise scope.problem(step, "SQA305", message)
    terms = [translate(part, scope) for part in arguments]
    kind = Kind.NUMBER if name == "ntile" or not terms else terms[0].kind
    return Call(f"{name}({', '.join(term.sql for term in terms)})", kind)


def _is_whole(node: Node) -> bool:
    return type(node).__name__ == "Literal" and not node.is_string and str(node.this).isdecimal()


def _look_at_position(name: str, node: Node, scope: Scope) -> None:
    if node.args.get("order") is None:
        message = msg("'{name}' needs ORDER BY in its window", name=name)
        raise scope.problem(node, "SQA305", message, msg("write {name}(…) OVER (ORDER BY …)", name=name))
    spec = node.args.get("spec")
    frame = msg("write ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING after ORDER BY")
    if name == "last_value" and spec is None:
        raise scope.problem(node, "SQA305", msg("'{name}' needs a frame of rows", name=name), frame)
    if spec is not None and (name not in _ENDS or str(spec.args.get("kind")) != "ROWS"):
        hint = frame if name in _ENDS else msg("leave the frame out")
        raise scope.problem(node, "SQA305", msg("'{name}' cannot have this frame", name=name), hint)


def _frame(spec: Node, keys: list[Node], scope: Scope, translate: Callable[[Node, Scope], Term]) -> str:
    kind = str(spec.args.get("kind"))
    if kind not in {"ROWS", "RANGE"} or not keys:
        raise scope.problem(spec, "SQA302", not_allowed(msg("this frame")), msg("write ORDER BY …, then ROWS or RANGE"))
    start = _edge(kind, spec.args.get("start"), spec.args.get("start_side"), keys, scope, translate)
    end = "CURRENT ROW"
    if spec.args.get("end") is not None:
        end = _edge(kind, spec.args["end"], spec.args.get("end_side"), keys, scope, translate)
    return f"{kind} BETWEEN {start} AND {end}"


def _edge(  # noqa: PLR0913, PLR0917  an edge has this many sides
    kind: str,
    edge: Node | str,
    side: str | None,
    keys: list[Node],
    scope: Scope,
    translate: Callable[[Node, Scope], Term],
) -> str:
    if isinstance(edge, str):
        return "CURRENT ROW" if edge == "CURRENT ROW" else f"UNBOUNDED {_side(side)}"
    if kind == "ROWS":
        if not _is_whole(edge):
            raise scope.problem(edge, "SQA305", msg("'{text}' must be a whole number", text=scope.written(edge)))
        return f"{edge.this} {_side(side)}"
    ordered = [translate(key.this, scope).kind for key in keys]
    wanted = Kind.DURATION if ordered[0] in WHEN else Kind.NUMBER
    if type(edge).__name__ not in {"Interval", "Literal"} or len(keys) != 1:
        raise scope.problem(edge, "SQA305", msg("a RANGE needs one ORDER BY and a number or INTERVAL"))
    term = translate(edge, scope)
    if term.kind is not wanted or ordered[0] not in WHEN | {Kind.NUMBER}:
        raise _unfit(edge, wanted, scope)
    return f"{term.sql} {_side(side)}"


def _unfit(edge: Node, wanted: Kind, scope: Scope) -> ExpressionProblem:
    hint = msg("write INTERVAL 7 DAY") if wanted is Kind.DURATION else msg("write a number")
    message = msg("'{text}' does not fit what the window is ordered by", text=scope.written(edge))
    return scope.problem(edge, "SQA306", message, hint)


def _side(side: str | None) -> str:
    return "FOLLOWING" if str(side) == "FOLLOWING" else "PRECEDING"
