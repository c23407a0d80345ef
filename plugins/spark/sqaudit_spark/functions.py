"""The functions of one row, each with what has the same meaning on Spark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqaudit_spark import times
from sqaudit_spark.casts import as_text
from sqaudit_spark.formats import parsed, written
from sqaudit_spark.patterns import anchored, first_match, java_pattern, java_replacement
from sqaudit_spark.pieces import (
    NUMBERS,
    WHEN,
    Kind,
    Piece,
    Unrenderable,
    as_double,
    bare,
    double,
    lumped,
    quoted,
    text,
    truth,
    whole,
    with_sql,
)

Render = Callable[[Sequence[Piece]], Piece]

_FRACTIONLESS = 2**52  # a DOUBLE of this size has no decimals
_MOST_LETTERS = 2**31 - 1
_SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
_INTEGRAL = (Kind.WHOLE, Kind.HUGE)
_DATE_PARTS = {
    **{name: name for name in ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "isodow")},
    "weekofyear": "week",
    "dayofmonth": "day",
    "dayofyear": "doy",
    "dayofweek": "dow",
    "weekday": "dow",
}


def _needs(piece: Piece, kinds: Sequence[Kind], name: str) -> None:
    if piece.kind not in kinds and piece.kind is not Kind.NULL:
        raise Unrenderable(f"{name} of a {piece.kind}")


def _literal(piece: Piece, name: str) -> str:
    if piece.written is None:
        raise Unrenderable(f"{name} with a text that is not written out")
    return piece.written


def _whole_literal(piece: Piece, name: str) -> int:
    if piece.number is None:
        raise Unrenderable(f"{name} with a number that is not written out")
    return piece.number


# numbers


def _by_double(name: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        for piece in pieces:
            _needs(piece, NUMBERS, name)
        return double(f"{name}({', '.join(map(as_double, pieces))})")

    return render


def _logarithm(name: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        _needs(pieces[0], NUMBERS, name)
        number = as_double(pieces[0])
        return double(
            f"CASE WHEN {number} > 0 THEN {name}({number}) WHEN {number} = 0 THEN DOUBLE('-Infinity')"
            f" WHEN {number} < 0 THEN DOUBLE('NaN') END"
        )

    return render


def _to_whole(name: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        (piece,) = pieces
        _needs(piece, NUMBERS, name)
        if piece.kind is Kind.DECIMAL:
            found = (
                f"{name}({piece.sql})"
                if name != "trunc"
                else f"CASE WHEN {piece.sql} < 0 THEN ceil({piece.sql}) ELSE floor({piece.sql}) END"
            )
            return Piece(sql=found, kind=Kind.DECIMAL, digits=piece.digits, scale=0)
        if piece.kind in _INTEGRAL:
            return piece if name == "trunc" else double(as_double(piece))
        found = f"CAST({piece.sql} AS BIGINT)" if name == "trunc" else f"{name}({piece.sql})"
        small = f"abs({piece.sql}) < {_FRACTIONLESS}D"
        return double(f"CASE WHEN {small} THEN CAST({found} AS DOUBLE) ELSE CAST({piece.sql} AS DOUBLE) END")

    return render


def _round(pieces: Sequence[Piece]) -> Piece:
    piece = pieces[0]
    _needs(piece, NUMBERS, "round")
    places = _whole_literal(pieces[1], "round") if len(pieces) > 1 else 0
    if piece.kind is Kind.DECIMAL:
        scale = max(min(places, piece.scale), 0)
        sql = f"CAST(round({piece.sql}, {places}) AS DECIMAL({piece.digits}, {scale}))"
        return Piece(sql=sql, kind=Kind.DECIMAL, digits=piece.digits, scale=scale)
    if piece.kind in _INTEGRAL:
        return piece if places >= 0 else with_sql(piece, f"round({piece.sql}, {places})")
    if piece.kind is Kind.NULL:
        return piece
    number, factor = as_double(piece), f"1e{abs(places)}D"
    scaled = f"({number} {'*' if places >= 0 else '/'} {factor})" if places else number
    size = f"abs({scaled})"
    rounded = f"signum({scaled}) * (floor({size}) + CASE WHEN {size} - floor({size}) >= 0.5D THEN 1 ELSE 0 END)"
    if places:
        rounded = f"({rounded}) {'/' if places >= 0 else '*'} {factor}"
    return double(f"CASE WHEN {size} < {_FRACTIONLESS}D THEN {rounded} ELSE {number} END")


def _absolute(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], NUMBERS, "abs")
    return with_sql(pieces[0], f"abs({pieces[0].sql})")


def _sign(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], NUMBERS, "sign")
    number = pieces[0].sql
    nan = f" WHEN isnan({number}) THEN 0L" if pieces[0].kind is Kind.DOUBLE else ""
    return whole(
        f"CASE WHEN {number} IS NULL THEN NULL{nan} WHEN {number} > 0 THEN 1L WHEN {number} < 0 THEN -1L ELSE 0L END"
    )


def _is_finite(pieces: Sequence[Piece]) -> Piece:
    (piece,) = pieces
    _needs(piece, (*NUMBERS, *WHEN), "isfinite")
    if piece.kind is Kind.DOUBLE:
        return truth(f"CASE WHEN {piece.sql} IS NOT NULL THEN abs({piece.sql}) < DOUBLE('Infinity') END")
    return truth(f"CASE WHEN {piece.sql} IS NOT NULL THEN TRUE END")


def _is_nan(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], NUMBERS, "isnan")
    return truth(f"CASE WHEN {pieces[0].sql} IS NOT NULL THEN isnan({as_double(pieces[0])}) END")


# texts


def _of_texts(spark: str, make: Callable[[str], Piece], count: int) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        for piece in pieces[:count]:
            _needs(piece, (Kind.TEXT,), spark)
        return make(f"{spark}({', '.join(piece.sql for piece in pieces)})")

    return render


def lower(sql: str) -> str:
    """Lower case letter by letter, without Java's rules for the last sigma of a word and the dotted I."""
    return f"lower(translate({sql}, 'İΣ', 'iσ'))"


