"""One declared column: from what the file holds to a typed value and its ``Cell``, in SQL.

A column passes through levels, each a subselect that reads the names of the one before (``i`` is its number):
``r{i}`` what the file holds, ``e{i}`` whether an expression failed on it, ``s{i}`` trimmed, ``t{i}`` without null
words, ``n{i}``/``a{i}`` wall-clock time or moment, ``d{i}`` nearest decimal, ``v{i}`` what could be read, ``u{i}``
that, if it is in range: the typed value, ``w{i}`` the ``Cell``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from sqaudit.model.measuring import Cell
from sqaudit.model.quoting import quote_text
from sqaudit.model.standard import Column, ColumnType
from sqaudit.sources.moments import aware_sql, day_sql, moment_sql, naive_sql

_BLANKS = " \t\n\r\v\f\u00a0\u3000\ufeff"
_FULL_WIDTH = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"　": " "})
_WIDE = "".join(chr(code) for code in sorted(_FULL_WIDTH))
_NARROW = _WIDE.translate(_FULL_WIDTH)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)


class Conversion(Struct, frozen=True, kw_only=True):
    """How one column is converted. ``found`` is the SQL type of what the file holds."""

    number: int
    column: Column
    found: str
    nulls: Collection[str]
    decimal: str
    dates: Sequence[str]

    @property
    def _is_float(self) -> bool:
        return self.found in {"DOUBLE", "FLOAT"}

    def trimmed(self) -> str:
        """``s``: the cell as text without blanks around it, or as it is where its type is kept."""
        raw = f"r{self.number}"
        if self._keeps_its_type:
            return raw
        return trimmed_sql(raw if self.found == "VARCHAR" else f"CAST({raw} AS VARCHAR)")

    def text(self) -> str:
        """``t``: what there is to convert, NULL where the cell is missing; full-width digits are narrowed."""
        trimmed = f"s{self.number}"
        if self._keeps_its_type:
            return trimmed
        missing = f"CASE WHEN {trimmed} IN ({words_sql([*self.nulls, *self.column.nulls])}) THEN NULL"
        if self.column.type is ColumnType.TEXT:
            return f"{missing} ELSE {trimmed} END"
        narrow = f"translate({trimmed}, {quote_text(_WIDE)}, {quote_text(_NARROW)})"
        return f"{missing} WHEN strlen({trimmed}) = length({trimmed}) THEN {trimmed} ELSE {narrow} END"

    @property
    def _keeps_its_type(self) -> bool:
        """Whether a typed file's value needs no way through text."""
        kind = self.column.type
        if kind is ColumnType.NUMBER or kind is ColumnType.INTEGER:
            return self._is_float or self.found in WHOLE_TYPES or self.found.startswith("DECIMAL")
        if kind in _MOMENTS:
            return self.found == "DATE" or self.found.startswith("TIMESTAMP")
        return kind is ColumnType.BOOLEAN and self.found == "BOOLEAN"

    def clock(self) -> tuple[str, str] | None:
        """``n`` and ``a`` of a day or moment: the time on the wall, or the moment."""
        if self.column.type not in _MOMENTS:
            return None
        text = f"t{self.number}"
        if not self._keeps_its_type:
            return naive_sql(text, self.dates), aware_sql(text, self.dates)
        if self.found == "TIMESTAMP WITH TIME ZONE":
            return "NULL::TIMESTAMP", f"CASE WHEN isfinite({text}) THEN {text} END"
        naive = text if self.found == "TIMESTAMP" else f"CAST({text} AS TIMESTAMP)"
        return f"CASE WHEN isfinite({text}) THEN {naive} END", "NULL::TIMESTAMPTZ"

    def exact(self) -> str | None:
        """``d``: a float as the nearest decimal of the column's scale; only a number that is one is taken."""
        if self.column.type is not ColumnType.NUMBER or not self._keeps_its_type:
            return None
        return f"TRY_CAST(t{self.number} AS DECIMAL(18,{self.column.scale}))"

    def value(self, zones: Sequence[str]) -> str:  # noqa: PLR0911  one for each type
        """``v``: what could be read, NULL where nothing could. ``z`` is the row's place among ``zones``."""
        text = f"t{self.number}"
        match self.column.type:
            case ColumnType.TEXT:
                return text
            case ColumnType.BOOLEAN:
                return text if self._keeps_its_type else _boolean_sql(text)
            case ColumnType.INTEGER:
                return self._whole(text)
            case ColumnType.NUMBER:
                return self._decimal(text)
            case ColumnType.DATE:
                return _by_zone(zones, lambda zone: day_sql(f"n{self.number}", f"a{self.number}", zone))
            case ColumnType.TIMESTAMP:
                moments = _by_zone(zones, lambda zone: moment_sql(f"n{self.number}", zone))
                if not self._keeps_its_type:
                    return f"CASE WHEN a{self.number} IS NOT NULL THEN a{self.number} ELSE {moments} END"
                return f"a{self.number}" if self.found == "TIMESTAMP WITH TIME ZONE" else moments

    def _whole(self, text: str) -> str:
        if self.found in WHOLE_TYPES:
            return f"TRY_CAST({text} AS BIGINT)"
        if self._keeps_its_type:
            finite = f"isfinite({text}) AND " if self._is_float else ""
            return f"CASE WHEN {finite}{text} = trunc({text}) THEN TRY_CAST({text} AS BIGINT) END"
        mark = re.escape(self.decimal)
        digits = f"regexp_replace({text}, '{mark}0+$', '')"
        return f"CASE WHEN regexp_full_match({text}, '[+-]?\\d+({mark}0+)?') THEN TRY_CAST({digits} AS BIGINT) END"

    def _decimal(self, text: str) -> str:
        kind = f"DECIMAL(18,{self.column.scale})"
        if self._keeps_its_type:
            return f"CASE WHEN TRY_CAST(d{self.number} AS {self.found}) = {text} THEN d{self.number} END"
        mark, scale = re.escape(self.decimal), self.column.scale
        pattern = f"[+-]?(\\d+({mark}\\d{{0,{scale}}}0*)?|{mark}\\d{{1,{max(scale, 1)}}}0*)"
        digits = text if self.decimal == "." else f"replace({text}, {quote_text(self.decimal)}, '.')"
        return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN TRY_CAST({digits} AS {kind}) END"

    def kept(self, numbers: Mapping[str, int]) -> str:
        """``u``: the value, NULL where it is out of range or stands for a missing one."""
        value = f"v{self.number}"
        refused = [*self._amounts_for_missing(), *self._outside(numbers)]
        low, high = self.column.minimum, self.column.maximum
        if isinstance(low, Decimal) and isinstance(high, Decimal) and len(refused) == len((low, high)):
            return f"CASE WHEN {value} BETWEEN {low} AND {high} THEN {value} END"
        return f"CASE WHEN {' OR '.join(refused)} THEN NULL ELSE {value} END" if refused else value

    def is_sure(self, *, is_expression: bool) -> bool:
        """Whether every cell that is there can be used, by the types alone."""
        column = self.column
        whole = self.found in WHOLE_TYPES and column.type is ColumnType.INTEGER
        same = whole or column.type is ColumnType.TEXT or (column.type is ColumnType.BOOLEAN and self._keeps_its_type)
        bounded = column.minimum is not None or column.maximum is not None or bool(column.values)
        return same and not bounded and not is_expression

    def lacking(self, numbers: Mapping[str, int]) -> str:
        """The condition that there is no typed value, without working the value out where that is not needed."""
        if self._keeps_its_type and self.column.type in _MOMENTS and self.kept(numbers) == f"v{self.number}":
            return f"(t{self.number} IS NULL OR NOT isfinite(t{self.number}))"
        return f"u{self.number} IS NULL"

    def cell(self, numbers: Mapping[str, int], *, is_expression: bool) -> str:
        """``w``: what became of the cell. ``numbers`` are those of the dataset's columns, which bounds may name."""
        failed = f" WHEN e{self.number} THEN {int(Cell.UNREADABLE)}" if is_expression else ""
        also_missing = "".join(f" WHEN {each} THEN {int(Cell.MISSING)}" for each in self._amounts_for_missing())
        outside = "".join(f" WHEN {each} THEN {int(Cell.OUT_OF_RANGE)}" for each in self._outside(numbers))
        return (
            f"CASE WHEN u{self.number} IS NOT NULL THEN {int(Cell.VALID)}{failed}"
            f" WHEN t{self.number} IS NULL THEN {int(Cell.MISSING)}"
            f" WHEN v{self.number} IS NULL THEN {int(Cell.UNREADABLE)}{also_missing}{outside} END"
        )

    def unusable(self, *, is_expression: bool) -> str:
        """The condition that there is a cell which cannot be used: what ``cell`` says, told without working it out."""
        there = "".join(f" AND (v{self.number} IS NULL OR NOT {each})" for each in self._amounts_for_missing())
        lost = f"(u{self.number} IS NULL AND t{self.number} IS NOT NULL{there})"
        return f"(e{self.number} OR {lost})" if is_expression else lost

    def _amounts_for_missing(self) -> list[str]:
        words = {*self.nulls, *self.column.nulls}
        amounts = sorted(word for word in words if _NUMBER.fullmatch(word)) if self.column.type in _NUMERIC else []
        return [f"v{self.number} IN ({', '.join(amounts)})"] if amounts else []

    def _outside(self, numbers: Mapping[str, int]) -> list[str]:
        value, column = f"v{self.number}", self.column
        outside = [
            f"{value} {sign} {f'v{numbers[bound]}' if isinstance(bound, str) else bound}"
            for sign, bound in (("<", column.minimum), (">", column.maximum))
            if bound is not None
        ]
        if column.values:
            allowed = [text if column.type in _NUMERIC else quote_text(text) for text in column.values]
            outside.append(f"{value} NOT IN ({', '.join(allowed)})")
        return outside


