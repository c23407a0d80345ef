"""Engines of plugins, and the sessions they open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TypeVar, cast

from sqaudit.errors import Message, PluginFailed, SqauditError
from sqaudit.model.ports import EngineFailure, EngineRequest, EngineSession, RecordEngine, RowKeeper
from sqaudit.plugin.guarding import Guard, wanted
from sqaudit.plugin.guests.collectors import as_unusable
from sqaudit.plugin.guests.copies import copied
from sqaudit.plugin.guests.numbers import plain_number
from sqaudit.plugin.guests.stated import stated_name, stated_schema
from sqaudit.plugin.limits import Phase

_PLAIN = frozenset({type(None), str, bool, int, float, Decimal})

T = TypeVar("T")


class GuestEngine:
    """An engine of a plugin; whatever goes wrong with it makes its sources unusable."""

    def __init__(self, guard: Guard, engine: RecordEngine) -> None:
        self.name = stated_name(engine)
        self.parameters_schema: Mapping[str, object] = stated_schema(engine)
        self._guard = guard
        self._engine = engine
        self._what = f"engine '{self.name}'"

    @contextmanager
    def open(self, request: EngineRequest) -> Iterator[EngineSession]:
        """A session, guarded as well; after an interrupt it is left as it is."""
        own = copied(request)

        def begin() -> tuple[AbstractContextManager[EngineSession], EngineSession]:
            manager = self._engine.open(own)
            return manager, manager.__enter__()

        try:
            manager, session = self._guard.call(Phase.OPEN, self._what, begin, allowed=(SqauditError, EngineFailure))
        except SqauditError as error:
            raise as_unusable(error) from error
        kept = isinstance(session, RowKeeper)
        try:
            yield (GuestKeeper if kept else GuestSession)(self._guard, session, self._what)
        finally:
            if not self._guard.interrupted:
                # What cannot be closed has answered all the same.
                self._guard.attempt(Phase.CLOSE, self._what, lambda: manager.__exit__(None, None, None))


class GuestSession:
    """A session of a plugin's engine; one that fails is lost, but for what it refuses with ``EngineFailure``."""

    def __init__(self, guard: Guard, session: EngineSession, what: str) -> None:
        self._guard = guard
        self._session = session
        self._what = what

    def columns(self, table: str) -> Mapping[str, str]:
        """The columns of a table with their types."""

        def ask() -> Mapping[str, str]:
            found = self._session.columns(table)
            if not isinstance(found, Mapping) or not all(
                isinstance(one, str) for pair in found.items() for one in pair
            ):
                raise wanted("the columns", "a mapping of names to types", found)
            return dict(found)

        try:
            return self._asked(Phase.COLUMNS, ask, allowed=(SqauditError, EngineFailure))
        except SqauditError as error:
            raise as_unusable(error) from error

    def query(self, sql: str, *, zone: str | None = None) -> list[tuple[object, ...]]:
        """The rows, each a tuple of plain values or lists of them."""
        return self._asked(Phase.QUERY, lambda: _rows(self._session.query(sql, zone=zone)))

    def fingerprint(self, sql: str) -> str:
        """The digest of a query's rows."""
        return self._asked(Phase.FINGERPRINT, lambda: _text("the fingerprint", self._session.fingerprint(sql)))

    def _asked(self, phase: Phase, ask: Callable[[], T], allowed: tuple[type[Exception], ...] = (EngineFailure,)) -> T:
        try:
            return self._guard.call(phase, self._what, ask, allowed=allowed)
        except PluginFailed as failure:
            raise EngineFailure(str(failure.message), lost=True) from failure
        except EngineFailure as failure:
            raise EngineFailure(_line(failure.reason), lost=bool(failure.lost)) from failure


class GuestKeeper(GuestSession):
    """A session that keeps rows as well."""

    def keep(self, sql: str) -> str:
        """The relation that holds them."""
        keeper = cast("RowKeeper", self._session)
        return self._asked(Phase.KEEP, lambda: _text("the relation", keeper.keep(sql)))


def _line(reason: object) -> str:
    return " ".join(str(reason).split()) if isinstance(reason, str | Message) else "-"


def _text(what: str, given: object) -> str:
    if not isinstance(given, str) or not given:
        raise wanted(what, "a text", given)
    return str(given)


def _rows(given: object) -> list[tuple[object, ...]]:
    if not isinstance(given, list):
        raise wanted("the answer", "a list of rows", given)
    return [_row(row) for row in given]


def _row(row: object) -> tuple[object, ...]:
    if not isinstance(row, tuple | list):
        raise wanted("a row", "a tuple", row)
    return tuple(one if type(one) in _PLAIN else _cell(one) for one in row)


def _cell(value: object) -> object:
    """The cell; several quantiles of a column come as a list of numbers."""
    if isinstance(value, list | tuple):
        return [one if type(one) in _PLAIN else _scalar(one) for one in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, str | date | time | timedelta):
        return value
    return plain_number("a value", value)
