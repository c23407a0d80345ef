"""A value that is a score already."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqaudit.errors import Message
from sqaudit.model.target import Target


class ValueScorer:
    """The measured value itself, 0 to 100; what lies outside counts as the nearer end.

    Example:
        ``score: value``
    """

    name = "value"
    parameters_schema: Mapping[str, object] = {"type": "object", "maxProperties": 0}

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """Nothing can be wrong."""
        del parameters, target
        return None

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """The value, within the scale."""
        del target, parameters
        return min(max(Decimal(str(value)), Decimal(0)), Decimal(100))
