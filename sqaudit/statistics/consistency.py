"""How evenly sites perform."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, stdev


def coefficient_of_variation(values: Sequence[float]) -> float | None:
    """Sample standard deviation over mean; ``None`` for fewer than two values or a mean of 0.

    It says nothing about scales without a true zero, such as a net promoter score.
    """
    if len(values) < 2 or not mean(values):  # noqa: PLR2004 - one value has no deviation
        return None
    return stdev(values) / mean(values)


def corrected_variation(values: Sequence[float]) -> float | None:
    """The coefficient of variation without its bias in small samples (Sokal and Braumann 1980)."""
    plain = coefficient_of_variation(values)
    return None if plain is None else plain * (1 + 1 / (4 * len(values)))
