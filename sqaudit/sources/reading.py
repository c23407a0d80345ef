"""What the files of a source hold, before anything is converted: read once into a table, or scanned where they lie.

The rows have ``file`` (1-based), ``row`` (1-based record number), ``site``, ``k0`` … for the parts of the key
that are no declared column, and for each declared column ``r{i}`` (what the file holds, or what its expression gives)
``e{i}`` (whether the expression could not be worked out) and ``x{i}`` (what an expression was given, for the rejects).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from sqaudit.model.ids import fold_id
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.sources.columns import Finder, Place, ToSql
from sqaudit.sources.conversion import present_sql
from sqaudit.sources.delimited import SEAL, unclosed_quote
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.prepared import Fault, PreparedFile, PreparedSource

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

NEVER = "\x01"  # no text of a file: an empty cell stays a text, so that only our own null words decide
_FILE_NAME = "sqaudit_file"
_VIRTUAL = frozenset({"file_row_number", _FILE_NAME})
_FAULTS = {"MISSING COLUMNS": "too_few_fields", "TOO MANY COLUMNS": "too_many_fields", "UNQUOTED VALUE": "bad_quote"}
_NULL_ON_PURPOSE = re.compile(r"\b(case|nullif|if)\b", re.IGNORECASE)


class Raw(Struct, frozen=True, kw_only=True):
    """What was read. ``types`` are the SQL types of ``r{i}``, ``None`` where no file has the column.

    ``relation`` is the SQL of its rows: a table's quoted name, or a subquery over the files. Columns of one of the
    ``places`` hold the same; ``headers`` are what the files call them, ``None`` if they do not agree or it is computed.
    """

    relation: str
    places: tuple[str, ...]
    headers: tuple[str | None, ...]
    types: tuple[str | None, ...]
    faults: tuple[tuple[int, Fault], ...]
    expressions: frozenset[int]
    site_type: str | None
    keys: tuple[str, ...]

    @property
    def has_site(self) -> bool:
        """Whether the rows say where they are from."""
        return self.site_type is not None


class _Scan(Struct, frozen=True, kw_only=True):
    file: PreparedFile
    numbers: tuple[int, ...]
    reject_table: str
    selected: dict[str, str]
    origin: str
    types: dict[str, str]
    headers: dict[str, str]


def read_raw(engine: Engine, prepared: PreparedSource, to_sql: ToSql, undeclared_keys: Sequence[str]) -> Raw:
    """Read every file of a source into one raw table, in the order of files and records.

    Raises ``UnusableSource`` if a column is not there (SQA505, SQA506) or a quote is never closed (SQA508).
    """
    table = f"raw {prepared.dataset.id}"
    with engine_failures(prepared.dataset.id):
        scans = [
            _plan_scan(engine, prepared, [(number, file)], to_sql, undeclared_keys)
            for number, file in enumerate(prepared.files, start=1)
            if file.headers != ()
        ]
        types = _common_types(scans)
        columns = "".join(f", {name} {kind}" for name, kind in types.items())
        engine.query(f'CREATE TABLE "{table}" (file INTEGER, row BIGINT, seal BOOLEAN{columns})')
        faults: list[tuple[int, Fault]] = [
            (number, fault) for number, file in enumerate(prepared.files, start=1) for fault in file.faults
        ]
        for scan in scans:
            faults += _read_file(engine, table, scan, types)
    return _raw(quote_name(table), types, faults, prepared, undeclared_keys, scans)


def scan_raw(engine: Engine, prepared: PreparedSource, to_sql: ToSql) -> Raw:
    """The rows of Parquet files or tables where they lie; nothing is read but what a query over them asks for.

    Raises ``UnusableSource`` if a column is not there (SQA505, SQA506).
    """
    with engine_failures(prepared.dataset.id):
        alike: dict[object, list[tuple[int, PreparedFile]]] = {}
        for number, file in enumerate(prepared.files, start=1):
            alike.setdefault(_columns_of(engine, file), []).append((number, file))
        scans = [_plan_scan(engine, prepared, files, to_sql, ()) for files in alike.values()]
        types = _common_types(scans)
    pieces = []
    for scan in scans:
        values = "".join(
            f", {_as_type(sql, types[name], scan.types[name])} AS {name}" for name, sql in scan.selected.items()
        )
        absent = "".join(
            f", CAST(NULL AS {kind}) AS {name}" for name, kind in types.items() if name not in scan.selected
        )
        pieces.append(f'SELECT ":file" AS file, ":rank" AS row{values}{absent} FROM ({scan.origin}) AS origin')
    return _raw(f"({' UNION ALL BY NAME '.join(pieces)})", types, [], prepared, (), scans)


def _header(scans: Sequence[_Scan], name: str) -> str | None:
    """What all files call a column that is read as it is."""
    found = {scan.headers.get(scan.selected.get(name, "")) for scan in scans}
    return found.pop() if len(found) == 1 else None


def _as_type(sql: str, wanted: str, found: str) -> str:
    return sql if wanted == found else f"CAST({sql} AS {wanted})"


def _columns_of(engine: Engine, file: PreparedFile) -> tuple[tuple[str, str], ...]:
    origin = f"read_parquet({quote_text(str(file.path))})" if file.table is None else quote_name(file.table)
    described = engine.query(f"DESCRIBE SELECT * FROM {origin}")
    return tuple((str(row[0]), str(row[1])) for row in described)


def _raw(  # noqa: PLR0913, PLR0917  all that was learnt from the files
    relation: str,
    types: dict[str, str],
    faults: Sequence[tuple[int, Fault]],
    prepared: PreparedSource,
    undeclared_keys: Sequence[str],
    scans: Sequence[_Scan],
) -> Raw:
    declared = range(len(prepared.dataset.columns))
    return Raw(
        relation=relation,
        places=tuple(repr([scan.selected.get(f"r{number}") for scan in scans]) for number in declared),
        headers=tuple(_header(scans, f"r{number}") for number in declared),
        types=tuple(types.get(f"r{number}") for number in declared),
        faults=tuple(faults),
        expressions=frozenset(number for number in declared if f"e{number}" in types),
        site_type=types.get("site"),
        keys=tuple(f"k{place}" for place in range(len(undeclared_keys))),
    )


def _plan_scan(
    engine: Engine,
    prepared: PreparedSource,
    files: Sequence[tuple[int, PreparedFile]],
    to_sql: ToSql,
    undeclared_keys: Sequence[str],
) -> _Scan:
    """How files of the same columns are read; ``files`` are given with their numbers."""
    source, dataset = prepared.source, prepared.dataset
    number, file = files[0]
    reject_table = f"rejects_{fold_id(dataset.id)}_{number}"
    origin, headers, kinds = _origin(engine, files, reject_table)
    finder = Finder(file=file.name, headers=headers, has_header=file.has_header, to_sql=to_sql)
    selected: dict[str, str] = {}
    columns = dataset.columns.values()
    places = {column.name: finder.place_of(column.name, source, optional=column.optional) for column in columns}
    secret = {header for column in columns if column.mask for header in _headers_read(places[column.name], headers)}
    for place_number, place in enumerate(places.values()):
        if place is not None:
            selected |= _column_sql(place_number, place, headers, secret)
    if source.site is not None:
        site = _named(finder, prepared, source.site)
        selected["site"] = _nth(site.position) if site.sql is None else f"TRY({site.sql})"
    for place_number, key in enumerate(undeclared_keys):
        selected[f"k{place_number}"] = _whole_sql(_named(finder, prepared, key))
    inner = _inner(finder, origin, kinds, prepared)
    aliased = ", ".join(f"{sql} AS {name}" for name, sql in selected.items())
    described = engine.query(f"DESCRIBE SELECT {aliased} FROM ({inner})") if selected else []
    return _Scan(
        file=file,
        numbers=tuple(number for number, _ in files),
        reject_table=reject_table,
        selected=selected,
        origin=inner,
        types={row[0]: "VARCHAR" if "NULL" in row[1] else row[1] for row in described},
        headers={_nth(place): header for place, header in enumerate(headers, start=1)},
    )


def _named(finder: Finder, prepared: PreparedSource, name: str) -> Place:
    """Where the site or a part of the key comes from: a declared or mapped column, a header, or an expression."""
    source = prepared.source
    if name in source.columns or name in prepared.dataset.columns:
        place = finder.place_of(name, source)
    else:
        place = finder.place_of_text(name, column=name)
    assert place is not None  # noqa: S101  only optional columns may be absent
    return place


def _headers_read(place: Place | None, headers: Sequence[str]) -> list[str]:
    """The file's columns that a column is read from."""
    if place is None:
        return []
    if place.sql is None:
        return [headers[place.position - 1]] if place.position is not None else []
    return [header for header in headers if quote_name(header) in place.sql]


