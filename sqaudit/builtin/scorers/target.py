"""All or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqaudit.errors import Message, msg
from sqaudit.model.target import Target


class TargetScorer:
    """100 when the target is met, 0 when it is missed.

    Example:
        ``score: target``
    """

    name = "target"
    parameters_schema: Mapping[str, object] = {"type": "object", "maxProperties": 0}

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """Without a target there is nothing to meet."""
        del parameters
        return None if target is not None else msg("scoring by target needs a target on the item or its criterion")

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """100 or 0."""
        del parameters
        return Decimal(100) if target is not None and target.is_met_by(value) else Decimal(0)
