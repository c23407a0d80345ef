"""Scorers of plugins."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from sqaudit.errors import Message, msg
from sqaudit.model.ports import Scorer
from sqaudit.model.target import Target
from sqaudit.plugin.guarding import Guard, Unusable, plain_message
from sqaudit.plugin.guests.copies import copied
from sqaudit.plugin.guests.numbers import plain_number
from sqaudit.plugin.guests.stated import stated_name, stated_schema
from sqaudit.plugin.limits import Phase

_FULL = 100


class GuestScorer:
    """A scorer of a plugin; ``score`` gives a number from 0 to 100 or raises ``PluginFailed``."""

    def __init__(self, guard: Guard, scorer: Scorer) -> None:
        self.name = stated_name(scorer)
        self.parameters_schema: Mapping[str, object] = stated_schema(scorer)
        self._guard = guard
        self._scorer = scorer
        self._what = f"scorer '{self.name}'"

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """What the scorer says is wrong with the parameters."""
        given = copied(parameters)

        def ask() -> Message | None:
            found = self._scorer.problem(given, target)
            return None if found is None else plain_message(found)

        return self._guard.call(Phase.PROBLEM, self._what, ask)

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """The score; any real number from 0 to 100 is one."""
        given = copied(parameters)
        return self._guard.call(Phase.SCORE, self._what, lambda: _score_of(self._scorer.score(value, target, given)))


def _score_of(given: object) -> Decimal:
    if type(given) is not Decimal or not given.is_finite():
        given = _decimal(plain_number("the score", given))
    if not 0 <= given <= _FULL:
        raise Unusable(msg("the score must be from 0 to 100, not {given}", given=str(given)))
    return given


def _decimal(number: float | Decimal | Fraction) -> Decimal:
    if isinstance(number, float):
        return Decimal(repr(number))
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    return Decimal(number)