def _column_sql(number: int, place: Place, headers: Sequence[str], secret: Collection[str]) -> dict[str, str]:
    """The pieces of one column; what masked columns are read from, ``secret``, is not given to the rejects."""
    if place.sql is None:
        return {f"r{number}": _nth(place.position)}
    read = _headers_read(place, headers)
    inputs = [quote_name(header) for header in read]
    known = "".join(f" AND {name} IS NOT NULL" for name in inputs)
    failed = f"TRY(CASE WHEN ({place.sql}) IS NULL THEN 1 ELSE 0 END)"
    unreadable = f"{failed} IS NULL"
    if not _NULL_ON_PURPOSE.search(place.sql):
        unreadable += f" OR ({failed} = 1{known})"
    told = [quote_name(header) for header in read if header not in secret]
    given = f"concat_ws(' | ', {', '.join(told)})" if told else "NULL::VARCHAR"
    return {
        f"r{number}": f"TRY({place.sql})",
        f"e{number}": f"({unreadable})",
        f"x{number}": f"CASE WHEN {unreadable} THEN {given} END",
    }


def _whole_sql(place: Place) -> str:
    return f"CAST({_nth(place.position) if place.sql is None else f'TRY({place.sql})'} AS VARCHAR)"


def _nth(position: int | None) -> str:
    """The name of a file's column in the scan; no header is called so."""
    return f'":{position}"'


