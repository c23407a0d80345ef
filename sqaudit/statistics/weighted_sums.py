"""How likely each value of a sum of independent parts is, whatever the parts look like: on a fine grid from 0 to 100.

A normal distribution would do for parts that vary smoothly. A part that is all or nothing has two values, and where its
chance is small, far more of it in the tail than a normal distribution with the same error.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

STEP, MOST = 0.05, 100.0
_SIZE = round(MOST / STEP) + 1
_LENGTH = 4096
_WIDEST, _BETWEEN = 60, 0.1

Part = Sequence[tuple[float, float]]


def normal_nodes() -> list[tuple[float, float]]:
    """Values of a standard normal number from -6 to 6, each with its probability; its tails are among them."""
    values = [_BETWEEN * number for number in range(-_WIDEST, _WIDEST + 1)]
    densities = [exp(-value * value / 2) for value in values]
    total = sum(densities)
    return [(value, density / total) for value, density in zip(values, densities, strict=True)]


def distribution_of_sum(parts: Sequence[Part], constant: float = 0.0) -> tuple[float, ...]:
    """The probabilities that the sum is 0, 0.05, 0.1 ... 100; what lies beyond counts at the end.

    Args:
        parts: Of each part its values, 0 to 100 in all, with their probabilities.
        constant: What is added for sure.
    """
    import numpy as np

    waves = np.ones(_LENGTH // 2 + 1, dtype=complex)
    for part in (*parts, [(min(MOST, max(0.0, constant)), 1.0)]):
        values, probabilities = np.array(part).T
        below = np.floor(values / STEP).astype(int)
        # Shared between both neighbours, so that the mean is exact.
        share = values / STEP - below
        masses = np.bincount(below, probabilities * (1 - share), _LENGTH)
        masses += np.bincount(below + 1, probabilities * share, _LENGTH)
        waves *= np.fft.rfft(masses)
    sums = np.clip(np.fft.irfft(waves, _LENGTH), 0.0, None)
    sums[_SIZE - 1] += sums[_SIZE:].sum()
    kept = sums[:_SIZE] / sums.sum()
    return tuple(kept.tolist())


def quantile_of(distribution: Sequence[float], share: float) -> float:
    """The least value that the sum does not exceed with this probability."""
    reached = 0.0
    for place, probability in enumerate(distribution):
        reached += probability
        if reached >= share:
            return place * STEP
    return MOST


def chances_not_above(distributions: Sequence[Sequence[float]]) -> NDArray[float64]:
    """How likely each sum (row) is not above each other one (column), being equal among it; they are independent."""
    import numpy as np

    each = np.array(distributions)
    at_least = each[:, ::-1].cumsum(axis=1)[:, ::-1]
    chances: NDArray[float64] = np.clip(each @ at_least.T, 0.0, 1.0)
    return chances
