"""Numbers as scorers are given them: plain, or durations in ISO 8601."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqaudit.model.target import read_duration

NUMBER_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^P(\d+[WD])*(T(\d+[HMS])+)?$"}]
}


def read_number(parameter: object) -> Decimal:
    """The number of a parameter that its schema has accepted; durations in seconds."""
    if isinstance(parameter, str):
        return Decimal(read_duration(parameter) or 0)
    return Decimal(str(parameter))
