"""The engine's errors in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqaudit.errors import UnusableSource, msg
from sqaudit.sources.decoding import no_room

_NO_ROOM = ("No space left", "Out of Memory", "max_temp_directory_size")


@contextmanager
def engine_failures(dataset: str) -> Iterator[None]:
    """Turn ``duckdb.Error`` into ``UnusableSource`` (SQA514, SQA515), or ``CannotAccess`` (SQA603) for want of room."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        said = str(error).partition("\n")[0]
        if any(sign in said for sign in _NO_ROOM):
            raise no_room(said) from error
        if "format specifier" in said:
            raise UnusableSource(
                "SQA515",
                msg("a date format of '{dataset}' cannot be used: {reason}", dataset=dataset, reason=said),
                msg("write strptime formats under read, such as dates: ['%d/%m/%Y %H:%M']"),
            ) from error
        raise UnusableSource(
            "SQA514",
            msg("the records of '{dataset}' cannot be read: {reason}", dataset=dataset, reason=said),
            msg("look at the types, bounds and null words that are declared for its columns"),
        ) from error
