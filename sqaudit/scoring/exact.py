"""Exact arithmetic for scores: sums never depend on order, and a score is kept to 12 decimals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

FULL = Decimal(100)
NOTHING = Decimal(0)
ONE = Decimal(1)
_KEPT = Decimal("1e-12")
# 12 decimals times a weight, summed over any number of sites anybody has, stays within 80 digits: sums are exact.
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


def kept(number: Decimal) -> Decimal:
    """``number`` at the 12 decimals at which scores and coverages are kept."""
    return _EXACT.quantize(number, _KEPT)


def weighted_mean(members: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Σ weight·score ÷ Σ weight over ``(weight, score)`` pairs; ``None`` if the weights sum to nothing."""
    total, weights = NOTHING, NOTHING
    for weight, score in members:
        total = _EXACT.fma(weight, score, total)
        weights = _EXACT.add(weights, weight)
    return None if not weights else kept(_EXACT.divide(total, weights))


def share_of(part: Decimal, weight: Decimal, weights: Decimal) -> Decimal:
    """The points ``part`` brings with ``weight`` out of ``weights`` to a weighted mean."""
    return _EXACT.divide(_EXACT.multiply(part, weight), weights)
