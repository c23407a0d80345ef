"""Where the columns of a dataset are in a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from msgspec import Struct

from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.model.programme import Source
from sqaudit.model.suggesting import closest
from sqaudit.sources.delimited import only_column_hint
from sqaudit.sources.files import quoted

ToSql: TypeAlias = Callable[[str, Collection[str]], str]

_NAME_ONLY = re.compile(r"[\w .-]+")


class Place(Struct, frozen=True, kw_only=True):
    """Where a column's cells come from: a 1-based position in the file, or a checked SQL row expression."""

    position: int | None = None
    sql: str | None = None


class Finder(Struct, frozen=True, kw_only=True):
    """Looks columns up in the header of one file."""

    file: str
    headers: Sequence[str]
    has_header: bool
    to_sql: ToSql

    def place_of(self, name: str, source: Source, *, optional: bool = False) -> Place | None:
        """Where a dataset's column is; ``None`` if an optional one is not there.

        Raises ``UnusableSource``: SQA505 if it is not there, SQA506 if its header stands there twice.
        """
        written = source.columns.get(name)
        if isinstance(written, int):
            return self._at(name, written)
        if written is None and not self.has_header:
            if optional:
                return None
            raise UnusableSource(
                "SQA505",
                msg("'{file}' has no header, and column '{column}' has no position", file=self.file, column=name),
                msg("give its position under columns, such as {column}: 1", column=name),
            )
        return self.place_of_text(written or name, column=name, optional=optional)

    def place_of_text(self, written: str, *, column: str, optional: bool = False) -> Place | None:
        """Where a header's name or a row expression points to."""
        count = Counter(self.headers)[written]
        if count == 1:
            return Place(position=self.headers.index(written) + 1)
        if count > 1:
            places = [str(place) for place, header in enumerate(self.headers, start=1) if header == written]
            raise UnusableSource(
                "SQA506",
                msg("'{file}' has {count} columns named '{column}'", file=self.file, count=count, column=written),
                msg("give the position under columns, such as {column}: {place}", column=column, place=places[0]),
            )
        if _NAME_ONLY.fullmatch(written) is None:
            return Place(sql=self._expression(written, column))
        if optional:
            return None
        raise UnusableSource(
            "SQA505", msg("'{file}' has no column '{column}'", file=self.file, column=written), self._near(written)
        )

    def _expression(self, written: str, column: str) -> str:
        try:
            return self.to_sql(written, self.known_to_expressions())
        except ExpressionProblem as problem:
            raise UnusableSource(
                problem.code,
                msg("column '{column}' of '{file}': {problem}", column=column, file=self.file, problem=problem.message),
                problem.hint,
            ) from problem

    def known_to_expressions(self) -> tuple[str, ...]:
        """The headers that an expression can mean: not empty, and different even when case is ignored."""
        folded = Counter(header.casefold() for header in self.headers)
        return tuple(header for header in self.headers if header and folded[header.casefold()] == 1)

    def _at(self, name: str, position: int) -> Place:
        if not 1 <= position <= len(self.headers):
            raise UnusableSource(
                "SQA505",
                msg(
                    "'{file}' has no position {position} for column '{column}'",
                    file=self.file,
                    position=position,
                    column=name,
                ),
                msg("positions go from 1 to {count}", count=len(self.headers)),
            )
        return Place(position=position)

    def _near(self, name: str) -> Message:
        mark = only_column_hint(self.headers)
        if mark is not None:
            return msg("the header came out as one column; is the delimiter '{mark}'?", mark=mark)
        near = closest(name, filter(None, self.headers))
        if near is not None:
            return msg("did you mean '{name}'?", name=near)
        return msg("it has {columns}", columns=quoted(header for header in self.headers if header))
