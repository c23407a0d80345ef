"""Rows that a collector fetches, landed while they come as a file with a fingerprint of their content."""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal
from itertools import islice
from pathlib import Path

import msgspec

from sqaudit.engines.duckdb import FOLDER_PREFIX
from sqaudit.model.evidence import SourceFile
from sqaudit.sources.cells import text_of
from sqaudit.sources.decoding import refusing_full_disk

# So many lines are sorted in memory at a time.
_RUN = 100_000
_ENCODER = msgspec.json.Encoder(order="deterministic")


class LandedRows:
    """Rows as sorted JSON lines in a file of their own, which is gone with this object.

    The order in which they were fetched leaves no trace; ``original`` describes the file.
    """

    def __init__(self, rows: Iterable[Mapping[str, object]], name: str, decimal: str = ".") -> None:
        with refusing_full_disk():
            self._folder = tempfile.TemporaryDirectory(
                prefix=f"{FOLDER_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True
            )
        folder = Path(self._folder.name)
        self.path = folder / "rows.jsonl"
        digest, size = hashlib.sha256(), 0
        lines = (_line(row, decimal) for row in rows)
        with ExitStack() as stack:
            runs = list(_runs(lines, folder, stack))
            merged: Iterator[bytes] = heapq.merge(*runs)
            with refusing_full_disk(), self.path.open("wb") as out:
                for line in merged:
                    digest.update(line)
                    size += out.write(line)
        self.original = SourceFile(name=name, size=size, sha256=digest.hexdigest())

    @property
    def fingerprint(self) -> str:
        """What the rows are known by."""
        return hashlib.sha256(f"{self.original.sha256}  {self.original.name}\n".encode()).hexdigest()

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        with self.path.open("rb") as lines:
            yield from map(json.loads, lines)


def land_rows(rows: Iterable[Mapping[str, object]], name: str, decimal: str = ".") -> LandedRows:
    """Land rows, if they have not been; no more than a portion of them is held in memory."""
    return rows if isinstance(rows, LandedRows) else LandedRows(rows, name, decimal)


def _runs(lines: Iterator[bytes], folder: Path, stack: ExitStack) -> Iterator[Iterable[bytes]]:
    """Sorted runs of the lines; the last one stays in memory, the others become files."""
    run = sorted(islice(lines, _RUN))
    number = 0
    while len(run) == _RUN:
        number += 1
        with refusing_full_disk():
            file = stack.enter_context((folder / f"{number}.run").open("w+b"))
            file.writelines(run)
            file.seek(0)
        yield file
        run = sorted(islice(lines, _RUN))
    yield run


def _line(row: Mapping[str, object], decimal: str) -> bytes:
    plain = _plain(row, decimal)
    try:
        return _ENCODER.encode(plain) + b"\n"
    except (OverflowError, UnicodeEncodeError):  # whole numbers beyond 64 bits, halves of letters
        return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode(errors="replace") + b"\n"


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