def _origin(
    engine: Engine, files: Sequence[tuple[int, PreparedFile]], reject_table: str
) -> tuple[str, Sequence[str], Sequence[str]]:
    """The scan of files of the same columns, these as ``:1`` …, with their headers and their types."""
    number, file = files[0]
    if file.headers is None:
        if file.table is not None:
            origin, place_of_file = quote_name(file.table), str(number)
            rank = "row_number() OVER ()" if file.ranked else "CAST(NULL AS BIGINT)"
        else:
            origin, place_of_file = _parquet(files)
            rank = "file_row_number + 1"
        described = [row for row in engine.query(f"DESCRIBE SELECT * FROM {origin}") if row[0] not in _VIRTUAL]
        names = [row[0] for row in described]
        renamed = "".join(f", {quote_name(name)} AS {_nth(place)}" for place, name in enumerate(names, start=1))
        sql = f'SELECT {place_of_file} AS ":file", {rank} AS ":rank"{renamed} FROM {origin}'
        return sql, names, [row[1] for row in described]
    path = quote_text(str(file.path))
    names = list(file.headers)
    columns = ", ".join(f"':{place}': 'VARCHAR'" for place in range(1, len(names) + 1))
    quoting = f"quote = {quote_text(file.quote)}, escape = {quote_text(file.quote)}"
    # In parallel the reader loses its place in quoted cells with newlines and counts records wrongly.
    scan = (
        f'SELECT row_number() OVER () AS ":rank", * FROM read_csv({path}, columns = {{{columns}}},'
        f" header = {str(file.has_header).lower()}, auto_detect = false, parallel = false,"
        f" delim = {quote_text(file.delimiter)}, {quoting}, new_line = '\\n', nullstr = '{NEVER}',"
        f" store_rejects = true, rejects_table = {quote_text(reject_table)},"
        f" rejects_scan = {quote_text(reject_table + '_scan')}, rejects_limit = 0)"
    )
    return scan, names, ["VARCHAR"] * len(names)


def _parquet(files: Sequence[tuple[int, PreparedFile]]) -> tuple[str, str]:
    """The scan of Parquet files, and the SQL of a row's file number."""
    paths = {str(file.path): number for number, file in files}
    listed = ", ".join(quote_text(path) for path in paths)
    if len(paths) == 1:
        return f"read_parquet([{listed}], file_row_number = true)", str(files[0][0])
    cases = " ".join(f"WHEN {quote_text(path)} THEN {number}" for path, number in paths.items())
    return (
        f"read_parquet([{listed}], file_row_number = true, filename = '{_FILE_NAME}')",
        f"CASE {_FILE_NAME} {cases} END",
    )


