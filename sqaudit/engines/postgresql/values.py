"""The expressions of a select: one node of the tree, one piece of PostgreSQL's SQL with the kind of its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from sqaudit.engines.postgresql.aggregates import AGGREGATES, WINDOW_FUNCTIONS, aggregate
from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.engines.postgresql.casts import as_float, cast
from sqaudit.engines.postgresql.clock import local, moved, part
from sqaudit.engines.postgresql.functions import call
from sqaudit.engines.postgresql.letters import lower
from sqaudit.engines.postgresql.patterns import read_pattern
from sqaudit.engines.rendering import (
    NUMBERS,
    TIMES,
    Node,
    Piece,
    SqlKind,
    Unrenderable,
    common_kind,
    name_of,
    unexpected_part,
)
from sqaudit.model.quoting import quote_text

_COMPARE = {"EQ": "=", "NEQ": "<>", "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<="}
_SAME = {"NullSafeEQ": "IS NOT DISTINCT FROM", "NullSafeNEQ": "IS DISTINCT FROM"}
_ORDERING = frozenset({"<", "<=", ">", ">="})
_INTERVAL = re.compile(r"\s*([+-]?\d+)(?:\s+([A-Za-z]+?)s?)?\s*", re.IGNORECASE)
_ELAPSED = frozenset({"MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"})
_UNITS = _ELAPSED | {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}


class Scope(Struct, frozen=True):
    """What the names of an expression stand for: columns of the relations that are joined, by alias and name.

    ``named`` are the select's own results, for GROUP BY and ORDER BY.
    """

    relations: Mapping[str, Mapping[str, Piece]]
    named: Mapping[str, Piece]

    def column(self, name: str, table: str | None) -> Piece:
        """The column of that name; upper and lower case are alike, as in DuckDB."""
        places = [self.relations.get(table.casefold(), {})] if table else list(self.relations.values())
        found = [columns[name.casefold()] for columns in places if name.casefold() in columns]
        if len(found) == 1:
            return found[0]
        if not found and table is None and name.casefold() in self.named:
            return self.named[name.casefold()]
        raise Unrenderable(name, ENGINE, "several columns have this name" if found else "there is no such column")


def value(node: Node, scope: Scope) -> Piece:
    """SQL for an expression.

    Raises:
        Unrenderable: If it cannot be said with the same meaning.
    """
    maker = _PARTS.get(type(node).__name__)
    if maker is None:
        raise Unrenderable(name_of(node), ENGINE)
    return maker(node, scope)


def values(nodes: Sequence[Node], scope: Scope) -> list[Piece]:
    """SQL for each of several expressions."""
    return [value(node, scope) for node in nodes]


def ordered(node: Node, scope: Scope) -> str:
    """One term of an ORDER BY: texts by their bytes, unknown values where DuckDB puts them."""
    expression = node.this if type(node).__name__ == "Ordered" else node
    piece = value(expression, scope)
    # Without COLLATE a bare number would be the place of a column.
    sql = f'({piece.sql})::text COLLATE "C"' if piece.kind is SqlKind.TEXT else piece.sql
    direction = " DESC" if node.args.get("desc") else ""
    return f"{sql}{direction} NULLS {'FIRST' if node.args.get('nulls_first') else 'LAST'}"


def _made(sql: str, kind: SqlKind, parts: Sequence[Piece], *, fails: bool = False) -> Piece:
    durations = [one for one in parts if one.kind is SqlKind.DURATION]
    is_elapsed = kind is SqlKind.DURATION and bool(durations) and all(one.is_elapsed for one in durations)
    return Piece(sql, kind, may_fail=fails or any(one.may_fail for one in parts), is_elapsed=is_elapsed)


def _common(parts: Sequence[Piece], what: str) -> SqlKind:
    kind = common_kind([one.kind for one in parts])
    if kind is None:
        raise Unrenderable(what, ENGINE, "of values of different kinds")
    return kind


def _column(node: Node, scope: Scope) -> Piece:
    if type(node.this).__name__ == "Star":
        raise Unrenderable("*", ENGINE)
    found = scope.column(node.name, node.args["table"].name if node.args.get("table") else None)
    return Piece("NULL", SqlKind.NOTHING) if found.kind is SqlKind.NOTHING else found


def _literal(node: Node, _: Scope) -> Piece:
    text = str(node.this)
    if node.is_string:
        return Piece(quote_text(text), SqlKind.TEXT, text=text)
    if "e" in text.casefold():
        return Piece(f"{text}::double precision", SqlKind.FLOAT, number=text)
    if text.isdigit():
        return Piece(text, SqlKind.WHOLE, number=text)
    return Piece(text, SqlKind.DECIMAL, number=text)


def _list(node: Node, scope: Scope) -> Piece:
    parts = values(node.expressions, scope)
    if not all(one.kind in NUMBERS for one in parts):
        raise Unrenderable("a list", ENGINE)
    return _made(f"ARRAY[{', '.join(one.sql for one in parts)}]::double precision[]", SqlKind.FLOATS, parts)


def _paren(node: Node, scope: Scope) -> Piece:
    return value(node.this, scope)


def _logic(node: Node, scope: Scope) -> Piece:
    word = "AND" if type(node).__name__ == "And" else "OR"
    # A long chain is as deep as it is long; it is taken apart without going down.
    chain, left = [node.expression], node.this
    while type(left) is type(node):
        chain.append(left.expression)
        left = left.this
    parts = [condition(one, scope) for one in (left, *reversed(chain))]
    return _made(f"({f' {word} '.join(one.sql for one in parts)})", SqlKind.BOOLEAN, parts)


def condition(node: Node, scope: Scope) -> Piece:
    """SQL for an expression that must be a condition."""
    piece = value(node, scope)
    if piece.kind not in {SqlKind.BOOLEAN, SqlKind.NOTHING}:
        raise Unrenderable(f"a {piece.kind} as a condition", ENGINE)
    return piece


def _not(node: Node, scope: Scope) -> Piece:
    inner = condition(node.this, scope)
    return _made(f"(NOT {inner.sql})", SqlKind.BOOLEAN, [inner])


def _by_bytes(parts: Sequence[Piece], *, is_order: bool) -> list[str]:
    """Texts are put in order by their bytes; whether two are equal is left to the column unless both may have rules."""
    if not all(one.kind in {SqlKind.TEXT, SqlKind.NOTHING} for one in parts):
        return [one.sql for one in parts]
    if not is_order and sum(one.text is None for one in parts) <= 1:
        return [one.sql for one in parts]
    return [f'({parts[0].sql} COLLATE "C")', *(one.sql for one in parts[1:])]


def _compare(node: Node, scope: Scope) -> Piece:
    parts = values([node.this, node.expression], scope)
    name = type(node).__name__
    _common(parts, name)
    sign = _COMPARE.get(name) or _SAME[name]
    left, right = _by_bytes(parts, is_order=sign in _ORDERING)
    return _made(f"({left} {sign} {right})", SqlKind.BOOLEAN, parts)


def _between(node: Node, scope: Scope) -> Piece:
    parts = values([node.this, node.args["low"], node.args["high"]], scope)
    _common(parts, "BETWEEN")
    asked, low, high = _by_bytes(parts, is_order=True)
    return _made(f"({asked} BETWEEN {low} AND {high})", SqlKind.BOOLEAN, parts)


def _in(node: Node, scope: Scope) -> Piece:
    if unexpected_part(node, frozenset({"this", "expressions"})):
        raise Unrenderable("IN (SELECT …)", ENGINE)
    parts = values([node.this, *node.expressions], scope)
    _common(parts, "IN")
    asked, *choices = _by_bytes(parts, is_order=False)
    return _made(f"({asked} IN ({', '.join(choices)}))", SqlKind.BOOLEAN, parts)


def _is(node: Node, scope: Scope) -> Piece:
    what = type(node.expression).__name__
    if what == "Boolean":
        inner = condition(node.this, scope)
        return _made(
            f"(({inner.sql})::boolean IS {'TRUE' if node.expression.this else 'FALSE'})", SqlKind.BOOLEAN, [inner]
        )
    inner = value(node.this, scope)
    return _made(f"({inner.sql} IS NULL)", SqlKind.BOOLEAN, [inner])


def _like(node: Node, scope: Scope) -> Piece:
    parts = values([node.this, node.expression], scope)
    if any(one.kind not in {SqlKind.TEXT, SqlKind.NOTHING} for one in parts):
        raise Unrenderable("LIKE", ENGINE, "of values that are no texts")
    text, pattern = (one.sql if type(node).__name__ == "Like" else lower(one.sql) for one in parts)
    negation = "NOT " if node.args.get("negate") else ""
    return _made(f"(({text}) COLLATE \"C\" {negation}LIKE {pattern} ESCAPE '')", SqlKind.BOOLEAN, parts)


def _similar(node: Node, scope: Scope) -> Piece:
    parts = values([node.this, node.expression], scope)
    if parts[1].text is None or parts[0].kind not in {SqlKind.TEXT, SqlKind.NOTHING}:
        raise Unrenderable("SIMILAR TO", ENGINE, "a pattern that is not written out")
    pattern = quote_text(f"^(?:{read_pattern(parts[1].text).sql})$")
    return _made(f'(({parts[0].sql}) COLLATE "C" ~ {pattern})', SqlKind.BOOLEAN, parts)


def _joined(node: Node, scope: Scope) -> Piece:
    parts = values([node.this, node.expression], scope)
    if any(one.kind not in {SqlKind.TEXT, SqlKind.NOTHING} for one in parts):
        raise Unrenderable("||", ENGINE, "of values that are no texts")
    return _made(f"({parts[0].sql} || {parts[1].sql})", SqlKind.TEXT, parts)


def _sum(node: Node, scope: Scope) -> Piece:
    name = type(node).__name__
    sign = {"Add": "+", "Sub": "-", "Mul": "*"}[name]
    left, right = parts = values([node.this, node.expression], scope)
    kinds = {left.kind, right.kind}
    if SqlKind.NOTHING in kinds:
        kind = max(kinds, key=lambda one: one is not SqlKind.NOTHING)
        return (
            Piece("NULL", SqlKind.NOTHING)
            if kind in TIMES | {SqlKind.DURATION}
            else _made(f"({left.sql} {sign} {right.sql})", kind, parts)
        )
    if kinds <= NUMBERS:
        kind = _common(parts, sign)
        return _made(f"({left.sql} {sign} {right.sql})", kind, parts, fails=kind is not SqlKind.DECIMAL)
    if sign == "*":
        return _stretched(left, right)
    if SqlKind.DURATION in kinds:
        if name == "Sub" and right.kind is not SqlKind.DURATION:
            raise Unrenderable(sign, ENGINE, f"a {right.kind} from a {left.kind}")
        other = next((one.kind for one in parts if one.kind is not SqlKind.DURATION), SqlKind.DURATION)
        if other not in TIMES | {SqlKind.DURATION}:
            raise Unrenderable(sign, ENGINE, f"of a {other} and a duration")
        if other is SqlKind.MOMENT:
            moment, duration = (left, right) if left.kind is SqlKind.MOMENT else (right, left)
            return _made(moved(moment, duration, sign), SqlKind.MOMENT, [moment], fails=True)
        kind = SqlKind.LOCAL if other is SqlKind.DATE else other
        return _made(f"({left.sql} {sign} {right.sql})", kind, parts, fails=True)
    return _of_dates(sign, left, right)


def _stretched(left: Piece, right: Piece) -> Piece:
    duration, number = (left, right) if left.kind is SqlKind.DURATION else (right, left)
    if duration.kind is not SqlKind.DURATION or number.kind not in NUMBERS:
        raise Unrenderable("*", ENGINE, f"of a {left.kind} and a {right.kind}")
    return _made(f"({duration.sql} * {as_float(number)})", SqlKind.DURATION, [left, right], fails=True)


def _of_dates(sign: str, left: Piece, right: Piece) -> Piece:
    parts = [left, right]
    if left.kind is SqlKind.DATE and right.kind is SqlKind.WHOLE:
        return _made(f"({left.sql} {sign} ({right.sql})::integer)", SqlKind.DATE, parts, fails=True)
    if sign == "+" and right.kind is SqlKind.DATE and left.kind is SqlKind.WHOLE:
        return _made(f"({right.sql} + ({left.sql})::integer)", SqlKind.DATE, parts, fails=True)
    if sign == "-" and left.kind is right.kind is SqlKind.DATE:
        return _made(f"({left.sql} - {right.sql})", SqlKind.WHOLE, parts, fails=True)
    if sign == "-" and {left.kind, right.kind} <= {SqlKind.DATE, SqlKind.LOCAL}:
        return _made(f"({local(left)} - {local(right)})", SqlKind.DURATION, parts, fails=True)
    raise Unrenderable(sign, ENGINE, f"of a {left.kind} and a {right.kind}")


def _divided(node: Node, scope: Scope) -> Piece:
    left, right = parts = values([node.this, node.expression], scope)
    kinds, name = {left.kind, right.kind}, type(node).__name__
    if name == "Div" and left.kind is SqlKind.DURATION and right.kind in NUMBERS:
        return _made(f"({left.sql} / {as_float(right)})", SqlKind.DURATION, parts, fails=True)
    if not kinds <= NUMBERS | {SqlKind.NOTHING}:
        raise Unrenderable({"Div": "/", "IntDiv": "//"}.get(name, "%"), ENGINE, f"of a {left.kind} and a {right.kind}")
    if name == "Mod":
        if SqlKind.FLOAT in kinds:
            raise Unrenderable("%", ENGINE, "of floating-point numbers")
        return _made(f"(({left.sql})::numeric % ({right.sql})::numeric)", _common(parts, "%"), parts, fails=True)
    if name == "IntDiv" and kinds <= {SqlKind.WHOLE}:
        return _made(f"div(({left.sql})::numeric, ({right.sql})::numeric)", SqlKind.WHOLE, parts, fails=True)
    return _made(f"({as_float(left)} / {as_float(right)})", SqlKind.FLOAT, parts, fails=True)


def _negative(node: Node, scope: Scope) -> Piece:
    inner = value(node.this, scope)
    if inner.kind not in NUMBERS | {SqlKind.DURATION, SqlKind.NOTHING}:
        raise Unrenderable("-", ENGINE, f"of a {inner.kind}")
    return _made(f"(- {inner.sql})", inner.kind, [inner], fails=inner.kind is SqlKind.WHOLE and inner.number is None)


def _case(node: Node, scope: Scope) -> Piece:
    subject = node.args.get("this")
    asked = []
    for branch in node.args["ifs"]:
        if subject is None:
            asked.append(condition(branch.this, scope))
            continue
        pair = values([subject, branch.this], scope)
        _common(pair, "CASE")
        left, right = _by_bytes(pair, is_order=False)
        asked.append(_made(f"({left} = {right})", SqlKind.BOOLEAN, pair))
    answers = values([branch.args["true"] for branch in node.args["ifs"]], scope)
    default = node.args.get("default")
    rest = [value(default, scope)] if default is not None else []
    kind = _common([*answers, *rest], "CASE")
    branches = "".join(f" WHEN {one.sql} THEN {then.sql}" for one, then in zip(asked, answers, strict=True))
    ending = f" ELSE {rest[0].sql}" if rest else ""
    if kind is SqlKind.NOTHING:
        return Piece("NULL", kind)
    return _made(f"(CASE{branches}{ending} END)", kind, [*asked, *answers, *rest])


def _cast(node: Node, scope: Scope) -> Piece:
    return cast(value(node.this, scope), node.args["to"], is_try=type(node).__name__ == "TryCast")


def _interval(node: Node, _: Scope) -> Piece:
    amount, unit = node.this, node.args.get("unit")
    found = _INTERVAL.fullmatch(str(amount.this)) if type(amount).__name__ == "Literal" else None
    word = (unit.name if unit is not None else (found[2] or "") if found else "").upper().removesuffix("S")
    if found is None or (unit is not None and found[2]) or word not in _UNITS:
        raise Unrenderable("INTERVAL", ENGINE, "of anything but whole units")
    number = int(found[1]) * (3 if word == "QUARTER" else 1)
    shown = "month" if word == "QUARTER" else word.lower()
    return Piece(f"INTERVAL '{number} {shown}'", SqlKind.DURATION, is_elapsed=word in _ELAPSED)


def _extract(node: Node, scope: Scope) -> Piece:
    return part(node.this.name.casefold(), value(node.expression, scope))


def _at_zone(node: Node, scope: Scope) -> Piece:
    return call("timezone", values([node.args["zone"], node.this], scope))


def _sign_of_text(node: Node, scope: Scope) -> Piece:
    text = value(node.this, scope)
    place = value(node.expressions[0], scope).sql
    if text.kind is not SqlKind.TEXT or place not in {"1", "(- 1)"}:
        raise Unrenderable("[…]", ENGINE)
    return _made(f"{'left' if place == '1' else 'right'}({text.sql}, 1)", SqlKind.TEXT, [text])


def _call(node: Node, scope: Scope) -> Piece:
    name = str(node.this).casefold()
    if name in AGGREGATES:
        return _aggregate(node, scope, where=None, over="")
    if name in WINDOW_FUNCTIONS:
        raise Unrenderable(name, ENGINE, "without OVER")
    return call(name, values(node.expressions, scope))


def _aggregate(node: Node, scope: Scope, *, where: str | None, over: str) -> Piece:
    arguments = list(node.expressions)
    is_star = [type(one).__name__ for one in arguments] == ["Star"]
    is_distinct = [type(one).__name__ for one in arguments] == ["Distinct"]
    if is_distinct:
        arguments = list(arguments[0].expressions)
    parts = [] if is_star else values(arguments, scope)
    made = aggregate(str(node.this).casefold(), parts, is_distinct=is_distinct, is_star=is_star, where=where, over=over)
    return _made(made.sql, made.kind, parts, fails=made.may_fail)


def _filter(node: Node, scope: Scope) -> Piece:
    if type(node.this).__name__ != "Anonymous":
        raise Unrenderable("FILTER", ENGINE)
    return _aggregate(node.this, scope, where=condition(node.expression.this, scope).sql, over="")


def _window(node: Node, scope: Scope) -> Piece:
    if unexpected_part(node, frozenset({"this", "partition_by", "order", "spec", "over"})):
        raise Unrenderable("OVER", ENGINE)
    pieces = []
    groups = values(node.args.get("partition_by") or [], scope)
    if groups:
        pieces.append(f"PARTITION BY {', '.join(one.sql for one in groups)}")
    order = node.args.get("order")
    if order is not None:
        pieces.append(f"ORDER BY {', '.join(ordered(one, scope) for one in order.expressions)}")
    spec = node.args.get("spec")
    if spec is not None:
        pieces.append(_frame(spec, scope))
    inner, where = node.this, None
    if type(inner).__name__ == "Filter":
        inner, where = inner.this, condition(inner.expression.this, scope).sql
    if name_of(inner) not in AGGREGATES | WINDOW_FUNCTIONS:
        raise Unrenderable(name_of(inner), ENGINE, "with OVER")
    return _aggregate(inner, scope, where=where, over=f" OVER ({' '.join(pieces)})")


def _frame(spec: Node, scope: Scope) -> str:
    if unexpected_part(spec, frozenset({"kind", "start", "start_side", "end", "end_side"})):
        raise Unrenderable("OVER with EXCLUDE", ENGINE)

    def edge(name: str) -> str:
        found, side = spec.args.get(name), spec.args.get(f"{name}_side") or ""
        text = found if isinstance(found, str) else value(found, scope).sql if found is not None else "CURRENT ROW"
        return f"{text} {side}".strip()

    return f"{spec.args['kind']} BETWEEN {edge('start')} AND {edge('end')}"


_PARTS: dict[str, Callable[[Node, Scope], Piece]] = {
    **dict.fromkeys([*_COMPARE, *_SAME], _compare),
    **dict.fromkeys(("Add", "Sub", "Mul"), _sum),
    **dict.fromkeys(("Div", "IntDiv", "Mod"), _divided),
    **dict.fromkeys(("And", "Or"), _logic),
    **dict.fromkeys(("Cast", "TryCast"), _cast),
    **dict.fromkeys(("Like", "ILike"), _like),
    **dict.fromkeys(("RegexpLike", "SimilarTo"), _similar),
    "Anonymous": _call,
    "Array": _list,
    "AtTimeZone": _at_zone,
    "Between": _between,
    "Boolean": lambda node, _: Piece("TRUE" if node.this else "FALSE", SqlKind.BOOLEAN),
    "Bracket": _sign_of_text,
    "Case": _case,
    "Column": _column,
    "DPipe": _joined,
    "Extract": _extract,
    "Filter": _filter,
    "In": _in,
    "Interval": _interval,
    "Is": _is,
    "Literal": _literal,
    "Neg": _negative,
    "Not": _not,
    "Null": lambda _, __: Piece("NULL", SqlKind.NOTHING),
    "Paren": _paren,
    "Window": _window,
}
