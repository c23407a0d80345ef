"""The rows of a query in a database.

sources:
  tickets:
    collector: sql
    params: {url: "env:CRM_URL", query: "SELECT id, opened_at FROM tickets WHERE opened_at >= :period_start"}
    time: opened_at
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sqaudit.builtin.collectors.databases import Database
from sqaudit.builtin.collectors.schemas import duration_schema, url_schema
from sqaudit.builtin.collectors.selects import check_select
from sqaudit.errors import UnusableSource, msg
from sqaudit.model.ports import Collected, CollectRequest
from sqaudit.model.target import read_duration

if TYPE_CHECKING:
    from sqlalchemy import CursorResult, TextClause

_DEFAULT_TIMEOUT = "PT10M"
_ROWS_AT_ONCE = 5_000


class SqlCollector:
    """Runs one SELECT and gives its rows, in a transaction that only reads where the database has such.

    ``:period_start`` and ``:period_end`` in the query are wall times in the programme's zone. A ``query_file`` lies in
    the programme's folder, as does a SQLite database.
    """

    name = "sql"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "title": "params",
        "additionalProperties": False,
        "required": ["url"],
        "anyOf": [{"required": ["query"]}, {"required": ["query_file"]}],
        "properties": {
            "url": url_schema(
                "[a-z][a-z0-9_+]*://(?![^?#]*:[^@?#]*@)",
                ["env:CRM_URL", "file:secrets/crm-url", "postgresql://audit@db.example.org/crm"],
                "Where the database is, as SQLAlchemy writes it; env:NAME or file:PATH hold it with its password",
            ),
            "query": {"type": "string", "minLength": 1, "description": "One SELECT"},
            "query_file": {"type": "string", "minLength": 1, "description": "The file that holds it instead"},
            "timeout": duration_schema(_DEFAULT_TIMEOUT, "How long the query may take"),
        },
    }

    def collect(self, request: CollectRequest) -> Collected:
        """The rows, read while they are taken; raises ``UnusableSource`` if the query or the database is of no use."""
        parameters, folder = request.source.parameters, request.project / request.source.folder
        timeout = read_duration(str(parameters.get("timeout", _DEFAULT_TIMEOUT)))
        database = Database(
            str(parameters["url"]), folder, zone=str(request.period.start.tzinfo), timeout=max(timeout or 0, 1)
        )
        query = check_select(_query(parameters, folder), database.dialect)
        period = {"period_start": request.period.start, "period_end": request.period.end}
        return Collected(rows=_rows(database, query, period))


def _query(parameters: Mapping[str, object], folder: Path) -> str:
    if "query" in parameters and "query_file" in parameters:
        message = msg("'{key}' and '{other}' cannot both be there", key="query", other="query_file")
        raise UnusableSource("SQA521", message, msg("keep one of them"))
    if "query" in parameters:
        return str(parameters["query"])
    name = str(parameters["query_file"])
    try:
        return (folder / name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnusableSource(
            "SQA501",
            msg("the query's file '{name}' cannot be read: {reason}", name=name, reason=reason),
            msg("its path starts at the programme's folder"),
        ) from None


def _rows(database: Database, query: str, period: Mapping[str, datetime]) -> Iterator[Mapping[str, object]]:
    with database.connect() as connection:
        reading = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        result = reading.execute(_statement(query, period, database.dialect))
        names = _names(result)
        for rows in result.partitions():
            database.see_that_in_time()
            for row in rows:
                yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _statement(query: str, period: Mapping[str, datetime], dialect: str) -> TextClause:
    """The query with the edges of the period as wall times: what columns without a zone hold."""
    from sqlalchemy import text

    values = {name: moment.replace(tzinfo=None) for name, moment in period.items() if re.search(rf":{name}\b", query)}
    if dialect == "sqlite":  # has texts, where '2026-10-01' comes before every moment of that day
        return text(query).bindparams(**{name: _as_text(value) for name, value in values.items()})
    return text(query).bindparams(**values)


def _as_text(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")


def _names(result: CursorResult[tuple[object, ...]]) -> list[str]:
    names = list(result.keys())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableSource(
            "SQA506",
            msg("the query's result has several columns called '{name}'", name=twice[0]),
            msg("give them names of their own with AS"),
        )
    return names


def _plain(value: object) -> object:
    """A value that rows may hold; bytes as hexadecimal digits."""
    match value:
        case None | str() | bool() | int() | float() | Decimal() | date() | time() | timedelta() | dict() | list():
            return value
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case _:
            return str(value)
