"""Which places in a ranking are possible, given that values are known only within limits.

A site's rank lies between one more than the number of sites that are surely better, and as many as there are less those
that are surely worse: the confidence sets for ranks of M. Mogstad, J. P. Romano, A. M. Shaikh, D. Wilhelm, Inference
for ranks with applications to mobility across neighbourhoods and academic achievement across countries, *Review of
Economic Studies* 91 (2024) 476-518. All differences of two sites are tested, each in both directions, and all of them
together by Holm: the chance that any interval leaves out a true rank is at most ``alpha``. Whether intervals overlap is
no such test: H. Goldstein, M. J. R. Healy, The graphical presentation of a collection of means, *Journal of the Royal
Statistical Society A* 158 (1995) 175-177.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import hypot, inf

from msgspec import Struct

from sqaudit.statistics.adjusting import holm
from sqaudit.statistics.comparison import two_sided

ALPHA = 0.05
# The two-sided probability that the sites at two places differ so much by chance; ``None`` where nothing can be said.
Probability = Callable[[int, int], float | None]


class Standing(Struct, frozen=True, kw_only=True):
    """The ranks that a site may have, from ``best`` (1 is the highest value) to ``worst``.

    ``above`` are the places, in the order given, of the sites that are surely higher, ``below`` of those surely lower.
    """

    best: int
    worst: int
    above: frozenset[int]
    below: frozenset[int]


def rank_intervals(values: Sequence[float], probability: Probability, alpha: float = ALPHA) -> list[Standing]:
    """The possible ranks of sites by their values, the highest first.

    Args:
        values: One for each site.
        probability: Of two sites by their places in ``values``.
        alpha: The chance that is taken that anything said of any two sites is wrong.

    Raises:
        ValueError: A probability is not from 0 to 1.
    """
    pairs = list(combinations(range(len(values)), 2))
    one_sided: list[float] = []
    for one, other in pairs:
        p = probability(one, other)
        half = 0.5 if p is None else p / 2
        # That the one is higher by chance, then that the other is.
        one_sided += (half, 1 - half) if values[one] > values[other] else (1 - half, half)
    adjusted = holm(one_sided)
    above: list[set[int]] = [set() for _ in values]
    below: list[set[int]] = [set() for _ in values]
    for number, (one, other) in enumerate(pairs):
        for p, higher, lower in ((adjusted[2 * number], one, other), (adjusted[2 * number + 1], other, one)):
            if p < alpha:
                above[lower].add(higher)
                below[higher].add(lower)
    return [
        Standing(best=1 + len(higher), worst=len(values) - len(lower), above=frozenset(higher), below=frozenset(lower))
        for higher, lower in zip(above, below, strict=True)
    ]


def groups_alike(values: Sequence[float], standings: Sequence[Standing]) -> list[tuple[int, ...]]:
    """The largest stretches of the order by value in which no two sites can be told apart, the highest first.

    A site may be in several; one that is told apart from both its neighbours is in none.
    """
    order = sorted(range(len(values)), key=lambda place: -values[place])
    groups: list[tuple[int, ...]] = []
    end = 0
    for start in range(len(order)):
        was, end = end, max(end, start + 1)
        while end < len(order) and not any(order[end] in standings[member].below for member in order[start:end]):
            end += 1
        if end - start > 1 and end > was:
            groups.append(tuple(order[start:end]))
    return groups


def probability_by_errors(values: Sequence[float], errors: Sequence[float]) -> Probability:
    """Of independent values with known standard errors, by the normal distribution."""

    def probability(one: int, other: int) -> float | None:
        difference, error = values[one] - values[other], hypot(errors[one], errors[other])
        if not error:
            return two_sided(inf) if difference else None
        return two_sided(difference / error)

    return probability
