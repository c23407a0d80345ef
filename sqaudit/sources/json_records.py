"""JSON documents and JSON lines, flattened to columns with dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    return _write(_records(document, name, reading.records), name, reading, target)


def prepare_json_lines(path: Path, name: str, reading: Reading, target: Path) -> PreparedFile:
    """Read one JSON object per line; a line that is none is one rejected row."""
    with open_bytes(path, name) as stream:
        lines = "".join(decoded_chunks(stream, reading.encoding, name)).split("\n")
    if not any(line.strip() for line in lines):
        raise empty(name)
    return _write([_record_of(line) for line in lines if line.strip()], name, reading, target)


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


def _write(records: Sequence[Mapping[str, object] | str], name: str, reading: Reading, target: Path) -> PreparedFile:
    faults: list[Fault] = []
    flat: list[Mapping[str, object]] = []
    place = blank = 0
    for record in records:
        cells = dict(_leaves(record)) if isinstance(record, Mapping) else None
        if cells is not None and not any(text_of(value).strip() for value in cells.values()):
            blank += 1
            continue
        place += 1
        if cells is None:
            faults.append(Fault(row=place, reason=NOT_JSON, text=str(record)))
        else:
            flat.append(cells)
    headers = tuple(dict.fromkeys(key for cells in flat for key in cells))
    write_csv(target, headers, _rows(flat, headers, reading.decimal))
    return PreparedFile(name=name, path=target, headers=headers, blank=blank, faults=tuple(faults))


def _rows(flat: Iterable[Mapping[str, object]], headers: Sequence[str], decimal: str) -> Iterator[list[str]]:
    for cells in flat:
        yield [text_of(cells.get(header), decimal) for header in headers]


def _leaves(record: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """The values of an object by dotted name, ``scores.Hygiene``; lists stay whole."""
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