def _lower(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.TEXT,), "lower")
    return text(lower(pieces[0].sql))


def _upper(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.TEXT,), "upper")
    return text(f"upper(translate({pieces[0].sql}, 'ß', 'ẞ'))")


def _trim(name: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        for piece in pieces:
            _needs(piece, (Kind.TEXT,), name)
        chars = pieces[1].sql if len(pieces) > 1 else quoted(_SPACES)
        side = {"trim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}[name]
        return text(f"trim({side} {chars} FROM {pieces[0].sql})")

    return render


def _length(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.TEXT,), "length")
    return whole(f"CAST(char_length({pieces[0].sql}) AS BIGINT)")


def _bytes(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.TEXT,), "strlen")
    return whole(f"CAST(octet_length({pieces[0].sql}) AS BIGINT)")


def _count_of_letters(piece: Piece, name: str) -> str:
    _needs(piece, (Kind.WHOLE,), name)
    if piece.number is not None and abs(piece.number) < _MOST_LETTERS:
        return piece.sql
    sql, most = piece.sql, _MOST_LETTERS
    return f"CASE WHEN {sql} > {most} THEN {most} WHEN {sql} < -{most} THEN -{most} ELSE CAST({sql} AS INT) END"


def _side(name: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        _needs(pieces[0], (Kind.TEXT,), name)
        source, number = pieces[0].sql, pieces[1].number
        if number is not None and 0 <= number < _MOST_LETTERS:
            return text(f"{name}({source}, {number})")
        count = _count_of_letters(pieces[1], name)
        left = f"greatest(char_length({source}) + {count}, 0)"
        return text(f"{name}({source}, CASE WHEN {count} >= 0 THEN {count} WHEN {count} < 0 THEN {left} END)")

    return render


def _substring(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.TEXT,), "substring")
    source, start = pieces[0].sql, pieces[1].number
    is_open = len(pieces) == 2  # noqa: PLR2004  to the end of the text
    length = None if is_open else pieces[2].number
    if (
        start is not None
        and 0 < start < _MOST_LETTERS
        and (is_open or (length is not None and 0 <= length < _MOST_LETTERS))
    ):
        return text(f"substring({', '.join([source, str(start), *([str(length)] if length is not None else [])])})")
    offset, size = f"CAST({_count_of_letters(pieces[1], 'substring')} AS BIGINT)", f"char_length({source})"
    first = f"CASE WHEN {offset} > 0 THEN {offset} - 1 WHEN {offset} < 0 THEN {size} + {offset} ELSE -1 END"
    last = f"({first} + {_count_of_letters(pieces[2], 'substring')})" if not is_open else size
    low, high = (f"greatest({end}({first}, {last}), 0)" for end in ("least", "greatest"))
    begin, count = f"CAST(least({low}, {size}) AS INT)", f"CAST(least({high}, {size}) - least({low}, {size}) AS INT)"
    # least and greatest pass over NULL
    known = " AND ".join(f"{piece.sql} IS NOT NULL" for piece in pieces[1:])
    return text(f"CASE WHEN {known} THEN substring({source}, {begin} + 1, {count}) END")


