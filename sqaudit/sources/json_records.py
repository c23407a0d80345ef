"""JSON documents and JSON lines, flattened to columns with dotted names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.model.programme import Reading
from sqaudit.sources.cells import text_of
from sqaudit.sources.decoding import decoded_chunks, open_bytes
from sqaudit.sources.delimited import empty, write_csv
from sqaudit.sources.files import cannot_read, quoted
from sqaudit.sources.prepared import Fault, PreparedFile

NOT_JSON = "not_json"


def prepare_json(path: Path, name: str, reading: Reading, target: Path) -> PreparedFile:
    """Read a JSON list of objects, or the list under the key ``reading.records`` (dotted for nested keys).

    Raises ``UnusableSource``: SQA503 for text that is not JSON, SQA510 if there is no such list.
    """
    with open_bytes(path, name) as stream:
        text = "".join(decoded_chunks(stream, reading.encoding, name))
    if not text.strip():
        raise empty(name)
    try:
        document = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise cannot_read(name, error) from error
    records = _records(document, name, reading.records)
    return _write(lambda: iter(records), name, reading, target)


def prepare_json_lines(path: Path, name: str, reading: Reading, target: Path) -> PreparedFile:
    """Read one JSON object per line; a line that is none is one rejected row."""

    def records() -> Iterator[Mapping[str, object] | str]:
        return (_record_of(line) for line in _lines(path, name, reading.encoding) if line.strip())

    if next(records(), None) is None:
        raise empty(name)
    return _write(records, name, reading, target)


def _lines(path: Path, name: str, encoding: str) -> Iterator[str]:
    """The lines of a text, of which no more than a piece is in memory."""
    begun = ""
    with open_bytes(path, name) as stream:
        for piece in decoded_chunks(stream, encoding, name):
            *lines, begun = (begun + piece).split("\n")
            yield from lines
    yield begun


def _record_of(line: str) -> Mapping[str, object] | str:
    """The object of a line, or the line itself if it holds none."""
    try:
        record = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        return line
    return record if isinstance(record, dict) else line


def _records(document: object, name: str, key: str | None) -> list[Mapping[str, object] | str]:
    found = document
    for part in key.split(".") if key else ():
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise UnusableSource(
            "SQA510",
            msg("'{file}' has no list of records under '{key}'", file=name, key=key)
            if key
            else msg("'{file}' is not a list of records", file=name),
            _list_hint(document),
        )
    return [item if isinstance(item, dict) else text_of(item) for item in found]


def _list_hint(document: object) -> Message:
    lists = (
        sorted(key for key, value in document.items() if isinstance(value, list)) if isinstance(document, dict) else []
    )
    if not lists:
        return msg("records are a JSON list of objects")
    return msg("name the key of the list under read, such as records: {keys}", keys=quoted(lists))


def _write(
    records: Callable[[], Iterator[Mapping[str, object] | str]], name: str, reading: Reading, target: Path
) -> PreparedFile:
    """Go through the records twice: to learn their columns, and to write them."""
    faults: list[Fault] = []
    headers: dict[str, None] = {}
    place = blank = 0
    for record in records():
        cells = dict(_leaves(record)) if isinstance(record, Mapping) else None
        if cells is not None and _is_blank(cells):
            blank += 1
            continue
        place += 1
        if cells is None:
            faults.append(Fault(row=place, reason=NOT_JSON, text=str(record)))
        else:
            headers.update(dict.fromkeys(cells))
    write_csv(target, tuple(headers), _rows(records(), tuple(headers), reading.decimal))
    return PreparedFile(name=name, path=target, headers=tuple(headers), blank=blank, faults=tuple(faults))


def _rows(records: Iterable[Mapping[str, object] | str], headers: Sequence[str], decimal: str) -> Iterator[list[str]]:
    for record in records:
        cells = dict(_leaves(record)) if isinstance(record, Mapping) else {}
        if not _is_blank(cells):
            yield [text_of(cells.get(header), decimal) for header in headers]


def _is_blank(cells: Mapping[str, object]) -> bool:
    return not any(text_of(value).strip() for value in cells.values())


def _leaves(record: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """The values of an object by dotted name, ``scores.Hygiene``; lists stay whole."""
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
