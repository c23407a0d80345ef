"""What a sample is worth: how many independent answers its weights, its clusters or its population leave of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import TypeAlias

Number: TypeAlias = int | float | Fraction | Decimal


def effective_size(weights: Number, squares: Number) -> Fraction | None:
    """Kish's effective number of answers, from the sum of their weights and of the squares of these.

    ``None`` if nothing weighs anything.

    Raises:
        ValueError: A number is not finite or below 0.
    """
    total, total_of_squares = _exact(weights), _exact(squares)
    return total**2 / total_of_squares if total_of_squares else None


def design_effect(mean_cluster: Number, icc: Number) -> Fraction:
    """Kish's design effect, by which the variance grows when answers come in clusters; n over it is the effective n.

    Args:
        mean_cluster: How many answers a cluster has on average, from 1.
        icc: The intraclass correlation, -1 to 1.

    Raises:
        ValueError: A number is out of its range, or both together are impossible.
    """
    size, correlation = _exact(mean_cluster), _exact(icc, negative=True)
    effect = 1 + (size - 1) * correlation
    if size < 1 or abs(correlation) > 1 or effect <= 0:
        raise ValueError(f"clusters of {mean_cluster} with a correlation of {icc} are impossible")
    return effect


def finite_population(n: Number, population: Number) -> Fraction | float:
    """The number of answers to use for ``n`` drawn from a ``population``; infinity when all of it answered.

    Raises:
        ValueError: A number is not finite or below 0, or ``n`` above ``population``.
    """
    drawn, whole = _exact(n), _exact(population)
    if drawn > whole:
        raise ValueError(f"{n} cannot be drawn from {population}")
    if drawn == whole:
        return inf
    return drawn * (whole - 1) / (whole - drawn)


def _exact(number: Number, *, negative: bool = False) -> Fraction:
    try:
        exact = Fraction(number)
    except OverflowError as error:
        raise ValueError(f"numbers must be finite, got {number}") from error
    if exact < 0 and not negative:
        raise ValueError(f"numbers must not be below 0, got {number}")
    return exact