def letter_at(source: Piece, place: int) -> Piece:
    """``text[place]``, counted from 1, or from the end if negative."""
    _needs(source, (Kind.TEXT,), "a letter")
    return _substring(
        [source, Piece(sql=str(place), kind=Kind.WHOLE, number=place), Piece(sql="1", kind=Kind.WHOLE, number=1)]
    )


def _instr(pieces: Sequence[Piece]) -> Piece:
    for piece in pieces:
        _needs(piece, (Kind.TEXT,), "instr")
    return whole(f"CAST(instr({pieces[0].sql}, {pieces[1].sql}) AS BIGINT)")


def _translate(pieces: Sequence[Piece]) -> Piece:
    source, old, new = pieces
    letters: dict[str, str | None] = {}
    targets = list(_literal(new, "translate"))
    for place, letter in enumerate(_literal(old, "translate")):
        letters.setdefault(letter, targets[place] if place < len(targets) else None)
    kept = [letter for letter in letters if letters[letter] is not None]
    dropped = [letter for letter in letters if letters[letter] is None]
    changed = "".join(letters[letter] or "" for letter in kept)
    return text(f"translate({source.sql}, {quoted(''.join([*kept, *dropped]))}, {quoted(changed)})")


def _split_part(pieces: Sequence[Piece]) -> Piece:
    source, separator, place = pieces
    _needs(place, (Kind.WHOLE,), "split_part")
    if _literal(separator, "split_part") == "":
        raise Unrenderable("split_part at an empty text")
    found = f"split_part({source.sql}, {separator.sql}, nullif({_count_of_letters(place, 'split_part')}, 0))"
    known = f"{source.sql} IS NOT NULL AND {place.sql} = 0"
    return text(f"CASE WHEN {known} THEN '' ELSE {found} END")


def _concat(pieces: Sequence[Piece]) -> Piece:
    known = [f"coalesce({as_text(piece)}, '')" for piece in pieces]
    return text(f"concat({', '.join(known)})")


def _listed(pieces: Sequence[Piece]) -> Piece:
    """``concat_ws``, which only the core writes, to show what a row held: numbers may look as Spark writes them."""
    shown = [piece.sql if piece.kind is Kind.TEXT else f"CAST({lumped(piece).sql} AS STRING)" for piece in pieces]
    return text(f"concat_ws({', '.join(shown)})")


def _attempt(pieces: Sequence[Piece]) -> Piece:
    # Texts that cannot be read are NULL on Spark anyway; what is left are numbers that grow too large.
    return pieces[0]


def _matches(make: Callable[[str], str]) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        return truth(f"({pieces[0].sql} RLIKE {quoted(make(_literal(pieces[1], 'a pattern')))})")

    return render


def _extract(pieces: Sequence[Piece]) -> Piece:
    group = _whole_literal(pieces[2], "regexp_extract") if len(pieces) > 2 else 0  # noqa: PLR2004
    pattern = quoted(java_pattern(_literal(pieces[1], "a pattern")))
    return text(f"regexp_extract({pieces[0].sql}, {pattern}, {group})")


def _regexp_replace(pieces: Sequence[Piece]) -> Piece:
    pattern, replacement = _literal(pieces[1], "a pattern"), _literal(pieces[2], "regexp_replace")
    options = _literal(pieces[3], "regexp_replace") if len(pieces) > 3 else ""  # noqa: PLR2004
    if not set(options) <= set("gi"):
        raise Unrenderable(f"regexp_replace with the options '{options}'")
    pattern = f"(?i){pattern}" if "i" in options else pattern
    if "g" in options:
        java, new = java_pattern(pattern), java_replacement(replacement, 0)
    else:
        java, new = first_match(pattern), "$1" + java_replacement(replacement, 2)
    return text(f"regexp_replace({pieces[0].sql}, {quoted(java)}, {quoted(new)})")


# days, times, durations


def _part(unit: str) -> Render:
    return lambda pieces: times.part(unit, pieces[0])


def _date_part(pieces: Sequence[Piece]) -> Piece:
    return times.part(_literal(pieces[0], "date_part").casefold(), pieces[1])


def _date_trunc(pieces: Sequence[Piece]) -> Piece:
    return times.truncated(_literal(pieces[0], "date_trunc").casefold(), pieces[1])


def _date_diff(pieces: Sequence[Piece]) -> Piece:
    unit, start, end = _literal(pieces[0], "date_diff").casefold(), pieces[1], pieces[2]
    for piece in (start, end):
        if piece.kind not in WHEN:
            raise Unrenderable(f"date_diff of a {piece.kind}")
    if Kind.MOMENT in {start.kind, end.kind}:
        start, end = (Piece(sql=times.moment(each), kind=Kind.MOMENT) for each in (start, end))
    return times.difference(unit, start, end)


