"""Rows that a collector fetched, landed as a file with a fingerprint of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from sqaudit.model.evidence import SourceFile
from sqaudit.sources.cells import text_of
from sqaudit.sources.decoding import refusing_full_disk


class KeptRows(Iterable[Mapping[str, object]]):
    """Rows as sorted lines of JSON, a quarter of what they take as mappings; the order they came in leaves no trace.

    ``decimal`` is the decimal mark the source declares.
    """

    def __init__(self, rows: Iterable[Mapping[str, object]], decimal: str = ".") -> None:
        self._lines = sorted(
            json.dumps(_plain(row, decimal), ensure_ascii=False, sort_keys=True).encode() for row in rows
        )

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        return (json.loads(line, parse_float=Decimal) for line in self._lines)

    @property
    def lines(self) -> Iterator[bytes]:
        """The lines, each with its end."""
        return (line + b"\n" for line in self._lines)

    @property
    def fingerprint(self) -> str:
        """The sha256 of all lines."""
        digest = hashlib.sha256()
        for line in self.lines:
            digest.update(line)
        return digest.hexdigest()


def land_rows(rows: Iterable[Mapping[str, object]], name: str, target: Path, decimal: str = ".") -> SourceFile:
    """Write rows as sorted lines of JSON."""
    kept = rows if isinstance(rows, KeptRows) else KeptRows(rows, decimal)
    with refusing_full_disk(), target.open("wb") as file:
        file.writelines(kept.lines)
        size = file.tell()
    return SourceFile(name=name, size=size, sha256=kept.fingerprint)


def _plain(value: object, decimal: str) -> object:
    """A value JSON can hold; numbers that JSON would round, moments and days become text."""
    match value:
        case None | str() | bool() | int():
            return value
        case float() | Decimal():
            return text_of(value, decimal)
        case Mapping():
            return {str(key): _plain(each, decimal) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each, decimal) for each in value]
        case _:
            return text_of(value, decimal)
