"""Plain aggregates taken apart: every aggregate becomes statistics, the arithmetic around them is done exactly here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct, field

from sqaudit.errors import msg
from sqaudit.expressions.evaluation import Part, Tree, Values, build
from sqaudit.expressions.functions import AGGREGATES
from sqaudit.expressions.kinds import AMOUNT, Kind
from sqaudit.expressions.problem import Node
from sqaudit.expressions.terms import Scope, Term, any_unusable, mismatch
from sqaudit.expressions.translation import condition, translate
from sqaudit.measures.compiled import CompiledMeasure, identity_of
from sqaudit.measures.finishing import (
    NO_VALID_ROWS,
    SECONDS,
    ZERO_DENOMINATOR,
    exact_number,
    no_value,
    value_of,
)
from sqaudit.measures.named import constant_of
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.score import Value

FORMULA = "sql/1"
_ARGUMENTS = {"quantile_cont": 2}


class _Collected(Struct):
    """What the aggregates of one measure need, gathered while its tree is walked."""

    statistics: dict[str, Statistic] = field(default_factory=dict)
    durations: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    def add(self, statistic: Statistic, kind: Kind = Kind.NUMBER) -> str:
        """The name of the statistic; the same statistic keeps its name. ``asked`` lists every asking."""
        present = (name for name, found in self.statistics.items() if found == statistic)
        name = next(present, f"a{len(self.statistics) + 1}")
        self.statistics[name] = statistic
        self.asked.append(name)
        if kind is Kind.DURATION:
            self.durations.add(name)
        return name


def compile_aggregates(tree: Node, scope: Scope) -> CompiledMeasure:
    """The compiled measure of aggregates such as ``sum(solved) / count(*)``."""
    collected = _Collected()
    leaves: dict[int, list[str]] = {}

    def leaf(node: Node) -> Part | None:
        name, before = type(node).__name__, len(collected.asked)
        if name == "Filter":
            part = _aggregate(node.this, condition(node.expression.this, scope), scope, collected)
        elif name == "Anonymous" and str(node.this).casefold() in AGGREGATES:
            part = _aggregate(node, None, scope, collected)
        else:
            part = None
        if part is not None:
            leaves[id(node)] = collected.asked[before:]
            return part
        if name == "Column":
            translate(node, scope)
            written = scope.written(node)
            message = msg("'{text}' is the value of one row; a measure sums rows up", text=written)
            raise scope.problem(
                node, "SQA308", message, msg("wrap it, for example {wrapped}", wrapped=f"sum({written})")
            )
        return None

    part = build(tree, Tree(scope.text, leaf))
    if part.kind in {Kind.TEXT, Kind.BOOLEAN}:
        raise mismatch(tree, part.kind, Kind.NUMBER, scope)
    unit = SECONDS if part.kind is Kind.DURATION else ""
    if unit == "" and _is_count(tree):
        unit = "count"

    def finish(found: Statistics) -> Value:
        values = {
            name: None
            if found.get(name) is None
            else exact_number(found[name] or 0, SECONDS if name in collected.durations else "")
            for name in collected.statistics
        }
        answer = part.work(values)
        if isinstance(answer, Fraction):
            return value_of(answer, unit, FORMULA)
        return no_value(NO_VALID_ROWS if None in values.values() else ZERO_DENOMINATOR, unit, FORMULA)

    statistics = {**collected.statistics, **_row_counts(collected)}
    more = [_told(tree, leaves), sorted(collected.durations)]
    return CompiledMeasure(
        text=scope.text,
        formula=FORMULA,
        unit=unit,
        statistics=statistics,
        columns=frozenset(collected.columns),
        identity=identity_of(FORMULA, unit, statistics, collected.columns, more),
        finisher=finish,
        opposed=lambda _: None,
        registry=scope.clocks,
    )


def _told(node: object, leaves: Mapping[int, list[str]]) -> object:
    """What the arithmetic says, apart from how it was written; aggregates stand as the statistics they need."""
    if id(node) in leaves:
        return leaves[id(node)]
    if isinstance(node, list):
        return [_told(part, leaves) for part in node]
    name = type(node).__name__
    if name == "Paren":
        return _told(getattr(node, "this", None), leaves)
    if name == "Literal":
        text = str(getattr(node, "this", ""))
        return ["text", text] if getattr(node, "is_string", False) else ["number", str(Fraction(Decimal(text)))]
    arguments: Mapping[str, object] = getattr(node, "args", {})
    if not arguments:
        return str(node).casefold()
    return [name, {key: _told(part, leaves) for key, part in arguments.items() if part}]


def _is_count(tree: Node) -> bool:
    while type(tree).__name__ in {"Paren", "Filter"}:
        tree = tree.this
    return type(tree).__name__ == "Anonymous" and str(tree.this).casefold() in {"count", "count_if"}


def _row_counts(collected: _Collected) -> dict[str, Statistic]:
    # A row is known if it takes part in some aggregate and leaves none of them waiting for a value.
    pending = " OR ".join(dict.fromkeys(collected.pending)) or "FALSE"
    known = " OR ".join(dict.fromkeys(collected.known))
    return {
        "n": Statistic(kind=StatisticKind.COUNT, expression=f"(({known}) AND NOT ({pending}))"),
        "missing": Statistic(kind=StatisticKind.COUNT, expression=f"({pending})"),
    }


def _aggregate(call: Node, chosen: Term | None, scope: Scope, collected: _Collected) -> Part:
    name = str(call.this).casefold() if type(call).__name__ == "Anonymous" else ""
    if name not in AGGREGATES:
        raise scope.problem(call, "SQA302", msg("FILTER belongs to an aggregate such as count(*)"))
    nodes = list(call.expressions)
    if len(nodes) != _ARGUMENTS.get(name, 1):
        message = msg(
            "'{name}' takes {wanted}, not {count} arguments",
            name=name,
            wanted=_ARGUMENTS.get(name, 1),
            count=len(nodes),
        )
        raise scope.problem(call, "SQA305", message)
    if chosen is not None:
        collected.columns |= chosen.columns
    if name == "count":
        return _count(call, nodes[0], chosen, scope, collected)
    term = _value(name, nodes[0], scope)
    collected.columns |= term.columns
    _note_known(f"({term.sql} IS NOT NULL)", chosen, collected)
    if name == "count_if":
        return _read(collected.add(_counted(term.sql, chosen)), Kind.NUMBER)
    kind = term.kind if term.kind is Kind.DURATION else Kind.NUMBER
    sql = term.sql if chosen is None else f"(CASE WHEN {chosen.sql} THEN {term.sql} END)"
    if name == "avg":
        total = collected.add(Statistic(kind=StatisticKind.SUM, expression=sql), kind)
        count = collected.add(_counted(f"({term.sql} IS NOT NULL)", chosen))
        return Part(kind, lambda values: _quotient(values, total, count))
    if name in {"median", "quantile_cont"}:
        q = 0.5 if name == "median" else _share_of(nodes[1], scope)
        return _read(collected.add(Statistic(kind=StatisticKind.QUANTILE, expression=sql, q=q), kind), kind)
    return _read(collected.add(Statistic(kind=StatisticKind(name), expression=sql), kind), kind)


def _count(call: Node, node: Node, chosen: Term | None, scope: Scope, collected: _Collected) -> Part:
    if type(node).__name__ == "Star":
        _note_known("TRUE", chosen, collected)
        return _read(collected.add(_counted("TRUE", chosen)), Kind.NUMBER)
    distinct = type(node).__name__ == "Distinct"
    if distinct and len(node.expressions) != 1:
        raise scope.problem(call, "SQA305", msg("count(DISTINCT …) takes one expression"))
    term = translate(node.expressions[0] if distinct else node, scope)
    collected.columns |= term.columns
    if distinct:
        _note_known(f"({term.sql} IS NOT NULL)", chosen, collected)
        sql = term.sql if chosen is None else f"(CASE WHEN {chosen.sql} THEN {term.sql} END)"
        return _read(collected.add(Statistic(kind=StatisticKind.DISTINCT, expression=sql)), Kind.NUMBER)
    if term.kind is Kind.BOOLEAN:
        written = scope.written(node)
        message = msg("'count({text})' would count rows where the condition is known, true or not", text=written)
        hint = msg("write count_if({text}), or count(*) FILTER (WHERE {text} IS NOT NULL)", text=written)
        raise scope.problem(call, "SQA305", message, hint)
    # A row without a value is known not to count, a row whose cell cannot be used is not.
    unusable = any_unusable(term.columns)
    present = f"(CASE WHEN {term.sql} IS NOT NULL THEN TRUE WHEN {unusable} THEN NULL ELSE FALSE END)"
    _note_known(f"({present} IS NOT NULL)", chosen, collected)
    return _read(collected.add(_counted(present, chosen)), Kind.NUMBER)


def _value(name: str, node: Node, scope: Scope) -> Term:
    if type(node).__name__ in {"Star", "Distinct"}:
        raise scope.problem(node, "SQA305", msg("'{name}' takes neither * nor DISTINCT", name=name))
    if name == "count_if":
        return condition(node, scope)
    term = translate(node, scope)
    if term.kind not in AMOUNT | {Kind.UNKNOWN}:
        raise mismatch(node, term.kind, Kind.NUMBER, scope)
    return term


def _counted(sql: str, chosen: Term | None) -> Statistic:
    return Statistic(kind=StatisticKind.COUNT, expression=sql if chosen is None else f"({chosen.sql} AND {sql})")


def _note_known(known: str, chosen: Term | None, collected: _Collected) -> None:
    if chosen is None:
        collected.known.append(known)
        if known != "TRUE":
            collected.pending.append(f"(NOT {known})")
        return
    collected.known.append(f"coalesce({chosen.sql} AND {known}, FALSE)")
    collected.pending.append(f"({chosen.sql} IS NULL OR ({chosen.sql} AND NOT {known}))")


def _share_of(node: Node, scope: Scope) -> float:
    q = constant_of(node)
    if q is None or not 0 <= q <= 1:
        raise scope.problem(node, "SQA312", msg("'{text}' must be a number from 0 to 1", text=scope.written(node)))
    return float(q)


def _read(name: str, kind: Kind) -> Part:
    return Part(kind, lambda values: values[name])


def _quotient(values: Values, total: str, count: str) -> Fraction | None:
    top, bottom = values[total], values[count]
    return top / bottom if isinstance(top, Fraction) and isinstance(bottom, Fraction) and bottom else None
