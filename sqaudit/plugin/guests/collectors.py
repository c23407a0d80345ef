"""Collectors of plugins: what they fetch comes in portions, each looked at and each within the limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from time import monotonic

from sqaudit.errors import SqauditError, UnusableSource, msg
from sqaudit.model.ports import Collected, Collector, CollectRequest
from sqaudit.plugin.guarding import Guard, Unusable, shown, wanted
from sqaudit.plugin.guests.copies import copied
from sqaudit.plugin.guests.numbers import plain_number
from sqaudit.plugin.guests.stated import stated_name, stated_schema
from sqaudit.plugin.limits import Phase

_PORTION = 1000
# A portion is handed over after so many seconds even if it is not full: a slow collector that goes on does not hang.
_SECONDS = 1.0
_DEPTH = 20


class GuestCollector:
    """A collector of a plugin; whatever goes wrong with it makes its source unusable."""

    def __init__(self, guard: Guard, collector: Collector) -> None:
        self.name = stated_name(collector)
        self.parameters_schema: Mapping[str, object] = stated_schema(collector)
        self._guard = guard
        self._collector = collector
        self._what = f"collector '{self.name}'"

    def collect(self, request: CollectRequest) -> Collected:
        """Paths that are there, or rows of plain values, which come while they are gone through.

        The limit holds for the call, and then for each portion of rows.
        """
        own = copied(request)

        def ask() -> tuple[tuple[Path, ...], Iterator[object] | None]:
            return _collected(self._collector.collect(own))

        try:
            paths, rows = self._guard.call(Phase.COLLECT, self._what, ask, allowed=(SqauditError,), limit=request.limit)
        except SqauditError as error:
            raise as_unusable(error) from error
        return Collected(paths=paths) if rows is None else Collected(rows=self._portions(rows, request.limit))

    def _portions(self, rows: Iterator[object], limit: float | None) -> Iterator[Mapping[str, object]]:
        first = 1
        while True:

            def fetch(first: int = first) -> list[Mapping[str, object]]:
                return _portion(rows, first)

            try:
                portion = self._guard.call(Phase.COLLECT, self._what, fetch, allowed=(SqauditError,), limit=limit)
            except SqauditError as error:
                raise as_unusable(error) from error
            if not portion:
                return
            yield from portion
            first += len(portion)


def as_unusable(error: SqauditError) -> UnusableSource:
    """The error of a source, whatever the plugin that should have it met."""
    return UnusableSource(error.code, error.message, error.hint)


def _collected(given: object) -> tuple[tuple[Path, ...], Iterator[object] | None]:
    if not isinstance(given, Collected):
        raise wanted("what it collected", "a Collected", given)
    if given.rows is not None:
        if not isinstance(given.rows, Iterable) or isinstance(given.rows, str | bytes | Mapping):
            raise wanted("the rows", "a list or generator of mappings", given.rows)
        return (), iter(given.rows)
    if not isinstance(given.paths, tuple | list) or not all(isinstance(path, Path) for path in given.paths):
        raise wanted("the paths", "a tuple of Path", given.paths)
    for path in given.paths:
        if not path.is_file():
            raise Unusable(msg("there is no file '{path}'", path=str(path)))
    return tuple(given.paths), None


def _portion(rows: Iterator[object], first: int) -> list[Mapping[str, object]]:
    portion: list[Mapping[str, object]] = []
    until = monotonic() + _SECONDS
    for number, row in enumerate(islice(rows, _PORTION), start=first):
        portion.append(_row(row, number))
        if monotonic() > until:
            break
    return portion


def _row(row: object, number: int) -> Mapping[str, object]:
    if not isinstance(row, Mapping):
        raise wanted(f"row {number}", "a mapping of columns to values", row)
    made: dict[str, object] = {}
    for key, value in row.items():
        if type(key) is not str:
            raise wanted(f"a column of row {number}", "a text", key)
        made[key] = value if type(value) in _PLAIN else _cell(value, f"'{key}' of row {number}", _DEPTH)
    return made


_PLAIN = frozenset({type(None), str, bool, int, float, Decimal})


def _cell(value: object, what: str, depth: int) -> object:
    """A value that can be kept as text: texts, numbers, days, moments, durations, and lists and mappings of them."""
    if type(value) in _PLAIN:
        return value
    if depth == 0:
        raise Unusable(msg("{what} is nested too deeply", what=what))
    match value:
        case Mapping():
            return {shown_key(key): _cell(each, what, depth - 1) for key, each in value.items()}
        case list() | tuple():
            return [_cell(each, what, depth - 1) for each in value]
        case date() | time() | timedelta():
            return value
        case str():
            return str(value)
    return plain_number(what, value)


def shown_key(key: object) -> str:
    """A key within a cell, as the text it is kept as."""
    return key if isinstance(key, str) else shown(key)
