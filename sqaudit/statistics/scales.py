"""Answers on a scale, given as how often each answer was chosen, from the lowest up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def mean_answer(counts: Sequence[int], lowest: int = 1) -> Fraction | None:
    """The mean answer on a scale that begins at ``lowest``; ``None`` without answers."""
    n = sum(counts)
    return Fraction(sum(answer * count for answer, count in enumerate(counts, lowest)), n) if n else None


def top_boxes(counts: Sequence[int], boxes: int) -> tuple[int, int]:
    """How many chose one of the ``boxes`` highest answers, and how many answered.

    Raises:
        ValueError: The scale has not so many answers.
    """
    return bottom_boxes(counts[::-1], boxes)


def bottom_boxes(counts: Sequence[int], boxes: int) -> tuple[int, int]:
    """How many chose one of the ``boxes`` lowest answers, and how many answered.

    Raises:
        ValueError: The scale has not so many answers.
    """
    if not 1 <= boxes <= len(counts):
        raise ValueError(f"a scale of {len(counts)} answers has no {boxes} boxes to count")
    return sum(counts[:boxes]), sum(counts)
