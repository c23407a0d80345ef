"""A checked tree to SQL over one row. What runs is this SQL, never the text that was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from sqaudit.errors import msg
from sqaudit.expressions.arithmetic import divide, operate
from sqaudit.expressions.calls import call
from sqaudit.expressions.functions import AGGREGATES, CLOCKS, UNITS_OF_TIME
from sqaudit.expressions.kinds import WHEN, Kind, common_kind
from sqaudit.expressions.parsing import not_allowed
from sqaudit.expressions.problem import Node, did_you_mean
from sqaudit.expressions.terms import (
    MOMENTS,
    Scope,
    Term,
    all_columns,
    any_unusable,
    beside,
    mismatch,
    moment_name,
    read_when,
)
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import ColumnType

_COMPARE = {"EQ": "=", "NEQ": "<>", "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<="}
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_WHOLE_INTERVAL = re.compile(r"\s*([+-]?\d+)\s+([A-Za-z]+)")
_MOST_DIGITS = 38
_MICROSECONDS = {"MICROSECOND": 1, "MILLISECOND": 1_000, "SECOND": 10**6, "MINUTE": 60 * 10**6, "HOUR": 3_600 * 10**6}
_CALENDAR_UNITS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
_CAST_KINDS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "DECIMAL", "FLOAT", "DOUBLE"), Kind.NUMBER),
    "TEXT": Kind.TEXT,
    "VARCHAR": Kind.TEXT,
    "BOOLEAN": Kind.BOOLEAN,
    "DATE": Kind.DATE,
    "TIMESTAMP": Kind.LOCAL,
    "TIMESTAMPNTZ": Kind.LOCAL,
    "TIMESTAMPTZ": Kind.MOMENT,
}
_CAST_NAMES = {"INT": "INTEGER", "INT128": "HUGEINT", "TEXT": "VARCHAR", "TIMESTAMPNTZ": "TIMESTAMP"}


def translate(node: Node, scope: Scope) -> Term:
    """SQL for ``node``; every part is looked at, and rewritten where DuckDB would answer wrongly or fail."""
    return scope.special(node) or _PARTS.get(type(node).__name__, _misplaced)(node, scope)


def condition(node: Node, scope: Scope) -> Term:
    """SQL for ``node``, which must be a condition."""
    term = translate(node, scope)
    if term.kind not in {Kind.BOOLEAN, Kind.UNKNOWN}:
        raise mismatch(node, term.kind, Kind.BOOLEAN, scope)
    return term


def _misplaced(node: Node, scope: Scope) -> Term:
    raise scope.problem(node, "SQA302", not_allowed(msg("'{name}'", name=type(node).__name__.upper())))


def _column(node: Node, scope: Scope) -> Term:
    name, quoted = node.this.name, node.this.args.get("quoted")
    if scope.staged and not quoted and name.casefold() in MOMENTS:
        return Term(moment_name(name.casefold()), Kind.MOMENT)
    found = scope.find(name)
    if found is not None:
        return Term(quote_name(found), scope.kind(found), frozenset({found}))
    if name.casefold() in CLOCKS:
        raise clock_problem(node, name, scope)
    known = [*scope.columns, *(MOMENTS if scope.staged else ())]
    hint = did_you_mean(name, known)
    if quoted:
        hint = msg("double quotes are for names; a text is written '{text}'", text=name)
    raise scope.problem(node, "SQA303", msg("no column is called '{name}'", name=name), hint)


def clock_problem(node: Node, name: str, scope: Scope) -> Exception:
    """The problem that ``name`` is the time of the run, or chance."""
    message = msg("'{name}' would give another result each time", name=name)
    return scope.problem(node, "SQA302", message, msg("use as_of, period_start or period_end"))


def _literal(node: Node, scope: Scope) -> Term:
    text = str(node.this)
    if node.is_string:
        return Term(quote_text(text), Kind.TEXT, written=text)
    digits = re.sub(r"[eE].*|\D", "", text)
    if _NUMBER.fullmatch(text) is None or len(digits) > _MOST_DIGITS:
        raise scope.problem(node, "SQA311", msg("'{text}' is no number that can be computed with", text=text))
    return Term(text, Kind.NUMBER)


def _boolean(node: Node, _: Scope) -> Term:
    return Term("TRUE" if node.this else "FALSE", Kind.BOOLEAN)


def _null(_: Node, __: Scope) -> Term:
    return Term("NULL", Kind.UNKNOWN)


def _paren(node: Node, scope: Scope) -> Term:
    return translate(node.this, scope)


def _logic(node: Node, scope: Scope) -> Term:
    left, right = condition(node.this, scope), condition(node.expression, scope)
    word = "AND" if type(node).__name__ == "And" else "OR"
    return Term(f"({left.sql} {word} {right.sql})", Kind.BOOLEAN, left.columns | right.columns)


def _not(node: Node, scope: Scope) -> Term:
    inner = condition(node.this, scope)
    return Term(f"(NOT {inner.sql})", Kind.BOOLEAN, inner.columns)


def _compare(node: Node, scope: Scope) -> Term:
    left, right = translate(node.this, scope), translate(node.expression, scope)
    first, second = beside_each_other([node.this, node.expression], [left, right], scope)
    sql = f"({first.sql} {_COMPARE[type(node).__name__]} {second.sql})"
    return Term(sql, Kind.BOOLEAN, left.columns | right.columns)


def beside_each_other(nodes: Sequence[Node], terms: Sequence[Term], scope: Scope) -> list[Term]:
    """The terms as they are compared with the first that is not a literal; text literals beside times become times."""
    anchor = next((term for term in terms if term.written is None and term.kind is not Kind.UNKNOWN), terms[0])
    return [beside(node, term, anchor.kind, scope) for node, term in zip(nodes, terms, strict=True)]


def _between(node: Node, scope: Scope) -> Term:
    parts = [node.this, node.args["low"], node.args["high"]]
    terms = [translate(part, scope) for part in parts]
    value, low, high = (term.sql for term in beside_each_other(parts, terms, scope))
    return Term(f"({value} BETWEEN {low} AND {high})", Kind.BOOLEAN, all_columns(terms))


def _in(node: Node, scope: Scope) -> Term:
    choices = node.expressions
    if not choices:
        raise scope.problem(node, "SQA301", msg("IN needs a list in brackets"), msg("write x IN ('a', 'b')"))
    parts = [node.this, *choices]
    terms = [translate(part, scope) for part in parts]
    value, *items = (term.sql for term in beside_each_other(parts, terms, scope))
    return Term(f"({value} IN ({', '.join(items)}))", Kind.BOOLEAN, all_columns(terms))


def _is(node: Node, scope: Scope) -> Term:
    what = type(node.expression).__name__
    if what not in {"Boolean", "Null"}:
        raise scope.problem(node, "SQA301", msg("IS is followed by NULL, TRUE or FALSE"))
    inner = translate(node.this, scope) if what == "Null" else condition(node.this, scope)
    # A cell that could not be read is not an absent one: asking whether it is there has no answer. Each form names its
    # operand once, so that nesting cannot make the SQL grow beyond measure.
    unusable = any_unusable(inner.columns) if scope.staged else "FALSE"
    if what == "Null":
        sql = f"(CASE WHEN {inner.sql} IS NOT NULL THEN FALSE WHEN {unusable} THEN NULL ELSE TRUE END)"
    elif node.expression.this:
        sql = f"coalesce({inner.sql}, CASE WHEN {unusable} THEN NULL ELSE FALSE END)"
    else:
        sql = f"(NOT coalesce({inner.sql}, CASE WHEN {unusable} THEN NULL ELSE TRUE END))"
    return Term(sql, Kind.BOOLEAN, inner.columns)


def _like(node: Node, scope: Scope) -> Term:
    value, pattern = _text(node.this, scope), _text(node.expression, scope)
    word = {"Like": "LIKE", "ILike": "ILIKE"}[type(node).__name__]
    negation = "NOT " if node.args.get("negate") else ""
    return Term(f"({value.sql} {negation}{word} {pattern.sql})", Kind.BOOLEAN, value.columns | pattern.columns)


def _matches(node: Node, scope: Scope) -> Term:
    value, pattern = _text(node.this, scope), _text(node.expression, scope)
    return Term(f"regexp_full_match({value.sql}, {pattern.sql})", Kind.BOOLEAN, value.columns | pattern.columns)


def _joined(node: Node, scope: Scope) -> Term:
    left, right = _text(node.this, scope), _text(node.expression, scope)
    return Term(f"({left.sql} || {right.sql})", Kind.TEXT, left.columns | right.columns)


def _text(node: Node, scope: Scope) -> Term:
    term = translate(node, scope)
    if term.kind not in {Kind.TEXT, Kind.UNKNOWN}:
        raise mismatch(node, term.kind, Kind.TEXT, scope)
    return term


def _arithmetic(node: Node, scope: Scope) -> Term:
    left, right = translate(node.this, scope), translate(node.expression, scope)
    name = type(node).__name__
    if name == "Mul":  # DuckDB keeps a product of two short decimals short, so that it overflows: widen one side
        left = _widened(node.this, left, scope)
    return operate(name, node, (left, right), scope)


def _widened(node: Node, term: Term, scope: Scope) -> Term:
    while type(node).__name__ == "Paren":
        node = node.this
    column = scope.column_at(node) if type(node).__name__ == "Column" else None
    if column is None or column.type is not ColumnType.NUMBER:
        return term
    return Term(f"CAST({term.sql} AS DECIMAL({_MOST_DIGITS}, {column.scale}))", term.kind, term.columns)


def _division(node: Node, scope: Scope) -> Term:
    left, right = translate(node.this, scope), translate(node.expression, scope)
    return divide(type(node).__name__, node, (left, right), scope)


def _negative(node: Node, scope: Scope) -> Term:
    term = translate(node.this, scope)
    if term.kind not in {Kind.NUMBER, Kind.DURATION, Kind.UNKNOWN}:
        raise mismatch(node.this, term.kind, Kind.NUMBER, scope)
    return Term(f"(- {term.sql})", term.kind, term.columns)


def _case(node: Node, scope: Scope) -> Term:
    subject = node.args.get("this")
    conditions = [branch.this for branch in node.args["ifs"]]
    if subject is None:
        asked = [condition(part, scope) for part in conditions]
    elif type(subject).__name__ != "Column":
        message = msg("CASE is followed by a column or by WHEN")
        raise scope.problem(subject, "SQA302", message, msg("write CASE WHEN … THEN …"))
    else:
        parts = [subject, *conditions]
        terms = beside_each_other(parts, [translate(part, scope) for part in parts], scope)
        asked = [
            Term(f"({terms[0].sql} = {term.sql})", Kind.BOOLEAN, terms[0].columns | term.columns) for term in terms[1:]
        ]
    results = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    if default is not None:
        results.append(default)
    answers = [translate(part, scope) for part in results]
    kind = common_kind([term.kind for term in answers])
    if kind is None:
        raise scope.problem(node, "SQA306", msg("the branches of CASE give values of different kinds"))
    branches = " ".join(
        f"WHEN {question.sql} THEN {answer.sql}" for question, answer in zip(asked, answers[: len(asked)], strict=True)
    )
    unusable = all_columns(asked) if scope.staged else frozenset()
    guard = f"WHEN {any_unusable(unusable)} THEN NULL " if unusable else ""
    ending = f" ELSE {answers[-1].sql}" if default is not None else ""
    return Term(f"(CASE {guard}{branches}{ending} END)", kind, all_columns([*asked, *answers]))


def _cast(node: Node, scope: Scope) -> Term:
    wanted = node.args["to"]
    name = wanted.this.name if hasattr(wanted.this, "name") else str(wanted.this)
    kind = _CAST_KINDS.get(name)
    if kind is None or wanted.args.get("nested"):
        raise scope.problem(
            node,
            "SQA302",
            not_allowed(msg("a cast to this type")),
            msg("use VARCHAR, BIGINT, DECIMAL(18, 4), DOUBLE, BOOLEAN, DATE, TIMESTAMP or TIMESTAMPTZ"),
        )
    numbers = [str(part.this.this) for part in wanted.expressions]
    if not all(number.isascii() and number.isdigit() and int(number) <= _MOST_DIGITS for number in numbers):
        raise scope.problem(node, "SQA302", not_allowed(msg("a cast to this type")))
    inner = translate(node.this, scope)
    if inner.written is not None and kind in WHEN:
        sql = read_when(inner.written, kind)
        if sql is None:
            message = msg("'{text}' is no date or time", text=inner.written)
            raise scope.problem(node, "SQA311", message, msg("write it as 2024-12-31 or 2024-12-31 18:00"))
        inner = Term(sql, kind)
    target = _CAST_NAMES.get(name, name) + (f"({', '.join(numbers)})" if numbers else "")
    return Term(f"TRY_CAST({inner.sql} AS {target})", kind, inner.columns)


def _interval(node: Node, scope: Scope) -> Term:
    amount, unit = node.this, node.args.get("unit")
    if type(amount).__name__ != "Literal":
        raise scope.problem(
            node,
            "SQA302",
            not_allowed(msg("an INTERVAL of anything but a number")),
            msg("write hours * INTERVAL 1 HOUR"),
        )
    written = f"{amount.this} {unit.name}" if unit is not None else str(amount.this)
    parts = _WHOLE_INTERVAL.findall(written)
    if not parts or "".join(written.split()) != "".join(number + word for number, word in parts):
        return _fraction(node, written, scope)
    pieces = [_interval_sql(node, int(number), word, scope) for number, word in parts]
    return Term(f"({' + '.join(pieces)})", Kind.DURATION)


def _interval_sql(node: Node, number: int, word: str, scope: Scope) -> str:
    unit = word.upper().removesuffix("S")
    if unit not in _MICROSECONDS and unit not in _CALENDAR_UNITS:
        raise _no_interval(node, scope)
    return f"INTERVAL '{number}' {unit}"


def _fraction(node: Node, written: str, scope: Scope) -> Term:
    number, _, word = written.strip().partition(" ")
    factor = _MICROSECONDS.get(word.strip().upper().removesuffix("S"))
    if factor is None or re.fullmatch(r"[+-]?\d{1,18}\.\d{1,18}", number) is None:
        raise _no_interval(node, scope)
    return Term(f"to_microseconds({int(Decimal(number) * factor)})", Kind.DURATION)


def _no_interval(node: Node, scope: Scope) -> Exception:
    message = msg("'{text}' is no duration", text=scope.written(node))
    return scope.problem(node, "SQA311", message, msg("write a duration as INTERVAL 24 HOUR"))


def _extract(node: Node, scope: Scope) -> Term:
    unit = node.this.name.casefold()
    inner = translate(node.expression, scope)
    if unit not in UNITS_OF_TIME:
        raise scope.problem(
            node, "SQA305", msg("'{unit}' is no unit of time", unit=unit), did_you_mean(unit, UNITS_OF_TIME)
        )
    if inner.kind not in WHEN | {Kind.UNKNOWN}:
        raise mismatch(node.expression, inner.kind, Kind.MOMENT, scope)
    return Term(f"date_part('{unit}', {inner.sql})", Kind.NUMBER, inner.columns)


def _at_zone(node: Node, scope: Scope) -> Term:
    zone = node.args["zone"]
    if scope.staged or type(zone).__name__ != "Literal" or not zone.is_string:
        raise scope.problem(
            node, "SQA302", not_allowed(msg("AT TIME ZONE")), msg("times are the site's own local times")
        )
    inner = translate(node.this, scope)
    return Term(f"({inner.sql} AT TIME ZONE {quote_text(str(zone.this))})", Kind.UNKNOWN, inner.columns)


def _call(node: Node, scope: Scope) -> Term:
    name = str(node.this).casefold()
    if name in CLOCKS:
        raise clock_problem(node, name, scope)
    if name in AGGREGATES:
        message = msg("'{name}' is an aggregate where the value of one row belongs", name=name)
        raise scope.problem(node, "SQA309", message, msg("take the aggregate out of the brackets"))
    return call(name, node, scope, translate)


_PARTS: dict[str, Callable[[Node, Scope], Term]] = {
    **dict.fromkeys(_COMPARE, _compare),
    **dict.fromkeys(("Add", "Sub", "Mul"), _arithmetic),
    **dict.fromkeys(("Div", "IntDiv", "Mod"), _division),
    **dict.fromkeys(("And", "Or"), _logic),
    **dict.fromkeys(("Cast", "TryCast"), _cast),
    **dict.fromkeys(("Like", "ILike"), _like),
    "Anonymous": _call,
    "AtTimeZone": _at_zone,
    "Between": _between,
    "Boolean": _boolean,
    "Case": _case,
    "Column": _column,
    "DPipe": _joined,
    "Extract": _extract,
    "In": _in,
    "Interval": _interval,
    "Is": _is,
    "Literal": _literal,
    "Neg": _negative,
    "Not": _not,
    "Null": _null,
    "Paren": _paren,
    "RegexpLike": _matches,
}
