"""Numbers for people. They are rounded here; scores by the rule of the model, since they are rated by it too."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from sqaudit.model.score import shown_score

ABSENT = "-"
_SMALL, _LEAST_SHOWN = 0.01, 0.0001
_LONG_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def round_half_up(number: Decimal | float, places: int) -> Decimal:
    """``number`` with ``places`` decimals; halves go away from zero. A float counts as its shortest decimal."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def show_score(score: Decimal | float | None) -> str:
    """A score of 0 to 100 with two decimals."""
    if score is None:
        return ABSENT
    return str(shown_score(score if isinstance(score, Decimal) else Decimal(repr(score))))


def show_share(share: Decimal | float | None) -> str:
    """A share of 0 to 1 as a percentage with one decimal."""
    if share is None:
        return ABSENT
    exact = share if isinstance(share, Decimal) else Decimal(repr(share))
    return f"{round_half_up(exact * 100, 1)}%"


def show_duration(seconds: Decimal | float | None) -> str:
    """Seconds as their two largest units, e.g. ``1d 2h``, ``4h 5m``, ``1m 30s``; under a minute with one decimal."""
    if seconds is None:
        return ABSENT
    exact = seconds if isinstance(seconds, Decimal) else Decimal(repr(seconds))
    sign, exact = ("-", -exact) if exact < 0 else ("", exact)
    tenths = round_half_up(exact, 1)
    if tenths < 60:  # noqa: PLR2004
        return f"{sign}{tenths.normalize():f}s"
    whole = int(round_half_up(exact, 0))
    for (large, large_name), (small, small_name) in pairwise(_LONG_UNITS):
        if whole >= large:
            count, rest = divmod(int(round_half_up(Decimal(whole) / small, 0)), large // small)
            return f"{sign}{count}{large_name}" + (f" {rest}{small_name}" if rest else "")
    raise AssertionError(whole)


def show_number(number: Decimal | float | None) -> str:
    """A number without a unit: whole ones whole, others with two decimals, small ones with three digits."""
    if number is None:
        return ABSENT
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    if exact == exact.to_integral_value():
        return f"{exact.to_integral_value():f}"
    places = 2 if abs(exact) >= 1 else 2 - exact.adjusted()
    return f"{round_half_up(exact, places):f}"


def show_probability(probability: float | None) -> str:
    """The probability of a test: three decimals, five below 0.01; what is smaller than they show is said to be so."""
    if probability is None:
        return ABSENT
    if probability < _LEAST_SHOWN:
        return f"<{_LEAST_SHOWN}"
    return str(round_half_up(probability, 3 if probability >= _SMALL else 5))


def show_difference(difference: float | None, unit: str | None) -> str:
    """A difference with its sign: ``percentage_points`` as such, everything else as values of its unit are."""
    if difference is None:
        return ABSENT
    size = abs(difference)
    shown = f"{round_half_up(size, 1)} pp" if unit == "percentage_points" else show_value(size, unit)
    sign = "+" if difference > 0 else "-" if difference < 0 else ""
    return f"{sign}{shown}"


def show_value(value: Decimal | float | None, unit: str | None) -> str:
    """A value by its unit: ``share`` as a percentage, ``s`` as a duration, ``score`` as one, anything else a number."""
    if unit == "score":
        return show_score(value)
    if unit == "share":
        return show_share(value)
    if unit == "s":
        return show_duration(value)
    return show_number(value)
