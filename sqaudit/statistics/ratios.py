"""Shares, rates and net promoter scores as exact fractions, one by one and over several groups."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Count = int | Fraction


def share(part: Count, whole: Count) -> Fraction | None:
    """``part`` of ``whole``, 0 to 1; ``None`` of nothing.

    Raises:
        ValueError: ``part`` is not from 0 to ``whole``.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    return Fraction(part) / whole if whole else None


def rate(events: Count, exposure: Count, per: int = 1) -> Fraction | None:
    """``events`` for every ``per`` units of ``exposure``, of which there may be fewer; ``None`` on no exposure.

    Raises:
        ValueError: A number is below 0.
    """
    if events < 0 or exposure < 0:
        raise ValueError(f"a rate of {events} events on {exposure} is impossible")
    return Fraction(events) * per / exposure if exposure else None


def net_promoter_score(promoters: Count, detractors: Count, n: Count) -> Fraction | None:
    """The share of promoters less that of detractors, in points from -100 to 100; ``None`` without answers.

    Raises:
        ValueError: Promoters and detractors are not parts of the ``n`` answers.
    """
    if promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors are not parts of {n}")
    return Fraction(100 * (promoters - detractors)) / n if n else None


def pooled_share(groups: Sequence[tuple[Count, Count]]) -> Fraction | None:
    """The share over all ``(part, whole)`` groups together: large groups weigh more."""
    return share(sum(part for part, _ in groups), sum(whole for _, whole in groups))


def mean_share(groups: Sequence[tuple[Count, Count]]) -> Fraction | None:
    """The mean of the groups' shares, each counting once; groups of nothing are left out."""
    shares = [found for part, whole in groups if (found := share(part, whole)) is not None]
    return sum(shares, Fraction(0)) / len(shares) if shares else None
