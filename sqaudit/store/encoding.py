"""Values as columns hold them, and back, without losing a digit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqaudit.model.evidence import Number, Statistics
from sqaudit.model.target import Target

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def write_json(content: object) -> str:
    """Canonical JSON: sorted keys, no blanks, so that equal content is equal text."""
    return _CANONICAL.encode(content)


def read_json(text: str) -> Any:  # noqa: ANN401  # JSON is whatever was written
    """What ``write_json`` wrote."""
    return json.loads(text)


def write_decimal(number: Decimal | None) -> str | None:
    """A decimal with all its digits."""
    return None if number is None else str(number)


def read_decimal(text: str | None) -> Decimal | None:
    """What ``write_decimal`` wrote."""
    return None if text is None else Decimal(text)


def write_float(number: float | None) -> str | None:
    """The shortest text that reads back as the same double; REAL columns lose -0.0 and NaN."""
    return None if number is None else repr(number)


def read_float(text: str | None) -> float | None:
    """What ``write_float`` wrote; a whole number stays an int."""
    if text is None:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def write_statistics(statistics: Statistics) -> str:
    """Canonical JSON in which a decimal is a text, so that it comes back as one.

    Put together by hand: a run writes tens of thousands, of few different shapes.
    """
    parts = [f"{key}{_write_number(statistics[name])}" for name, key in _sorted_keys(tuple(statistics))]
    return f"{{{','.join(parts)}}}"


@lru_cache(maxsize=1024)
def _sorted_keys(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"{_CANONICAL.encode(name)}:") for name in sorted(names))


def _write_number(number: Number | None) -> str:
    if type(number) is int:
        return str(number)
    return f'"{number}"' if isinstance(number, Decimal) else _CANONICAL.encode(number)


def read_statistics(text: str) -> Mapping[str, Number | None]:
    """What ``write_statistics`` wrote."""
    return {name: Decimal(n) if isinstance(n, str) else n for name, n in json.loads(text).items()}


def write_moment(moment: datetime) -> str:
    """A moment in UTC, always with microseconds so that moments sort as text; raises ``ValueError`` without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment in the store needs a zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def write_optional_moment(moment: datetime | None) -> str | None:
    """A moment that may be absent."""
    return None if moment is None else write_moment(moment)


def read_moment(text: str) -> datetime:
    """What ``write_moment`` wrote, in UTC."""
    return datetime.fromisoformat(text)


def read_optional_moment(text: str | None) -> datetime | None:
    """What ``write_optional_moment`` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def write_target(target: Target | None) -> str | None:
    """A target with what the author wrote and what it means."""
    if target is None:
        return None
    return write_json([target.text, target.comparison, str(target.bound), target.is_duration])


def read_target(text: str | None) -> Target | None:
    """What ``write_target`` wrote."""
    if text is None:
        return None
    written, comparison, bound, is_duration = json.loads(text)
    return Target(text=written, comparison=comparison, bound=Decimal(bound), is_duration=is_duration)
