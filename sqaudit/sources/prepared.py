"""A source whose files are ready for the engine."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from sqaudit.model.evidence import SourceFile
from sqaudit.model.programme import Source
from sqaudit.model.standard import Dataset


class Fault(Struct, frozen=True, kw_only=True):
    """A record that is no row: its 1-based record number, the reason's code, and its text."""

    row: int
    reason: str
    text: str


class PreparedFile(Struct, frozen=True, kw_only=True):
    """One file as the engine reads it: clean UTF-8 CSV, or Parquet where ``headers`` is ``None``.

    Instead of a file it may be a ``table`` that lies in the engine already, in the order of its rows; it is dropped
    when it has been read. A table that is not ``ranked`` has rows in no order.
    ``headers`` are the column names as written (made up as ``column1`` … without a header); none at all mean that
    there is no row. ``has_header`` says whether
    the first record is skipped. ``blank`` counts records without any text, which are gone from the file; ``faults``
    are records that could not even be written as CSV, by their place among all records.
    """

    name: str
    path: Path | None = None
    table: str | None = None
    ranked: bool = True
    headers: tuple[str, ...] | None = None
    has_header: bool = True
    delimiter: str = ","
    quote: str = '"'
    blank: int = 0
    faults: tuple[Fault, ...] = ()


class PreparedSource(Struct, frozen=True, kw_only=True):
    """A source with its fingerprint and the files to stage, in the order of their numbers."""

    source: Source
    dataset: Dataset
    project: Path
    fingerprint: str
    originals: tuple[SourceFile, ...]
    files: tuple[PreparedFile, ...]

    @property
    def lies_in_parquet(self) -> bool:
        """Whether the engine can look at every file in place, column by column."""
        return bool(self.files) and all(file.headers is None and file.path is not None for file in self.files)

    @property
    def readable(self) -> tuple[Path, ...]:
        """The files that the engine must be allowed to read."""
        return tuple(file.path for file in self.files if file.path is not None)
