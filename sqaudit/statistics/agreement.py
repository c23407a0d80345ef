"""Whether raters who looked at the same things saw the same: per cent agreement, and kappa beyond chance.

Everything is counted in whole numbers and divided once, so that perfect agreement is exactly 1 and the order of raters,
things and categories changes no digit. Agreement alone flatters where one category is frequent, and kappa punishes it
(Feinstein and Cicchetti 1990): show both, and the prevalence.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from math import sqrt
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from sqaudit.statistics.quantiles import CONFIDENCE, normal_quantile
from sqaudit.statistics.ratios import share

Table: TypeAlias = Sequence[Sequence[int]]
Weights: TypeAlias = Sequence[Sequence[int]]
Missing: TypeAlias = Literal["no_pairs", "no_variation"]

NO_PAIRS: Final = "no_pairs"
NO_VARIATION: Final = "no_variation"


class Agreement(Struct, frozen=True, kw_only=True):
    """How far ratings agree beyond chance, and plainly.

    ``coefficient`` is at most 1, and 0 where agreement is as by chance; ``None`` for the ``reason`` that nothing was
    rated twice (``no_pairs``), or that only one category was used, so that chance would agree as well
    (``no_variation``). ``low`` and ``high`` are its interval, ``None`` where no formula gives a useful one.
    ``agreement`` is the share of pairs of ratings that are equal, 0 to 1, ``None`` without pairs.
    """

    coefficient: Fraction | None
    agreement: Fraction | None
    reason: Missing | None = None
    low: float | None = None
    high: float | None = None


def cross_table(
    first: Sequence[Hashable | None], second: Sequence[Hashable | None], categories: Sequence[Hashable]
) -> list[list[int]]:
    """How often two raters chose each pair of categories: rows for the first rater, columns for the second.

    Args:
        first: The ratings of one rater, thing by thing; ``None`` where there is none, which leaves the thing out.
        second: Those of the other, of the same things in the same order.
        categories: All that can be chosen, in their order.

    Raises:
        ValueError: The raters did not look at the same number of things, or a rating is no category.
    """
    place = {category: number for number, category in enumerate(categories)}
    table = [[0] * len(place) for _ in place]
    for one, other in zip(first, second, strict=True):
        if one is None or other is None:
            continue
        if one not in place or other not in place:
            raise ValueError(f"{one!r} or {other!r} is none of the categories {list(categories)}")
        table[place[one]][place[other]] += 1
    return table


def prevalence(table: Table) -> list[Fraction] | None:
    """The share of each category among all ratings of both raters of a cross table; ``None`` without ratings."""
    total = 2 * _total(_square(table))
    if not total:
        return None
    return [Fraction(sum(table[own]) + sum(row[own] for row in table), total) for own in range(len(table))]


_DISTANCES: Final[Mapping[str, Callable[[int, int], int]]] = {
    "same": lambda row, column: int(row != column),
    "linear": lambda row, column: abs(row - column),
    "quadratic": lambda row, column: (row - column) ** 2,
}


def cohen_kappa(table: Table, confidence: float = CONFIDENCE) -> Agreement:
    """Cohen's kappa of two raters (Cohen 1960), with its large-sample interval.

    Args:
        table: How often they chose each pair of categories, as ``cross_table`` counts.
        confidence: Between 0 and 1.

    Raises:
        ValueError: The table is not square, or a count is below 0.
    """
    return _kappa(table, _weights("same", len(table)), confidence)


def weighted_kappa(
    table: Table, weights: Literal["linear", "quadratic"] | Weights = "linear", confidence: float = CONFIDENCE
) -> Agreement:
    """Cohen's weighted kappa (Cohen 1968): disagreements count by how bad they are.

    Args:
        table: As for ``cohen_kappa``, with the categories in order.
        weights: How bad each pair of categories is: by its distance, or a table of its own, with 0 on the diagonal.
        confidence: Between 0 and 1.

    Raises:
        ValueError: A table is not square, the two have different sizes, a number is below 0, or a weight on the
            diagonal is not 0.
    """
    if isinstance(weights, str):
        return _kappa(table, _weights(weights, len(table)), confidence)
    if len(weights) != len(table) or any(_square(weights)[own][own] for own in range(len(table))):
        raise ValueError("weights need a row for each category, and 0 where both raters agree")
    return _kappa(table, weights, confidence)


def fleiss_kappa(table: Table) -> Agreement:
    """Fleiss' kappa of any raters, the same number of them for each thing (Fleiss 1971); it has no interval here.

    Args:
        table: A row for each thing: how many raters chose each category.

    Raises:
        ValueError: Rows differ in their length or their number of raters, or a count is below 0.
    """
    if len({len(row) for row in table}) > 1 or len({sum(row) for row in table}) > 1:
        raise ValueError("every thing needs the same categories and the same number of raters")
    if any(count < 0 for row in table for count in row):
        raise ValueError("how many chose a category cannot be below 0")
    raters = sum(table[0]) if table else 0
    pairs = len(table) * raters * (raters - 1)
    if not pairs:
        return Agreement(coefficient=None, agreement=None, reason=NO_PAIRS)
    agreement = Fraction(sum(count * (count - 1) for row in table for count in row), pairs)
    shares = [Fraction(sum(column), len(table) * raters) for column in zip(*table, strict=True)]
    by_chance = sum((part * part for part in shares), Fraction(0))
    if by_chance == 1:
        return Agreement(coefficient=None, agreement=agreement, reason=NO_VARIATION)
    return Agreement(coefficient=(agreement - by_chance) / (1 - by_chance), agreement=agreement)


def _weights(distance: str, size: int) -> Weights:
    return [[_DISTANCES[distance](row, column) for column in range(size)] for row in range(size)]


def _kappa(table: Table, weights: Weights, confidence: float) -> Agreement:
    size, n = range(len(_square(table))), _total(table)
    agreement = share(sum(table[own][own] for own in size), n)
    if not n:
        return Agreement(coefficient=None, agreement=None, reason=NO_PAIRS)
    rows = [sum(row) for row in table]
    columns = [sum(row[own] for row in table) for own in size]
    observed = sum(weights[i][j] * table[i][j] for i in size for j in size) * n
    by_chance = sum(weights[i][j] * rows[i] * columns[j] for i in size for j in size)
    if not by_chance:
        return Agreement(coefficient=None, agreement=agreement, reason=NO_VARIATION)
    kappa = 1 - Fraction(observed, by_chance)
    margin = normal_quantile(confidence) * sqrt(_variance(table, weights, rows, columns, kappa))
    if not margin:  # where all agree, the formula would be sure of it, however few they are
        return Agreement(coefficient=kappa, agreement=agreement)
    low, high = max(-1.0, float(kappa) - margin), min(1.0, float(kappa) + margin)
    return Agreement(coefficient=kappa, agreement=agreement, low=low, high=high)


def _variance(table: Table, weights: Weights, rows: Sequence[int], columns: Sequence[int], kappa: Fraction) -> Fraction:
    """The large-sample variance of a (weighted) kappa (Fleiss, Cohen and Everitt 1969).

    It is written for disagreement: its weights are 1 less theirs, on any scale.
    """
    size, n = range(len(table)), sum(rows)
    row_means = [Fraction(sum(weights[i][j] * columns[j] for j in size), n) for i in size]
    column_means = [Fraction(sum(weights[i][j] * rows[i] for i in size), n) for j in size]
    by_chance = sum((row_means[i] * rows[i] for i in size), Fraction(0)) / n
    rest = 1 - kappa
    squares = sum(
        (table[i][j] * (weights[i][j] - rest * (row_means[i] + column_means[j])) ** 2 for i in size for j in size),
        Fraction(0),
    )
    return max(Fraction(0), squares / n - (rest * by_chance) ** 2) / (n * by_chance**2)


def _square(table: Table) -> Table:
    if any(len(row) != len(table) for row in table) or any(count < 0 for row in table for count in row):
        raise ValueError("a cross table has as many rows as columns, and no count below 0")
    return table


def _total(table: Table) -> int:
    return sum(map(sum, table))
