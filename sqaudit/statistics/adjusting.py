"""Many tests at once: probabilities made so large that chance findings among them stay rare."""

from __future__ import annotations

from collections.abc import Sequence


def benjamini_hochberg(probabilities: Sequence[float]) -> list[float]:
    """Adjusted by Benjamini and Hochberg: of all that stay below 0.05, at most 5 % are expected to be there by chance.

    Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, *Journal of the Royal Statistical Society B* 57
    (1995) 289-300.

    Raises:
        ValueError: A probability is not from 0 to 1.
    """
    ranked, adjusted, smallest = _ranked(probabilities), [0.0] * len(probabilities), 1.0
    for rank in range(len(ranked), 0, -1):
        place = ranked[rank - 1]
        smallest = min(smallest, probabilities[place] * len(ranked) / rank)
        adjusted[place] = smallest
    return adjusted


def holm(probabilities: Sequence[float]) -> list[float]:
    """Adjusted by Holm: that anything at all stays below 0.05 by chance has a probability of at most 0.05.

    S. Holm, A simple sequentially rejective multiple test procedure, *Scandinavian Journal of Statistics* 6 (1979)
    65-70. It asks nothing of how the tests hang together.

    Raises:
        ValueError: A probability is not from 0 to 1.
    """
    ranked, adjusted, largest = _ranked(probabilities), [0.0] * len(probabilities), 0.0
    for rank, place in enumerate(ranked):
        largest = max(largest, min(1.0, probabilities[place] * (len(ranked) - rank)))
        adjusted[place] = largest
    return adjusted


def _ranked(probabilities: Sequence[float]) -> list[int]:
    """The places of the probabilities, the smallest first."""
    wrong = [one for one in probabilities if not 0 <= one <= 1]
    if wrong:
        raise ValueError(f"{wrong[0]} is no probability")
    return sorted(range(len(probabilities)), key=probabilities.__getitem__)
