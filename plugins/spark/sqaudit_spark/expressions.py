"""Trees of DuckDB's SQL over one row, or over groups of rows, as pieces of Spark SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqaudit_spark import times
from sqaudit_spark.aggregates import AGGREGATES, WINDOWED
from sqaudit_spark.casts import as_text, cast
from sqaudit_spark.functions import FUNCTIONS, letter_at, lower
from sqaudit_spark.patterns import like_pattern
from sqaudit_spark.pieces import (
    MOST_DIGITS,
    NUMBERS,
    WHEN,
    Kind,
    Piece,
    Unrenderable,
    as_double,
    bare,
    common_kind,
    lumped,
    quoted,
    shaped_like,
    text,
    truth,
    whole,
    with_sql,
)

Columns = Callable[[str, str], Piece]
_COMPARE = {"EQ": "=", "NEQ": "<>", "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<=", "NullSafeEQ": "<=>"}
_MOST_INT, _MOST_BIGINT = 2**31, 2**63


def render(node: Any, columns: Columns) -> Piece:  # noqa: ANN401  sqlglot's nodes
    """The piece that ``node`` stands for; ``columns`` gives the column of a table ("" if none is named) and name.

    Raises:
        Unrenderable: If Spark has nothing of the same meaning.
    """
    maker = _PARTS.get(type(node).__name__)
    if maker is None:
        raise Unrenderable(f"'{node.sql(dialect='duckdb')}'")
    return maker(node, columns)


def condition(node: Any, columns: Columns) -> str:  # noqa: ANN401
    """Spark SQL of a condition."""
    piece = render(node, columns)
    if piece.kind not in {Kind.TRUTH, Kind.NULL, Kind.UNKNOWN}:
        raise Unrenderable(f"a {piece.kind} as a condition")
    return piece.sql


def _column(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    return columns(node.table, node.name)


def _literal(node: Any, _columns: Columns) -> Piece:  # noqa: ANN401
    written = str(node.this)
    if node.is_string:
        return Piece(sql=quoted(written), kind=Kind.TEXT, written=written)
    if written.isdecimal():
        number = int(written)
        if number >= _MOST_BIGINT:
            return Piece(sql=f"CAST({number}BD AS DECIMAL(38, 0))", kind=Kind.HUGE)
        return Piece(sql=str(number) if number < _MOST_INT else f"{number}L", kind=Kind.WHOLE, number=number)
    if "e" in written.casefold():
        return Piece(sql=f"{written}D", kind=Kind.DOUBLE)
    before, _, after = written.partition(".")
    digits = len(before.lstrip("0")) + len(after)
    if not after:
        return Piece(sql=before, kind=Kind.DECIMAL, digits=max(digits, 1))
    return Piece(sql=f"{before or '0'}.{after}BD", kind=Kind.DECIMAL, digits=max(digits, 1), scale=len(after))


def _boolean(node: Any, _: Columns) -> Piece:  # noqa: ANN401
    return truth("TRUE" if node.this else "FALSE")


def _null(_: Any, __: Columns) -> Piece:  # noqa: ANN401
    return Piece(sql="NULL", kind=Kind.NULL)


def _paren(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    return render(node.this, columns)


def _logic(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    word = "AND" if type(node).__name__ == "And" else "OR"
    return truth(f"({condition(node.this, columns)} {word} {condition(node.expression, columns)})")


def _not(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    return truth(f"(NOT {condition(node.this, columns)})")


def alike(pieces: Sequence[Piece], what: str) -> list[Piece]:
    """The values turned into what they have in common, as they are compared or chosen from."""
    if any(piece.kind is Kind.UNKNOWN for piece in pieces):
        if all(piece.kind in {Kind.UNKNOWN, Kind.NULL} for piece in pieces):
            return list(pieces)
        known = {piece.kind for piece in pieces} - {Kind.UNKNOWN, Kind.NULL}
        if known <= {Kind.TEXT} or known <= {Kind.TRUTH}:
            return list(pieces)
        raise Unrenderable(f"{what} of a column whose type is not known")
    kind = common_kind(pieces, what)
    turn: Mapping[Kind, Callable[[Piece], str]] = {
        Kind.DOUBLE: as_double,
        Kind.LOCAL: times.local,
        Kind.MOMENT: times.moment,
        Kind.DURATION: lambda piece: lumped(piece).sql,
        Kind.HUGE: lambda piece: f"CAST({piece.sql} AS DECIMAL(38, 0))",
    }
    if kind not in turn:
        return list(pieces)
    return [
        piece if piece.kind is Kind.NULL else with_sql(shaped_like([piece], kind), turn[kind](piece))
        for piece in pieces
    ]


def _compare(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    pair = [render(node.this, columns), render(node.expression, columns)]
    left, right = alike(pair, "a comparison")
    if type(node).__name__ == "NullSafeNEQ":
        return truth(f"(NOT ({left.sql} <=> {right.sql}))")
    return truth(f"({left.sql} {_COMPARE[type(node).__name__]} {right.sql})")


def _between(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    parts = [render(part, columns) for part in (node.this, node.args["low"], node.args["high"])]
    value, low, high = alike(parts, "a comparison")
    return truth(f"({value.sql} BETWEEN {low.sql} AND {high.sql})")


def _in(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    if not node.expressions:
        raise Unrenderable("IN without a list")
    value, *items = alike([render(part, columns) for part in (node.this, *node.expressions)], "a comparison")
    return truth(f"({value.sql} IN ({', '.join(item.sql for item in items)}))")


def _is(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    what = type(node.expression).__name__
    inner = render(node.this, columns)
    if what == "Null":
        return truth(f"({known(inner)} IS NULL)")
    if what == "Not" and type(node.expression.this).__name__ == "Null":
        return truth(f"({known(inner)} IS NOT NULL)")
    if what != "Boolean":
        raise Unrenderable("IS with anything but NULL, TRUE or FALSE")
    return truth(f"({inner.sql} IS {'TRUE' if node.expression.this else 'FALSE'})")


def known(piece: Piece) -> str:
    """SQL that is NULL where the piece is."""
    return lumped(piece).sql if piece.kind is Kind.DURATION else piece.sql


def _like(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    value, pattern = render(node.this, columns), render(node.expression, columns)
    doubled = rf"replace({pattern.sql}, '\\', '\\\\')"
    found = doubled if pattern.written is None else quoted(like_pattern(pattern.written))
    left = value.sql
    if type(node).__name__ == "ILike":
        left, found = lower(left), lower(found)
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return truth(f"({left} {word} {found})")


def _joined(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    left, right = render(node.this, columns), render(node.expression, columns)
    return text(f"concat({as_text(left)}, {as_text(right)})")


def _arithmetic(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    left, right = render(node.this, columns), render(node.expression, columns)
    name = type(node).__name__
    if left.kind in WHEN or right.kind in WHEN:
        return _with_time(name, left, right)
    if Kind.DURATION in {left.kind, right.kind}:
        return _with_duration(name, left, right)
    for piece in (left, right):
        if piece.kind not in NUMBERS and piece.kind is not Kind.NULL:
            raise Unrenderable(f"arithmetic with a {piece.kind}")
    return _of_numbers(name, left, right)


def _with_time(name: str, left: Piece, right: Piece) -> Piece:
    if name == "Add" and right.kind in WHEN:
        left, right = right, left
    if name not in {"Add", "Sub"}:
        raise Unrenderable(f"arithmetic with a {left.kind}")
    sign = "+" if name == "Add" else "-"
    if right.kind is Kind.DURATION:
        return times.add_to_time(left, right, sign)
    if left.kind is Kind.DATE and right.kind is Kind.WHOLE:
        return Piece(sql=f"date_add({left.sql}, CAST({sign} {right.sql} AS INT))", kind=Kind.DATE)
    if left.kind is right.kind is Kind.DATE and sign == "-":
        return whole(f"CAST(datediff({left.sql}, {right.sql}) AS BIGINT)")
    raise Unrenderable(f"a {left.kind} {sign} a {right.kind}")


def _with_duration(name: str, left: Piece, right: Piece) -> Piece:
    if Kind.NULL in {left.kind, right.kind}:
        return Piece(sql="CAST(NULL AS BIGINT)", kind=Kind.DURATION)
    if name in {"Add", "Sub"} and left.kind is right.kind:
        return times.add_durations(left, "+" if name == "Add" else "-", right)
    if name == "Mul":
        duration, number = (left, right) if left.kind is Kind.DURATION else (right, left)
        return times.times_number(duration, number)
    if name == "Div" and left.kind is Kind.DURATION and right.kind in NUMBERS:
        return times.divided(left, f"nullif({as_double(right)}, 0D)")
    raise Unrenderable(f"{name} of a {left.kind} and a {right.kind}")


def _of_numbers(name: str, left: Piece, right: Piece) -> Piece:
    kinds = {left.kind, right.kind} - {Kind.NULL}
    if name == "Div" or (name == "IntDiv" and not kinds <= {Kind.WHOLE, Kind.HUGE}):
        # DuckDB's // of anything but whole numbers is a plain division.
        return Piece(sql=f"({as_double(left)} / nullif({as_double(right)}, 0D))", kind=Kind.DOUBLE)
    if Kind.DOUBLE in kinds:
        divisor = f"nullif({as_double(right)}, 0D)" if name == "Mod" else as_double(right)
        return Piece(sql=f"({as_double(left)} {_SIGNS[name]} {divisor})", kind=Kind.DOUBLE)
    if name in {"Mod", "IntDiv"}:
        if Kind.HUGE in kinds and name == "IntDiv":
            raise Unrenderable("// of whole numbers of more than 18 digits")
        sql = f"({left.sql} {_SIGNS[name]} nullif({right.sql}, 0))"
    else:
        sql = f"({left.sql} {_SIGNS[name]} {right.sql})"
    if kinds <= {Kind.WHOLE}:
        return whole(sql)
    if kinds <= {Kind.WHOLE, Kind.HUGE}:
        return Piece(sql=f"CAST({sql} AS DECIMAL(38, 0))", kind=Kind.HUGE)
    shape = shaped_like([left, right], Kind.DECIMAL)
    if name != "Mul":
        return with_sql(shape, sql)
    scale = left.scale + right.scale
    if scale > MOST_DIGITS:
        raise Unrenderable("a product of numbers with so many decimals")
    return Piece(sql=sql, kind=Kind.DECIMAL, digits=MOST_DIGITS, scale=scale)


_SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Mod": "%", "IntDiv": "div"}


def _negative(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    inner = render(node.this, columns)
    if inner.kind is Kind.DURATION:
        return times.negative(inner)
    if inner.kind not in NUMBERS and inner.kind is not Kind.NULL:
        raise Unrenderable(f"the negative of a {inner.kind}")
    number = -inner.number if inner.number is not None else None
    return Piece(sql=f"(- {inner.sql})", kind=inner.kind, digits=inner.digits, scale=inner.scale, number=number)


def _case(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    subject = node.args.get("this")
    if subject is None:
        asked = [condition(branch.this, columns) for branch in node.args["ifs"]]
    else:
        first = render(subject, columns)
        asked = []
        for branch in node.args["ifs"]:
            left, right = alike([first, render(branch.this, columns)], "a comparison")
            asked.append(f"{left.sql} = {right.sql}")
    answers = [render(branch.args["true"], columns) for branch in node.args["ifs"]]
    default = node.args.get("default")
    if default is not None:
        answers.append(render(default, columns))

    def chosen(values: Sequence[str]) -> str:
        pairs = zip(asked, values, strict=False)
        branches = " ".join(f"WHEN {bare(question)} THEN {value}" for question, value in pairs)
        return f"CASE {branches}{f' ELSE {values[-1]}' if default is not None else ''} END"

    if any(answer.kind is Kind.DURATION and (answer.days or answer.months) for answer in answers):
        return _case_of_durations(answers, chosen)
    fitted = alike(answers, "a CASE")
    kind = common_kind(fitted, "a CASE")
    return with_sql(shaped_like(fitted, kind), chosen([answer.sql for answer in fitted]))


def _case_of_durations(answers: Sequence[Piece], chosen: Callable[[Sequence[str]], str]) -> Piece:
    # Days stay days on whichever branch, so that they still follow the calendar when added to a time.
    common_kind(answers, "a CASE")

    def part(values: Sequence[str | None]) -> str | None:
        if not any(values):
            return None
        pairs = zip(answers, values, strict=True)
        return chosen(["NULL" if answer.kind is Kind.NULL else value or "0" for answer, value in pairs])

    return Piece(
        sql=chosen([answer.sql for answer in answers]),
        kind=Kind.DURATION,
        days=part([answer.days for answer in answers]),
        months=part([answer.months for answer in answers]),
    )


def _cast(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    name = node.args["to"].sql(dialect="duckdb")
    return cast(render(node.this, columns), name, strict=type(node).__name__ == "Cast")


def _interval(node: Any, _: Columns) -> Piece:  # noqa: ANN401
    amount, unit = node.this, node.args.get("unit")
    try:
        number = int(str(amount.this))
    except (AttributeError, ValueError):
        raise Unrenderable(f"'{node.sql(dialect='duckdb')}'") from None
    if unit is None:
        raise Unrenderable("an interval without a unit")
    return times.interval(number, unit.name)


def _bracket(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    (place,) = node.expressions
    inner = render(place, columns)
    if inner.number is None:
        raise Unrenderable("a place in a text that is not written out")
    return letter_at(render(node.this, columns), inner.number)


def _extract(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    return times.part(node.this.name.casefold(), render(node.expression, columns))


def _at_zone(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    return times.in_zone(str(node.args["zone"].this), render(node.this, columns))


def _array(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    return Piece(
        sql=f"array({', '.join(as_double(render(part, columns)) for part in node.expressions)})", kind=Kind.LIST
    )


def _call(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    name = str(node.this).casefold()
    if name in AGGREGATES:
        return _aggregate(node, None, columns)
    pieces = [render(part, columns) for part in node.expressions]
    if name in _CHOICES:
        return _CHOICES[name](pieces)
    function = FUNCTIONS.get(name)
    if function is None:
        raise Unrenderable(f"the function '{name}'")
    if any(piece.kind is Kind.UNKNOWN for piece in pieces):
        raise Unrenderable(f"'{name}' of a column whose type is not known")
    return function(pieces)


def _aggregate(node: Any, chosen: str | None, columns: Columns) -> Piece:  # noqa: ANN401
    name = str(node.this).casefold()
    nodes = list(node.expressions)
    distinct = bool(nodes) and type(nodes[0]).__name__ == "Distinct"
    if distinct:
        nodes = list(nodes[0].expressions)
    is_star = [type(each).__name__ for each in nodes] == ["Star"]
    pieces = [] if is_star else [render(part, columns) for part in nodes]
    if distinct and name != "count":
        raise Unrenderable(f"{name}(DISTINCT …)")
    piece = AGGREGATES[name](pieces)
    if distinct:
        piece = whole(f"count(DISTINCT {', '.join(known(each) for each in pieces)})")
    if chosen is None:
        return piece
    return with_sql(piece, f"{piece.sql} FILTER (WHERE {chosen})")


def _filter(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    call = node.this
    if type(call).__name__ != "Anonymous" or str(call.this).casefold() not in AGGREGATES:
        raise Unrenderable(f"'{node.sql(dialect='duckdb')}'")
    return _aggregate(call, condition(node.expression.this, columns), columns)


def _window(node: Any, columns: Columns) -> Piece:  # noqa: ANN401
    call = node.this
    name = str(call.this).casefold() if type(call).__name__ == "Anonymous" else ""
    if node.args.get("spec") is not None or node.args.get("alias") is not None:
        raise Unrenderable("a window with a frame")
    if name in WINDOWED:
        inner = WINDOWED[name]([render(part, columns) for part in call.expressions])
    elif name in AGGREGATES:
        inner = _aggregate(call, None, columns)
    else:
        raise Unrenderable(f"'{node.sql(dialect='duckdb')}'")
    parts = []
    if node.args.get("partition_by"):
        parts.append("PARTITION BY " + ", ".join(known(render(part, columns)) for part in node.args["partition_by"]))
    if node.args.get("order") is not None:
        parts.append(ordered(node.args["order"], columns))
    return with_sql(inner, f"{inner.sql} OVER ({' '.join(parts)})")


def ordered(node: Any, columns: Columns) -> str:  # noqa: ANN401
    """``ORDER BY``, with NULL where DuckDB puts it: last unless said."""
    parts = []
    for one in node.expressions:
        direction = "DESC" if one.args.get("desc") else "ASC"
        nulls = "FIRST" if one.args.get("nulls_first") else "LAST"
        parts.append(f"{known(render(one.this, columns))} {direction} NULLS {nulls}")
    return f"ORDER BY {', '.join(parts)}"


def _chosen(spark: str) -> Callable[[Sequence[Piece]], Piece]:
    def render_choice(pieces: Sequence[Piece]) -> Piece:
        fitted = alike(pieces, spark)
        kind = common_kind(fitted, spark) if all(each.kind is not Kind.UNKNOWN for each in fitted) else Kind.UNKNOWN
        listed = ", ".join(each.sql for each in fitted)
        if len(fitted) == 1:
            return fitted[0]
        return with_sql(shaped_like(fitted, kind), f"{spark}({listed})")

    return render_choice


def _null_if(pieces: Sequence[Piece]) -> Piece:
    left, right = alike(pieces, "nullif")
    first = lumped(pieces[0]) if pieces[0].kind is Kind.DURATION else pieces[0]
    return with_sql(first, f"CASE WHEN {left.sql} = {right.sql} THEN NULL ELSE {first.sql} END")


def _if(pieces: Sequence[Piece]) -> Piece:
    first, second = alike(pieces[1:], "if")
    kind = common_kind([first, second], "if")
    return with_sql(shaped_like([first, second], kind), f"if({pieces[0].sql}, {first.sql}, {second.sql})")


_CHOICES: Mapping[str, Callable[[Sequence[Piece]], Piece]] = {
    "coalesce": _chosen("coalesce"),
    "ifnull": _chosen("coalesce"),
    "greatest": _chosen("greatest"),
    "least": _chosen("least"),
    "nullif": _null_if,
    "if": _if,
}
_PARTS: dict[str, Callable[[Any, Columns], Piece]] = {
    **dict.fromkeys((*_COMPARE, "NullSafeNEQ"), _compare),
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "IntDiv", "Mod"), _arithmetic),
    **dict.fromkeys(("And", "Or"), _logic),
    **dict.fromkeys(("Cast", "TryCast"), _cast),
    **dict.fromkeys(("Like", "ILike"), _like),
    "Anonymous": _call,
    "Array": _array,
    "AtTimeZone": _at_zone,
    "Between": _between,
    "Boolean": _boolean,
    "Bracket": _bracket,
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
    "Null": _null,
    "Paren": _paren,
    "Window": _window,
}
