"""Rows that a collector fetched, landed as a file with a fingerprint of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from sqaudit.model.evidence import SourceFile
from sqaudit.sources.cells import text_of
from sqaudit.sources.decoding import refusing_full_disk


def land_rows(rows: Iterable[Mapping[str, object]], name: str, target: Path, decimal: str = ".") -> SourceFile:
    """Write rows as sorted JSON lines; the order in which they were fetched leaves no trace."""
    lines = sorted(json.dumps(_plain(row, decimal), ensure_ascii=False, sort_keys=True) for row in rows)
    content = "".join(f"{line}\n" for line in lines).encode()
    with refusing_full_disk():
        target.write_bytes(content)
    return SourceFile(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


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
