"""A straight line between nothing and everything."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from sqaudit.builtin.scorers.parameters import NUMBER_SCHEMA, read_number
from sqaudit.errors import Message, msg
from sqaudit.model.target import Target


class LinearScorer:
    """0 at ``zero``, 100 at ``full``, a straight line between, flat outside. ``zero`` above ``full``: less is better.

    Example:
        ``score: {linear: {zero: 0.70, full: target}}``
    """

    name = "linear"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "required": ["zero", "full"],
        "additionalProperties": False,
        "properties": {"zero": NUMBER_SCHEMA, "full": {"anyOf": [{"const": "target"}, *NUMBER_SCHEMA["anyOf"]]}},
    }

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """The ends must differ, and ``full: target`` needs a target."""
        ends = cast("Mapping[str, Any]", parameters)
        if ends["full"] == "target" and target is None:
            return msg("'full: target' needs a target on the item or its criterion")
        if read_number(ends["zero"]) == _full(ends, target):
            return msg("'zero' and 'full' must differ, both are {value}", value=ends["zero"])
        return None

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """The height of the line at ``value``."""
        ends = cast("Mapping[str, Any]", parameters)
        zero, full = read_number(ends["zero"]), _full(ends, target)
        share = (Decimal(str(value)) - zero) / (full - zero)
        return 100 * min(max(share, Decimal(0)), Decimal(1))


def _full(ends: Mapping[str, Any], target: Target | None) -> Decimal:
    if ends["full"] == "target" and target is not None:
        return target.bound
    return read_number(ends["full"])
