"""A store in a PostgreSQL database.

A transaction that writes waits for the one before it, as in SQLite; one that reads sees one moment throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event

from sqaudit.errors import CannotAccess, msg

if TYPE_CHECKING:
    import psycopg

BUSY_SECONDS = 10.0
_SECONDS_TO_CONNECT = 10
_WRITERS = 7_350_283_649  # the number of the lock that writers hold, in every database that holds a store


def make_engine(url: URL, name: str) -> Engine:
    """Connections to the database at ``url``, which messages call ``name``.

    Raises:
        CannotAccess: psycopg is not installed.
    """
    try:
        import psycopg
    except ImportError:
        raise CannotAccess(
            "SQA616",
            msg("the library that speaks to {engine} is not installed", engine="PostgreSQL"),
            msg("install it with: pip install 'sqaudit[postgres]'"),
        ) from None

    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "prepare_threshold": None,  # a pool between us and the server may change the server under us
            "connect_timeout": _SECONDS_TO_CONNECT,
            "client_encoding": "UTF8",
            "application_name": "sqaudit",
        },
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: Any, parameters: Any) -> psycopg.Connection[Any]:  # noqa: ANN401  # as SQLAlchemy makes them
        try:
            connection = psycopg.connect(*arguments, **parameters)
        except psycopg.Error as error:
            raise _refused(url, str(error)) from None
        _see_encoding(connection, name)
        return connection

    event.listen(engine, "begin", _begin)
    return engine


def _see_encoding(connection: psycopg.Connection[Any], name: str) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise CannotAccess(
            "SQA616",
            msg("the database '{name}' keeps texts as {encoding}", name=name, encoding=encoding),
            msg("give a database with the encoding UTF8"),
        )


def _begin(connection: Connection) -> None:
    """Say how the transaction begins, which the driver does with the first statement, in one message."""
    from psycopg import IsolationLevel

    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    options = connection.get_execution_options()
    driver.autocommit = options.get("alone", False)
    writing = options.get("writing", False)
    # Who writes sees with each statement what was committed before: what was read before the lock would be of no use.
    driver.isolation_level = IsolationLevel.READ_COMMITTED if writing else IsolationLevel.REPEATABLE_READ
    driver.read_only = not writing
    if writing:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(BUSY_SECONDS * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _refused(url: URL, said: str) -> CannotAccess:
    from sqaudit.engines.postgresql.refusals import tell_refusal

    return CannotAccess("SQA616", *tell_refusal(url.render_as_string(hide_password=False), said))


def copy_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Insert rows, tuples in the order of ``columns``, as one stream."""
    from psycopg import sql

    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