def _epoch(unit: int) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        (piece,) = pieces
        if piece.kind is Kind.DURATION:
            lump = lumped(piece).sql
            divided = f"({lump} div {unit}L)"
        elif piece.kind is Kind.MOMENT:
            lump = f"unix_micros({piece.sql})"
            divided = _nearest(lump, unit)
        elif piece.kind in WHEN:
            lump = times.micros_of_wall(times.local(piece))
            divided = _nearest(lump, unit)
        else:
            raise Unrenderable(f"the epoch of a {piece.kind}")
        if unit == 1:
            return whole(lump)
        return double(f"({lump} / 1000000D)") if unit == 10**6 else whole(divided)

    return render


def _nearest(micros: str, unit: int) -> str:
    half = unit // 2
    return f"(({micros} + CASE WHEN {micros} < 0 THEN -{half}L ELSE {half}L END) div {unit}L)"


def _duration(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.WHOLE,), "to_microseconds")
    return Piece(sql=f"CAST({pieces[0].sql} AS BIGINT)", kind=Kind.DURATION)


def _to_timestamp(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], NUMBERS, "to_timestamp")
    return Piece(sql=f"timestamp_micros(CAST(rint({as_double(pieces[0])} * 1000000D) AS BIGINT))", kind=Kind.MOMENT)


def _make_timestamp(unit: int) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        _needs(pieces[0], (Kind.WHOLE,), "make_timestamp")
        return times.wall_of_micros(f"(CAST({pieces[0].sql} AS BIGINT) * {unit}L)")

    return render


def _make_moment(pieces: Sequence[Piece]) -> Piece:
    _needs(pieces[0], (Kind.WHOLE,), "make_timestamptz")
    return Piece(sql=f"timestamp_micros(CAST({bare(pieces[0].sql)} AS BIGINT))", kind=Kind.MOMENT)


def _timezone(pieces: Sequence[Piece]) -> Piece:
    return times.in_zone(_literal(pieces[0], "timezone"), pieces[1])


def _last_day(pieces: Sequence[Piece]) -> Piece:
    return Piece(sql=f"last_day({times.day(pieces[0])})", kind=Kind.DATE)


FUNCTIONS: Mapping[str, Render] = {
    **{name: _by_double(name) for name in ("exp", "sqrt", "power")},
    **{name: _logarithm(name) for name in ("ln", "log10", "log2")},
    **{name: _to_whole(name) for name in ("ceil", "floor", "trunc")},
    "ceiling": _to_whole("ceil"),
    "round": _round,
    "abs": _absolute,
    "sign": _sign,
    "isfinite": _is_finite,
    "isnan": _is_nan,
    "lower": _lower,
    "upper": _upper,
    **{name: _trim(name) for name in ("trim", "ltrim", "rtrim")},
    "length": _length,
    "strlen": _bytes,
    **{name: _side(name) for name in ("left", "right")},
    **dict.fromkeys(("substr", "substring"), _substring),
    "contains": _of_texts("contains", truth, 2),
    **dict.fromkeys(("starts_with", "prefix"), _of_texts("startswith", truth, 2)),
    **dict.fromkeys(("ends_with", "suffix"), _of_texts("endswith", truth, 2)),
    "instr": _instr,
    "replace": _of_texts("replace", text, 3),
    "translate": _translate,
    "split_part": _split_part,
    "concat": _concat,
    "concat_ws": _listed,
    "regexp_matches": _matches(java_pattern),
    "regexp_full_match": _matches(anchored),
    "regexp_extract": _extract,
    "regexp_replace": _regexp_replace,
    **{name: _part(unit) for name, unit in _DATE_PARTS.items()},
    "dayname": lambda pieces: times.name_of_day(pieces[0]),
    "monthname": lambda pieces: times.name_of_month(pieces[0]),
    "date_part": _date_part,
    "date_trunc": _date_trunc,
    "date_diff": _date_diff,
    "last_day": _last_day,
    "epoch": _epoch(10**6),
    "epoch_ms": _epoch(1_000),
    "epoch_us": _epoch(1),
    "strftime": lambda pieces: written(pieces[0], _literal(pieces[1], "strftime")),
    **dict.fromkeys(("strptime", "try_strptime"), lambda pieces: parsed(pieces[0], _literal(pieces[1], "strptime"))),
    "to_microseconds": _duration,
    "to_timestamp": _to_timestamp,
    "make_timestamp": _make_timestamp(1),
    "make_timestamp_ms": _make_timestamp(1_000),
    "make_timestamptz": _make_moment,
    "timezone": _timezone,
    "try": _attempt,
}
