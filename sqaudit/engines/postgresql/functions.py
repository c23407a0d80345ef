"""The row functions of ``sqaudit.expressions``, one line or one small function for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from sqaudit.engines.postgresql import clock, formats, letters
from sqaudit.engines.postgresql.binding import ENGINE, bound
from sqaudit.engines.postgresql.casts import as_float, as_text
from sqaudit.engines.postgresql.patterns import Pattern, read_pattern
from sqaudit.engines.rendering import NUMBERS, TIMES, Piece, SqlKind, Unrenderable, common_kind
from sqaudit.model.quoting import quote_text

Parts: TypeAlias = Sequence[Piece]
_FLOAT, _WHOLE, _TEXT = SqlKind.FLOAT, SqlKind.WHOLE, SqlKind.TEXT
_EXACT = frozenset({SqlKind.WHOLE, SqlKind.DECIMAL})
_MOST_EXPONENT, _LEAST_EXPONENT = "709.78271289338397", "-745.13321910194122"


def call(name: str, parts: Parts) -> Piece:
    """The call of a row function.

    Raises:
        Unrenderable: If it is not known, or means something else to PostgreSQL.
    """
    maker = _MAKERS.get(name)
    if maker is None:
        raise Unrenderable(name, ENGINE)
    try:
        made = maker(parts)
    except IndexError:
        raise Unrenderable(name, ENGINE, "with so few arguments") from None
    fails = made.may_fail or name in _MAY_FAIL or any(part.may_fail for part in parts)
    return replace(made, may_fail=fails)


def _written(part: Piece, name: str) -> str:
    if part.text is None:
        raise Unrenderable(name, ENGINE, "of a text that is not written out")
    return part.text


def _needs(part: Piece, kinds: frozenset[SqlKind], name: str) -> Piece:
    if part.kind not in kinds and part.kind is not SqlKind.NOTHING:
        raise Unrenderable(name, ENGINE, f"of a {part.kind}")
    return part


def _number(part: Piece, name: str) -> Piece:
    return _needs(part, NUMBERS, name)


def _text(part: Piece) -> str:
    return _needs(part, frozenset({SqlKind.TEXT}), "a text function").sql


def _integer(part: Piece) -> str:
    _needs(part, frozenset({SqlKind.WHOLE}), "a place in a text")
    return part.number if part.number is not None else f"({part.sql})::integer"


# Numbers


def _round_up_or_down(name: str) -> Callable[[Parts], Piece]:
    def make(parts: Parts) -> Piece:
        number = _number(parts[0], name)
        if number.kind is _WHOLE:
            return Piece(as_float(number), _FLOAT) if name != "trunc" else number
        return Piece(f"{name}({number.sql})", number.kind)

    return make


def _round(parts: Parts) -> Piece:
    number = _number(parts[0], "round")
    digits = _integer(parts[1]) if len(parts) > 1 else "0"
    if number.kind is not _FLOAT:
        return Piece(f"round(({number.sql})::numeric, {digits})", number.kind)
    # Halves go away from zero; PostgreSQL's own goes to the even neighbour.
    half = "CASE WHEN abs(_v.n - trunc(_v.n)) >= 0.5 THEN trunc(_v.n) + sign(_v.n) ELSE trunc(_v.n) END"
    if len(parts) == 1:
        return Piece(bound(number.sql, half), _FLOAT)
    if parts[1].number is None and not parts[1].sql.strip("(- )").isdigit():
        raise Unrenderable("round", ENGINE, "to a number of digits that is not written out")
    power = f"(10::float8 ^ ({digits}))"
    scaled = bound(f"({number.sql} * {power})", half)
    return Piece(f"(CASE WHEN abs({number.sql}) < 1e15 THEN {scaled} / {power} ELSE {number.sql} END)", _FLOAT)


def _in_float(name: str, sql: str) -> Callable[[Parts], Piece]:
    return lambda parts: Piece(bound(as_float(_number(parts[0], name)), sql), _FLOAT)


def _power(parts: Parts) -> Piece:
    base, exponent = (as_float(_number(part, "power")) for part in parts[:2])
    body = (
        "CASE WHEN _v.n = 0 AND _p.n < 0 THEN 'inf'::float8"
        " WHEN _v.n < 0 AND _p.n <> trunc(_p.n)"
        " THEN CASE WHEN _v.n = '-inf' THEN power('inf'::float8, _p.n) ELSE 'nan'::float8 END"
        f" WHEN _v.n <> 0 AND abs(_v.n) < 'inf' AND abs(_p.n) < 'inf' AND _p.n * ln(abs(_v.n)) > {_MOST_EXPONENT}"
        " THEN CASE WHEN _v.n < 0 AND _p.n % 2 <> 0 THEN '-inf' ELSE 'inf' END::float8"
        f" WHEN _v.n <> 0 AND abs(_v.n) < 'inf' AND abs(_p.n) < 'inf' AND _p.n * ln(abs(_v.n)) < {_LEAST_EXPONENT}"
        " THEN 0::float8 ELSE power(_v.n, _p.n) END"
    ).replace("_p.n % 2 <> 0", "_p.n / 2 <> trunc(_p.n / 2)")
    sql = f"(SELECT {body} FROM (SELECT {base} AS n OFFSET 0) AS _v, (SELECT {exponent} AS n OFFSET 0) AS _p)"
    return Piece(sql, _FLOAT)


def _sign(parts: Parts) -> Piece:
    number = _number(parts[0], "sign")
    body = "CASE WHEN _v.n = 'nan' THEN 0 ELSE sign(_v.n) END::integer"
    return Piece(bound(as_float(number), body), _WHOLE)


def _abs(parts: Parts) -> Piece:
    number = _number(parts[0], "abs")
    return Piece(f"abs({number.sql})", number.kind, may_fail=number.kind is _WHOLE)


# Choices


def _choice(name: str) -> Callable[[Parts], Piece]:
    def make(parts: Parts) -> Piece:
        kind = common_kind([part.kind for part in parts])
        if kind is None:
            raise Unrenderable(name, ENGINE, "of values of different kinds")
        listed = [part.sql for part in parts]
        if kind is _TEXT and name in {"greatest", "least"}:
            listed = [f'({sql})::text COLLATE "C"' for sql in listed]
        return Piece(f"{name}({', '.join(listed)})", kind)

    return make


def _nullif(parts: Parts) -> Piece:
    first, second = parts
    if common_kind([first.kind, second.kind]) is None:
        raise Unrenderable("nullif", ENGINE, "of values of different kinds")
    return Piece(f"nullif({first.sql}, {second.sql})", first.kind)


def _if(parts: Parts) -> Piece:
    kind = common_kind([parts[1].kind, parts[2].kind])
    _needs(parts[0], frozenset({SqlKind.BOOLEAN}), "if")
    if kind is None:
        raise Unrenderable("if", ENGINE, "of values of different kinds")
    return Piece(f"(CASE WHEN {parts[0].sql} THEN {parts[1].sql} ELSE {parts[2].sql} END)", kind)


# Texts


def _textual(form: str, kind: SqlKind = _TEXT) -> Callable[[Parts], Piece]:
    """``{0}``, ``{1}`` … stand for arguments, all of them texts."""
    return lambda parts: Piece(form.format(*(_text(part) for part in parts)), kind)


def _trim(name: str) -> Callable[[Parts], Piece]:
    return lambda parts: Piece(letters.trim(name, _text(parts[0]), _text(parts[1]) if len(parts) > 1 else None), _TEXT)


def _side(name: str) -> Callable[[Parts], Piece]:
    return lambda parts: Piece(f"{name}({_text(parts[0])}, {_integer(parts[1])})", _TEXT)


def _substring(parts: Parts) -> Piece:
    length = _integer(parts[2]) if len(parts) > 2 else None  # noqa: PLR2004  the third argument
    return Piece(letters.substring(_text(parts[0]), _integer(parts[1]), length), _TEXT)


def _split_part(parts: Parts) -> Piece:
    separator, place = _written(parts[1], "split_part"), _integer(parts[2])
    if not separator:
        raise Unrenderable("split_part", ENGINE, "by an empty text")
    sql = f"split_part({_text(parts[0])}, {quote_text(separator)}, {place})"
    if place.isdigit() and place != "0":
        return Piece(sql, _TEXT)
    return Piece(f"(CASE WHEN {place} = 0 THEN left({parts[0].sql}, 0) ELSE {sql} END)", _TEXT)


def _concat(parts: Parts) -> Piece:
    return Piece(f"concat({', '.join(as_text(part).sql for part in parts)})", _TEXT)


def _concat_ws(parts: Parts) -> Piece:
    listed = [_text(parts[0]), *(as_text(part).sql for part in parts[1:])]
    return Piece(f"concat_ws({', '.join(listed)})", _TEXT)


def _pattern(part: Piece, name: str, *, options: str = "") -> Pattern:
    return read_pattern(_written(part, name), folds="i" in options, dot_is_all="s" in options)


def _matches(*, is_whole: bool) -> Callable[[Parts], Piece]:
    def make(parts: Parts) -> Piece:
        found = _pattern(parts[1], "regexp_matches")
        sql = f"^(?:{found.sql})$" if is_whole else found.sql
        return Piece(f'((({_text(parts[0])}) COLLATE "C") ~ {quote_text(sql or "^")})', SqlKind.BOOLEAN)

    return make


def _certain(found: Pattern, name: str) -> Pattern:
    if not found.is_certain:
        raise Unrenderable(name, ENGINE, "the pattern can match the same text in several ways")
    return found


def _extract(parts: Parts) -> Piece:
    found = _certain(_pattern(parts[1], "regexp_extract"), "regexp_extract")
    group = int(_integer(parts[2])) if len(parts) > 2 else 0  # noqa: PLR2004  the third argument
    text = _text(parts[0])
    cut = f'(regexp_match(({text}) COLLATE "C", {quote_text(f"({found.sql})")}))[{group + 1}]'
    return Piece(f"(CASE WHEN {text} IS NOT NULL THEN coalesce({cut}, '') END)", _TEXT)


def _replace_pattern(parts: Parts) -> Piece:
    options = _written(parts[3], "regexp_replace") if len(parts) > 3 else ""  # noqa: PLR2004  the fourth argument
    if set(options) - set("gis"):
        raise Unrenderable("regexp_replace", ENGINE, f"with the options '{options}'")
    found = _certain(_pattern(parts[1], "regexp_replace", options=options), "regexp_replace")
    if found.may_be_empty:
        raise Unrenderable("regexp_replace", ENGINE, "the pattern matches an empty text")
    put = _replacement(_written(parts[2], "regexp_replace"), found.groups)
    listed = [f'({_text(parts[0])}) COLLATE "C"', quote_text(found.sql), quote_text(put)]
    return Piece(f"regexp_replace({', '.join(listed)}{', ' + quote_text('g') if 'g' in options else ''})", _TEXT)


def _replacement(text: str, groups: int) -> str:
    made, signs = "", iter(text)
    for sign in signs:
        if sign != "\\":
            made += sign
            continue
        following = next(signs, "")
        if following == "\\":
            made += "\\\\"
        elif following.isdigit() and int(following) <= groups:
            made += "\\&" if following == "0" else f"\\{following}"
        else:
            raise Unrenderable("regexp_replace", ENGINE, f"with '\\{following}' in what is put instead")
    return made


# Dates, times, durations


def _part(name: str) -> Callable[[Parts], Piece]:
    return lambda parts: clock.part(name, parts[0])


def _unit(part: Piece) -> str:
    return _written(part, "a unit of time").casefold()


def _named(form: str) -> Callable[[Parts], Piece]:
    return lambda parts: Piece(f"to_char({clock.local(parts[0])}, '{form}')", _TEXT)


def _epoch(divisor: int) -> Callable[[Parts], Piece]:
    def make(parts: Parts) -> Piece:
        _needs(parts[0], TIMES | {SqlKind.DURATION}, "epoch")
        micros = clock.microseconds(parts[0])
        if divisor == 1:
            return Piece(micros, _WHOLE)
        if divisor == 1_000_000:  # noqa: PLR2004  seconds
            return Piece(f"(({micros})::double precision / 1000000)", _FLOAT)
        if parts[0].kind is SqlKind.DURATION:
            return Piece(f"({micros} / 1000)", _WHOLE)
        return Piece(f"round(({micros})::numeric / 1000)::bigint", _WHOLE)

    return make


def _microseconds(parts: Parts) -> Piece:
    number = as_float(_number(parts[0], "to_microseconds"))
    return Piece(f"({number} * INTERVAL '1 microsecond')", SqlKind.DURATION, is_elapsed=True)


def _to_timestamp(parts: Parts) -> Piece:
    return Piece(f"to_timestamp({as_float(_number(parts[0], 'to_timestamp'))})", SqlKind.MOMENT)


def _make_timestamp(unit: str) -> Callable[[Parts], Piece]:
    def make(parts: Parts) -> Piece:
        number = as_float(_needs(parts[0], frozenset({_WHOLE}), "make_timestamp"))
        return Piece(f"(TIMESTAMP '1970-01-01' + {number} * INTERVAL '1 {unit}')", SqlKind.LOCAL)

    return make


def _moment_of_microseconds(parts: Parts) -> Piece:
    number = as_float(_needs(parts[0], frozenset({_WHOLE}), "make_timestamptz"))
    if len(parts) != 1:
        raise Unrenderable("make_timestamptz", ENGINE, "of parts of a date")
    return Piece(f"(TIMESTAMPTZ '1970-01-01 00:00Z' + {number} * INTERVAL '1 microsecond')", SqlKind.MOMENT)


def _timezone(parts: Parts) -> Piece:
    zone, moment = quote_text(_written(parts[0], "timezone")), parts[1]
    kind = SqlKind.LOCAL if moment.kind is SqlKind.MOMENT else SqlKind.MOMENT
    return Piece(f"({clock.local(moment)} AT TIME ZONE {zone})", kind)


def _isfinite(parts: Parts) -> Piece:
    if parts[0].kind in TIMES:
        return Piece(f"isfinite({parts[0].sql})", SqlKind.BOOLEAN)
    number = as_float(_number(parts[0], "isfinite"))
    return Piece(f"({number} NOT IN ('nan', 'inf', '-inf'))", SqlKind.BOOLEAN)


def _isnan(parts: Parts) -> Piece:
    return Piece(f"({as_float(_number(parts[0], 'isnan'))} = 'nan')", SqlKind.BOOLEAN)


def _attempt(parts: Parts) -> Piece:
    if parts[0].may_fail:
        raise Unrenderable("TRY", ENGINE, "a row may make it give up")
    return parts[0]


_EXP = (
    f"CASE WHEN _v.n > {_MOST_EXPONENT} THEN CASE WHEN _v.n = 'nan' THEN _v.n ELSE 'inf' END"
    f" WHEN _v.n < {_LEAST_EXPONENT} THEN 0::float8 ELSE exp(_v.n) END"
)


def _logarithm(sql: str) -> str:
    return f"CASE WHEN _v.n = 0 THEN '-inf'::float8 WHEN _v.n < 0 THEN 'nan'::float8 ELSE {sql} END"


_LOG2 = "CASE WHEN _v.n IN ('nan', 'inf') THEN _v.n ELSE log(2, (_v.n::text)::numeric)::float8 END"
_MAKERS: Mapping[str, Callable[[Parts], Piece]] = {
    "abs": _abs,
    **dict.fromkeys(("ceil", "ceiling"), _round_up_or_down("ceil")),
    "floor": _round_up_or_down("floor"),
    "trunc": _round_up_or_down("trunc"),
    "round": _round,
    "sign": _sign,
    "power": _power,
    "exp": _in_float("exp", _EXP),
    "ln": _in_float("ln", _logarithm("ln(_v.n)")),
    "log10": _in_float("log10", _logarithm("log(_v.n)")),
    "log2": _in_float("log2", _logarithm(_LOG2)),
    "sqrt": _in_float("sqrt", "CASE WHEN _v.n < 0 THEN 'nan'::float8 ELSE sqrt(_v.n) END"),
    "coalesce": _choice("coalesce"),
    "ifnull": _choice("coalesce"),
    "greatest": _choice("greatest"),
    "least": _choice("least"),
    "nullif": _nullif,
    "if": _if,
    "lower": lambda parts: Piece(letters.lower(_text(parts[0])), _TEXT),
    "upper": lambda parts: Piece(letters.upper(_text(parts[0])), _TEXT),
    "nfc_normalize": _textual("normalize({0}, NFC)"),
    **{name: _trim(name) for name in ("trim", "ltrim", "rtrim")},
    "length": _textual("length({0})", _WHOLE),
    "strlen": _textual("octet_length({0})", _WHOLE),
    **{name: _side(name) for name in ("left", "right")},
    **dict.fromkeys(("substr", "substring"), _substring),
    "contains": _textual('(strpos(({0}) COLLATE "C", {1}) > 0)', SqlKind.BOOLEAN),
    "instr": _textual('strpos(({0}) COLLATE "C", {1})', _WHOLE),
    **dict.fromkeys(("starts_with", "prefix"), _textual("starts_with({0}, {1})", SqlKind.BOOLEAN)),
    **dict.fromkeys(
        ("ends_with", "suffix"), _textual('((right({0}, length({1})) COLLATE "C") = {1})', SqlKind.BOOLEAN)
    ),
    "replace": _textual('replace(({0}) COLLATE "C", {1}, {2})'),
    "translate": _textual("translate({0}, {1}, {2})"),
    "split_part": _split_part,
    "concat": _concat,
    "concat_ws": _concat_ws,
    "regexp_matches": _matches(is_whole=False),
    "regexp_full_match": _matches(is_whole=True),
    "regexp_extract": _extract,
    "regexp_replace": _replace_pattern,
    **{
        name: _part(name)
        for name in (
            *("year", "quarter", "month", "week", "weekofyear", "day", "dayofmonth", "dayofyear", "dayofweek"),
            *("weekday", "isodow", "hour", "minute", "second"),
        )
    },
    "dayname": _named("FMDay"),
    "monthname": _named("FMMonth"),
    "date_part": lambda parts: clock.part(_unit(parts[0]), parts[1]),
    "date_trunc": lambda parts: clock.truncated(_unit(parts[0]), parts[1]),
    "date_diff": lambda parts: clock.difference(_unit(parts[0]), parts[1], parts[2]),
    "last_day": lambda parts: clock.last_day(parts[0]),
    "epoch": _epoch(1_000_000),
    "epoch_ms": _epoch(1_000),
    "epoch_us": _epoch(1),
    "to_microseconds": _microseconds,
    "strftime": lambda parts: formats.shown(parts[0], _written(parts[1], "strftime")),
    "try_strptime": lambda parts: formats.read(parts[0], _written(parts[1], "try_strptime")),
    "to_timestamp": _to_timestamp,
    "make_timestamp": _make_timestamp("microsecond"),
    "make_timestamp_ms": _make_timestamp("millisecond"),
    "make_timestamptz": _moment_of_microseconds,
    "timezone": _timezone,
    "isfinite": _isfinite,
    "isnan": _isnan,
    "try": _attempt,
}
_MAY_FAIL = frozenset(
    {
        "to_timestamp",
        "make_timestamp",
        "make_timestamp_ms",
        "make_timestamptz",
        "to_microseconds",
        "left",
        "right",
        "substr",
        "substring",
    }
)
