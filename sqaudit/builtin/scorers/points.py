"""Points off a base, and bonus points onto it, for the rollup ``deduction``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from sqaudit.builtin.scorers.parameters import read_number
from sqaudit.errors import Message, msg
from sqaudit.model.target import Target

_POINTS: dict[str, object] = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}


class DeductScorer:
    """Takes points off for each time something was seen: the score is 100 less ``deduct`` times the value.

    At most ``cap`` is taken off, without one all 100. The standard must say ``rollup: deduction``.

    Example:
        ``score: {deduct: 2, cap: 6}``
    """

    name = "deduct"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "required": ["deduct"],
        "additionalProperties": False,
        "properties": {"deduct": _POINTS, "cap": _POINTS},
    }

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """A cap below the points of one time would be the points."""
        del target
        return _cap_problem("deduct", cast("Mapping[str, Any]", parameters))

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """100 less the points."""
        del target
        return 100 - _points("deduct", value, cast("Mapping[str, Any]", parameters))


class BonusScorer:
    """Adds points for each time something was seen: the score is ``bonus`` times the value, at most ``cap``.

    It lifts no score above the base. The standard must say ``rollup: deduction``.

    Example:
        ``score: {bonus: 1, cap: 3}``
    """

    name = "bonus"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "required": ["bonus", "cap"],
        "additionalProperties": False,
        "properties": {"bonus": _POINTS, "cap": _POINTS},
    }

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """A cap below the points of one time would be the points."""
        del target
        return _cap_problem("bonus", cast("Mapping[str, Any]", parameters))

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """The points."""
        del target
        return _points("bonus", value, cast("Mapping[str, Any]", parameters))


def _points(name: str, value: float, parameters: Mapping[str, Any]) -> Decimal:
    points = read_number(parameters[name]) * max(Decimal(str(value)), Decimal(0))
    return min(points, read_number(parameters.get("cap", 100)))


def _cap_problem(name: str, parameters: Mapping[str, Any]) -> Message | None:
    points, cap = parameters[name], parameters.get("cap", 100)
    if cap < points:
        return msg("'cap' {cap} is below the points of one time, {points}", cap=cap, points=points)
    return None
