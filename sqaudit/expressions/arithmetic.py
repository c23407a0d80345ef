"""Sums, differences, products and ratios of numbers, durations, dates and times."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from sqaudit.errors import msg
from sqaudit.expressions.kinds import AMOUNT, WHEN, Kind
from sqaudit.expressions.problem import Node
from sqaudit.expressions.terms import Scope, Term, mismatch

_SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "IntDiv": "//", "Mod": "%"}


def microseconds(term: Term) -> str:
    """Whole microseconds of a duration, or since 1970 of a date or time (local times in the session's zone)."""
    if term.kind in {Kind.DATE, Kind.LOCAL}:
        return f"epoch_us(CAST({term.sql} AS TIMESTAMPTZ))"
    return f"epoch_us({term.sql})"


def operate(name: str, node: Node, terms: tuple[Term, Term], scope: Scope) -> Term:
    """``left + right``, ``left - right`` or ``left * right``."""
    left, right = terms
    columns = left.columns | right.columns
    kind = kind_of_operation(name, left.kind, right.kind)
    if kind is None:
        raise _unfit(name, node, terms, scope)
    if name == "Sub" and kind is Kind.DURATION and left.kind in WHEN:
        # TIMESTAMPTZ - TIMESTAMPTZ counts calendar days, which is wrong by an hour across a change of the clocks.
        return Term(f"to_microseconds({microseconds(left)} - {microseconds(right)})", kind, columns)
    return Term(f"({left.sql} {_SIGNS[name]} {right.sql})", kind, columns)


def divide(name: str, node: Node, terms: tuple[Term, Term], scope: Scope) -> Term:
    """``left / right``, ``left // right`` or ``left % right``: unknown where the divisor is 0."""
    left, right = terms
    columns = left.columns | right.columns
    kind = kind_of_operation(name, left.kind, right.kind)
    if kind is None:
        raise _unfit(name, node, terms, scope)
    if is_zero(right.sql):
        raise scope.problem(node.expression, "SQA307", msg("'{text}' divides by zero", text=scope.written(node)))
    if right.kind is Kind.DURATION:
        return Term(f"({microseconds(left)} / nullif({microseconds(right)}, 0))", kind, columns)
    divisor = right.sql if _is_literal(right.sql) else f"nullif({right.sql}, 0)"
    return Term(f"({left.sql} {_SIGNS.get(name, '/')} {divisor})", kind, columns)


def kind_of_operation(name: str, left: Kind, right: Kind) -> Kind | None:
    """What an operation on these kinds gives; ``None`` if it has no meaning."""
    if Kind.UNKNOWN in {left, right}:
        return Kind.UNKNOWN
    if left is right is Kind.NUMBER:
        return Kind.NUMBER
    if name in {"Add", "Sub"}:
        return _kind_of_sum(name, left, right)
    if name == "Mul" and {left, right} == set(AMOUNT):
        return Kind.DURATION
    if name == "Div" and left is Kind.DURATION and right in AMOUNT:
        return Kind.DURATION if right is Kind.NUMBER else Kind.NUMBER
    return None


def _kind_of_sum(name: str, left: Kind, right: Kind) -> Kind | None:
    if left is right is Kind.DURATION:
        return Kind.DURATION
    if left in WHEN and right is Kind.DURATION:
        return Kind.MOMENT if left is Kind.MOMENT else Kind.LOCAL
    if left is Kind.DATE and right is Kind.NUMBER:
        return Kind.DATE
    if name == "Add":
        return _kind_of_sum("", right, left) if right in WHEN else None
    if name == "Sub" and left in WHEN and right in WHEN:
        return Kind.NUMBER if left is right is Kind.DATE else Kind.DURATION
    return None


def is_zero(sql: str) -> bool:
    """Whether this SQL is a literal 0."""
    bare = sql.strip("() -+")
    try:
        return Decimal(bare) == 0
    except InvalidOperation:
        return False


def _is_literal(sql: str) -> bool:
    return sql.replace(".", "", 1).isdecimal()


def _unfit(name: str, node: Node, terms: tuple[Term, Term], scope: Scope) -> Exception:
    left, right = terms
    if left.kind in {Kind.TEXT, Kind.BOOLEAN}:
        return mismatch(node.this, left.kind, Kind.NUMBER, scope)
    if right.kind is Kind.NUMBER and left.kind is not Kind.NUMBER:
        return mismatch(node.expression, right.kind, Kind.DURATION, scope)
    wanted = Kind.NUMBER if left.kind is Kind.NUMBER or name not in {"Add", "Sub"} else Kind.DURATION
    return mismatch(node.expression, right.kind, wanted, scope)