def _inner(finder: Finder, origin: str, kinds: Sequence[str], prepared: PreparedSource) -> str:
    """The scan with the headers that expressions may name; missing cells are NULL in expressions."""
    names = finder.known_to_expressions()
    place_of = {header: place for place, header in enumerate(finder.headers, start=1)}
    exposed = []
    for name in names:
        cell = _nth(place_of[name])
        text = kinds[place_of[name] - 1] == "VARCHAR"
        exposed.append(f"{present_sql(cell, prepared.source.nulls) if text else cell} AS {quote_name(name)}")
    return f"SELECT *{''.join(f', {each}' for each in exposed)} FROM ({origin}) AS file"


def _common_types(scans: Sequence[_Scan]) -> dict[str, str]:
    """One type per raw column; files that disagree meet in text."""
    seen: dict[str, set[str]] = {}
    for scan in scans:
        for name, kind in scan.types.items():
            seen.setdefault(name, set()).add(kind)
    return {name: kinds.pop() if len(kinds) == 1 else "VARCHAR" for name, kinds in seen.items()}


def _read_file(engine: Engine, table: str, scan: _Scan, types: dict[str, str]) -> list[tuple[int, Fault]]:
    values = "".join(f", CAST({sql} AS {types[name]})" for name, sql in scan.selected.items())
    targets = "".join(f", {name}" for name in scan.selected)
    sealed = "false" if scan.file.headers is None else f"{_nth(1)} IS NOT DISTINCT FROM {quote_text(SEAL)}"
    engine.query(
        f'INSERT INTO "{table}" (file, row, seal{targets}) SELECT {scan.numbers[0]}, ":rank", {sealed}{values}'
        f" FROM ({scan.origin})"
    )
    if scan.file.table is not None:
        engine.query(f"DROP TABLE {quote_name(scan.file.table)}")
    if scan.file.headers is None:
        return []
    faults = _faults(engine, scan)
    _break_seal(engine, table, scan, len(faults))
    places = sorted({fault.row for fault in (*faults, *scan.file.faults)})
    if places:
        _leave_room(engine, table, scan.numbers[0], places)
    return [(scan.numbers[0], fault) for fault in faults]


def _faults(engine: Engine, scan: _Scan) -> list[Fault]:
    """The records that the reader refused, each once, with the first reason."""
    rows = engine.query(
        f"SELECT line, min_by(error_type, column_idx), min_by(csv_line, column_idx)"
        f' FROM "{scan.reject_table}" GROUP BY line ORDER BY line'
    )
    header = 1 if scan.file.has_header else 0
    faults = []
    for line, kind, text in rows:
        if kind not in _FAULTS:
            raise unclosed_quote(scan.file.name, line - header)
        faults.append(Fault(row=line - header, reason=_FAULTS[kind], text=text.strip("\n")))
    return faults


def _break_seal(engine: Engine, table: str, scan: _Scan, faults: int) -> None:
    """Take out the record that ends each file; if it did not come back, a quote has swallowed it."""
    of_file = f'FROM "{table}" WHERE file = {scan.numbers[0]}'
    came_back, rows = engine.query(f"SELECT count(*) FILTER (WHERE seal), count(*) {of_file}")[0]
    if came_back != 1:
        raise unclosed_quote(scan.file.name, rows + faults + 1)
    engine.query(f"DELETE {of_file} AND seal")


def _leave_room(engine: Engine, table: str, number: int, places: Sequence[int]) -> None:
    """Number the rows of a file as its records are numbered, faults included.

    The reader numbers the rows it gives 1, 2, 3 …; behind the k-th fault, at record p, that is k too few from the row
    that was given the number p - k + 1.
    """
    engine.query("CREATE TABLE shifts (first BIGINT, shift BIGINT)")
    engine.append("shifts", list({place - shift + 1: shift for shift, place in enumerate(places, start=1)}.items()))
    engine.query(
        f'UPDATE "{table}" SET row = "{table}".row + moved.shift FROM (SELECT given.row AS row, shifts.shift FROM'
        f' (SELECT row FROM "{table}" WHERE file = {number}) given ASOF JOIN shifts ON given.row >= shifts.first) moved'
        f' WHERE file = {number} AND "{table}".row = moved.row'
    )
    engine.query("DROP TABLE shifts")
