"""The store: what was collected and concluded, cycle by cycle, in one database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from sqaudit.model.event import Origin
from sqaudit.store import postgresql, schema, sqlite
from sqaudit.store.failures import told_plainly
from sqaudit.store.location import Location, find_location, see_that_it_can_be_there
from sqaudit.store.parts.actions import ActionStore
from sqaudit.store.parts.answers import AnswerStore
from sqaudit.store.parts.calibration import CalibrationStore
from sqaudit.store.parts.concessions import ConcessionStore
from sqaudit.store.parts.cycles import CycleStore
from sqaudit.store.parts.disputes import DisputeStore
from sqaudit.store.parts.due import DueStore
from sqaudit.store.parts.events import EventStore
from sqaudit.store.parts.evidence import EvidenceStore
from sqaudit.store.parts.follow_up_audits import FollowUpAuditStore
from sqaudit.store.parts.persons import PersonStore
from sqaudit.store.parts.rescorings import RescoringStore
from sqaudit.store.parts.results import ResultStore
from sqaudit.store.parts.samples import SampleStore
from sqaudit.store.parts.upkeep import Upkeep


class Store(
    CycleStore,
    EvidenceStore,
    AnswerStore,
    DisputeStore,
    ResultStore,
    ActionStore,
    ConcessionStore,
    FollowUpAuditStore,
    RescoringStore,
    SampleStore,
    CalibrationStore,
    EventStore,
    DueStore,
    PersonStore,
    Upkeep,
):
    """One open store; made by ``open_store``. Every method is one transaction: all of it happens, or nothing.

    Methods raise ``CannotAccess`` when the database cannot be read or written, and ``InvalidInput`` when a programme,
    period or revision they name is not there.
    """


@contextlib.contextmanager
def open_store(
    url: str, folder: Path, *, create: bool = True, any_version: bool = False, origin: Origin | None = None
) -> Iterator[Store]:
    """Open a store, and make it if it is not there.

    Args:
        url: A URL such as ``sqlite:///sqaudit.db``; ``sqlite://`` lives in memory, ``postgresql://…`` on a server.
        folder: The project's folder; relative paths start there.
        create: Whether a missing store is made.
        any_version: Open an older or newer store too, in order to upgrade, verify or copy it.
        origin: Where the command was given; the log of events keeps it.

    Raises:
        InvalidInput: The URL is of no use, or the store is older or newer than this version.
        CannotAccess: The store cannot be opened, or is not there and must not be made.
    """
    location = find_location(url, folder)
    see_that_it_can_be_there(location, create=create and not any_version)
    engine = _connect(location)
    engine.update_execution_options(origin=origin or Origin())
    store = Store(engine, location)
    try:
        if not any_version:
            with told_plainly(location.name):
                _prepare(engine, location, create=create)
        yield store
    finally:
        engine.dispose()


def _prepare(engine: Engine, location: Location, *, create: bool) -> None:
    with engine.connect() as connection, connection.begin():
        version = schema.read_schema_version(connection, location.name)
    if version == schema.HEAD:
        return
    # Looked at again under the write lock: two first runs may start at once.
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        schema.create_schema(connection, location, create=create)


def _connect(location: Location) -> Engine:
    if location.server is not None:
        return postgresql.make_engine(location.server, location.name)
    return sqlite.make_engine(location.path)
