"""Values that measures of plugins give, made of plain finite numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqaudit.errors import msg
from sqaudit.model.score import Value
from sqaudit.model.spread import Average, EventRate, Promotion, Proportion, Spread
from sqaudit.plugin.guarding import Unusable, wanted
from sqaudit.plugin.guests.numbers import plain_number


def made_value(given: object, unit: str, formula: str) -> Value:
    """The value with its unit and formula as they were agreed; no number comes with a reason.

    Raises:
        Unusable: It is none, or what is in it cannot be used.
    """
    if not isinstance(given, Value):
        raise wanted("the value", "a Value", given)
    if given.value is None:
        if not isinstance(given.reason, str) or not given.reason.isprintable() or not given.reason:
            raise Unusable(msg("a value of None must come with a reason"))
        return Value(value=None, unit=unit, formula=formula, reason=given.reason)
    number = plain_number("the value", given.value)
    if type(number) is not int and type(number) is not float:
        number = float(number)
    spread = None if given.spread is None else _spread(given.spread)
    low, high, interval = (None, None, None) if given.interval is None else _limits(given, number)
    return Value(value=number, unit=unit, formula=formula, spread=spread, low=low, high=high, interval=interval)


def _limits(given: Value, number: float) -> tuple[float, float, str]:
    """The limits of a value that no spread fits, and the method by which the measure made them."""
    low, high = (float(plain_number(name, limit)) for name, limit in (("'low'", given.low), ("'high'", given.high)))
    if not low <= number <= high:
        raise Unusable(msg("its value lies outside its own limits"))
    if not isinstance(given.interval, str) or not given.interval.isprintable() or not given.interval:
        raise wanted("'interval'", "the name of a method", given.interval)
    return low, high, given.interval


def _spread(given: object) -> Spread:
    """The spread with exact numbers that do not contradict each other."""
    match given:
        case Proportion():
            successes, n = _exact(given, "successes"), _exact(given, "n")
            made: Spread = Proportion(successes=successes, n=n)
            sound = 0 <= successes <= n
        case Average():
            n, variance = _exact(given, "n"), _or_none(given, "variance")
            made = Average(
                mean=_exact(given, "mean"),
                variance=variance,
                n=n,
                least=_or_none(given, "least"),
                most=_or_none(given, "most"),
                counts=_counts(given.counts),
            )
            sound = n >= 0 and (variance is None or variance >= 0)
        case EventRate():
            events, exposure, per = _exact(given, "events"), _exact(given, "exposure"), int(_exact(given, "per"))
            made = EventRate(events=events, exposure=exposure, per=per)
            sound = events >= 0 and exposure > 0 and per > 0
        case Promotion():
            promoters, detractors, n = (_exact(given, name) for name in ("promoters", "detractors", "n"))
            made = Promotion(promoters=promoters, detractors=detractors, n=n)
            sound = min(promoters, detractors) >= 0 and promoters + detractors <= n
        case _:
            raise wanted("the spread", "a Proportion, Average, EventRate or Promotion", given)
    if not sound:
        raise Unusable(msg("the numbers of its spread contradict each other"))
    return made


def _or_none(spread: Any, name: str) -> Fraction | int | None:  # noqa: ANN401  one of the spreads
    return None if getattr(spread, name) is None else _exact(spread, name)


def _exact(spread: Any, name: str) -> Fraction | int:  # noqa: ANN401  one of the spreads
    number = getattr(spread, name)
    if type(number) is int or type(number) is Fraction:
        return number
    plain = plain_number(f"'{name}' of the spread", number)
    if isinstance(plain, float):
        return Fraction(Decimal(repr(plain)))
    return plain if isinstance(plain, int) else Fraction(plain)


def _counts(given: object) -> Mapping[Any, int] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise wanted("'counts' of the spread", "a mapping of values to how many there are", given)
    return {plain_number("a value in 'counts'", one): int(plain_number("a count", n)) for one, n in given.items()}
