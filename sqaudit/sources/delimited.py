"""CSV and TSV files, made ready for the engine's reader.

The reader loses a record whose quote is never closed, and all that follows, without a word. Each file is therefore
sealed with one more record, which must come back.

The reader counts a blank line as a record but gives no row for it, so that the numbers of the rows after it would be
wrong; blank records are therefore taken out here, and counted.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.programme import Reading
from sqaudit.sources.decoding import CHUNK, refusing_full_disk, transcode, writing
from sqaudit.sources.prepared import PreparedFile

LONGEST_CELL = 10_000_000
SEAL = "\x02"
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_OTHER_DELIMITERS = ";\t|"


def prepare_delimited(path: Path, name: str, reading: Reading, form: str, target: Path) -> PreparedFile:
    """Transcode a CSV or TSV file to ``target`` and read its header.

    Raises ``UnusableSource`` for an empty file (SQA504) and what cannot be decoded (SQA507) or parsed (SQA508).
    """
    delimiter = reading.delimiter or _DELIMITERS[form]
    transcode(path, target, reading.encoding, name)
    blank = 0
    if _may_have_blank_records(target, delimiter, reading.quote):
        kept = target.with_suffix(".kept")
        blank = _drop_blank_records(target, kept, delimiter, reading.quote)
        kept.replace(target)
    first = _first_record(target, name, delimiter, reading.quote)
    headers = tuple(text.strip() for text in first) if reading.header else made_up_headers(len(first))
    _seal(target, len(headers), delimiter)
    return PreparedFile(
        name=name,
        path=target,
        headers=headers,
        has_header=reading.header,
        delimiter=delimiter,
        quote=reading.quote,
        blank=blank,
    )


def made_up_headers(width: int) -> tuple[str, ...]:
    """The names by which expressions call the columns of a file without header."""
    return tuple(f"column{place}" for place in range(1, width + 1))


def _may_have_blank_records(path: Path, delimiter: str, quote: str) -> bool:
    """Whether some line holds nothing but blanks, delimiters and quotes, perhaps inside a quoted cell."""
    blank_line = re.compile(rb"\n[ \t" + re.escape((delimiter + quote).encode()) + rb"]*\n")
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK) + stream.readline():
            if blank_line.search(b"\n" + piece + b"\n", 0, len(piece) + (1 if piece.endswith(b"\n") else 2)):
                return True
    return False


def csv_reader(lines: Iterator[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    """Python's own reader, strict, for cells of any sensible length."""
    csv.field_size_limit(LONGEST_CELL)
    if not quote:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)


def _drop_blank_records(path: Path, target: Path, delimiter: str, quote: str) -> int:
    """Copy every record as it is written, except those without text; how many those were."""
    consumed: list[str] = []

    def remembered(stream: IO[str]) -> Iterator[str]:
        for line in stream:
            consumed.append(line)
            yield line

    blank = 0
    with path.open(encoding="utf-8", newline="\n") as stream, writing(target) as out:
        records = csv_reader(remembered(stream), delimiter, quote)
        while True:
            consumed.clear()
            try:
                is_blank = not any(text.strip() for text in next(records))
            except StopIteration:
                return blank
            except csv.Error:  # the engine's reader will refuse the record, and say why
                is_blank = False
            if is_blank:
                blank += 1
                continue
            with refusing_full_disk():
                out.write("".join(consumed).encode())


def _first_record(path: Path, name: str, delimiter: str, quote: str) -> Sequence[str]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        try:
            return next(csv_reader(iter(stream), delimiter, quote))
        except StopIteration:
            raise empty(name) from None
        except csv.Error as error:
            raise unclosed_quote(name, 1) from error


def empty(name: str) -> UnusableSource:
    """The error for a file that holds nothing at all."""
    return UnusableSource(
        "SQA504",
        msg("'{file}' is empty: it has not even a header", file=name),
        msg("look whether the export that wrote it has failed"),
    )


def unclosed_quote(name: str, row: int) -> UnusableSource:
    """The error for a quote that swallows the rest of the file."""
    return UnusableSource(
        "SQA508",
        msg("'{file}' has a quote that is never closed, or no end within 2 MB, in record {row}", file=name, row=row),
        msg("correct the record, or set read: {setting} if quotes mean nothing in this file", setting="{quote: ''}"),
    )


def only_column_hint(headers: Sequence[str]) -> str | None:
    """The delimiter a file seems to have when its header came out as one column."""
    if len(headers) != 1:
        return None
    return next((mark for mark in _OTHER_DELIMITERS + "," if mark in headers[0]), None)


def write_csv(target: Path, headers: Sequence[str], rows: Iterator[Sequence[str]]) -> int:
    """Write rows of text as the engine reads them; how many rows had no text and were left out."""
    blank = 0
    with refusing_full_disk(), target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(headers)
        for row in rows:
            if any(text.strip() for text in row):
                writer.writerow([text.replace("\r\n", "\n").replace("\r", "\n") for text in row])
            else:
                blank += 1
    _seal(target, len(headers), ",")
    return blank


def _seal(path: Path, width: int, delimiter: str) -> None:
    """Put the last record behind a file's own, each of its cells ``SEAL``."""
    with refusing_full_disk(), path.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        ended = file.read(1) == b"\n"
        file.write((("" if ended else "\n") + delimiter.join([SEAL] * width) + "\n").encode())
