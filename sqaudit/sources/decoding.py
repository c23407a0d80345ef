"""Bytes to clean UTF-8: unpacked, decoded strictly, every line ended by one newline."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqaudit.errors import CannotAccess, UnusableSource, msg
from sqaudit.sources.files import cannot_read

CHUNK = 1 << 22
_GZIP = b"\x1f\x8b"
_CANDIDATES = ("utf-8", "utf-16", "gb18030", "cp949", "big5", "shift_jis", "cp1252")
_SAMPLE = 1 << 16


@contextmanager
def open_bytes(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked if it is gzip; damage and refusal are ``UnusableSource`` (SQA503)."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == _GZIP
            stream.seek(0)
            if not packed:
                yield stream
                return
            with gzip.open(stream) as unpacked:
                yield unpacked  # type: ignore[misc]  # a GzipFile reads like any binary file
    except (OSError, EOFError, zlib.error) as error:
        raise cannot_read(name, error) from error


def decoder_of(encoding: str, name: str) -> codecs.IncrementalDecoder:
    """A strict incremental decoder; an unknown encoding is ``UnusableSource`` (SQA507)."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict")
    except LookupError as error:
        raise UnusableSource(
            "SQA507",
            msg("there is no encoding '{encoding}' (file '{file}')", encoding=encoding, file=name),
            msg("write utf-8, gbk, gb18030, big5, cp949, shift_jis, cp1252, latin-1 or utf-16"),
        ) from error


def decoded_chunks(stream: IO[bytes], encoding: str, name: str) -> Iterator[str]:
    r"""The text of a stream in pieces: no byte order mark at its start, ``\r\n`` and ``\r`` turned into ``\n``."""
    newlines = io.IncrementalNewlineDecoder(decoder_of(encoding, name), translate=True)
    line, first = 1, True
    while True:
        piece = stream.read(CHUNK)
        try:
            text = newlines.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise _undecodable(error, encoding, name, line) from error
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        line += text.count("\n")
        yield text
        if not piece:
            return


def _undecodable(error: UnicodeDecodeError, encoding: str, name: str, line: int) -> UnusableSource:
    before = error.object[: error.start]
    line += before.count(b"\n")
    sample = error.object[max(0, error.start - _SAMPLE) : error.start + _SAMPLE]
    possible = [candidate for candidate in _CANDIDATES if candidate != encoding and _decodes(sample, candidate)]
    return UnusableSource(
        "SQA507",
        msg(
            "'{file}' is not written in {encoding}: line {line} has the byte {byte}",
            file=name,
            encoding=encoding,
            line=line,
            byte=f"0x{error.object[error.start]:02X}",
        ),
        msg("name its encoding under read, such as encoding: {encodings}", encodings=" / ".join(possible or ["gbk"])),
    )


def _decodes(sample: bytes, encoding: str) -> bool:
    """Whether a sample, which may begin and end within a character, can be read in an encoding."""
    if encoding == "utf-16" and not sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    for start in range(4):
        try:
            codecs.getincrementaldecoder(encoding)("strict").decode(sample[start:])
        except UnicodeDecodeError:
            continue
        return True
    return False


def transcode(path: Path, target: Path, encoding: str, name: str) -> None:
    r"""Write a text file anew as UTF-8 with ``\n`` newlines.

    Raises ``UnusableSource`` for what cannot be read or decoded, ``CannotAccess`` (SQA603) when the disk is full.
    """
    with open_bytes(path, name) as stream, writing(target) as out:
        for text in decoded_chunks(stream, encoding, name):
            with refusing_full_disk():
                out.write(text.encode())


def unpack(path: Path, target: Path, name: str) -> None:
    """Write a gzip file's content to ``target``."""
    with open_bytes(path, name) as stream, writing(target) as out:
        while piece := stream.read(CHUNK):
            with refusing_full_disk():
                out.write(piece)


@contextmanager
def writing(target: Path) -> Iterator[IO[bytes]]:
    """Open a file in the temporary folder for writing."""
    with refusing_full_disk():
        out = target.open("wb")
    with out:
        yield out
        with refusing_full_disk():
            out.flush()


@contextmanager
def refusing_full_disk() -> Iterator[None]:
    """Turn a failed write in the temporary folder into ``CannotAccess`` (SQA603)."""
    try:
        yield
    except OSError as error:
        raise no_room(error.strerror or error) from error


def no_room(reason: object) -> CannotAccess:
    """The error for a temporary folder that is full or cannot be written."""
    return CannotAccess(
        "SQA603",
        msg("the temporary folder cannot hold the records: {reason}", reason=reason),
        msg("free some disk space, or set TMPDIR to a folder with more of it"),
    )