def sql_type(column: Column) -> str:
    """The type of a column's staged values."""
    return {
        ColumnType.TEXT: "VARCHAR",
        ColumnType.INTEGER: "BIGINT",
        ColumnType.NUMBER: f"DECIMAL(18,{column.scale})",
        ColumnType.BOOLEAN: "BOOLEAN",
        ColumnType.DATE: "DATE",
        ColumnType.TIMESTAMP: "TIMESTAMPTZ",
    }[column.type]


def trimmed_sql(text: str) -> str:
    """A text without blanks around it, those of East Asian keyboards included.

    Trimming a set of characters is slow, so it is left out where the text begins and ends with visible ASCII.
    """
    edges = " AND ".join(f"{text}[{place}] BETWEEN '!' AND '~'" for place in (1, -1))
    return f"(CASE WHEN {edges} THEN {text} ELSE trim({text}, {quote_text(_BLANKS)}) END)"


def words_sql(nulls: Collection[str]) -> str:
    """The null words, always with the empty text, as a SQL list."""
    return ", ".join(quote_text(word) for word in sorted({"", *(word.strip() for word in nulls)}))


def present_sql(text: str, nulls: Collection[str]) -> str:
    """A trimmed text, NULL where it is empty or one of the null words."""
    trimmed = trimmed_sql(text)
    return f"CASE WHEN {trimmed} NOT IN ({words_sql(nulls)}) THEN {trimmed} END"


def _boolean_sql(text: str) -> str:
    word = f"lower({text})"
    return f"CASE WHEN {word} IN ('true', '1', 'yes') THEN true WHEN {word} IN ('false', '0', 'no') THEN false END"


def _by_zone(zones: Sequence[str], sql_of: Callable[[str], str]) -> str:
    """A row's value in its own zone; zones are constants in SQL."""
    if len(zones) == 1:
        return sql_of(zones[0])
    cases = "".join(f" WHEN {place} THEN {sql_of(zone)}" for place, zone in enumerate(zones))
    return f"CASE z{cases} END"
