"""What a score is made of: the part that each member brings, and the parts sum to the score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from sqaudit.model.score import Contribution, Score
from sqaudit.model.standard import Standard
from sqaudit.scoring.exact import FULL, NOTHING, share_of
from sqaudit.scoring.rollups import MEANS

# No id can be one of these: ids have no parentheses.
CRITICAL = "(critical)"


def contributions(members: Iterable[Score]) -> tuple[Contribution, ...]:
    """What each scored member brings to the weighted mean of all; the points sum to it."""
    members = [member for member in members if member.coverage is not None]
    weights = sum((m.weight for m in members if m.score is not None), Decimal(0))
    return tuple(
        Contribution(
            id=member.id,
            score=member.score,
            weight=member.weight,
            points=share_of(member.score, member.weight, weights) if member.score is not None and weights else NOTHING,
        )
        for member in members
    )


def audit_contributions(
    standard: Standard, criteria: Sequence[Score], dimensions: Sequence[Score], audit: Score
) -> tuple[Contribution, ...]:
    """What a site's criteria or dimensions bring to its audit score by the standard's rollup.

    What a critical failure takes off stands in a part of its own.
    """
    mean = MEANS[standard.scoring.rollup]
    parts = contributions(mean.members(standard, criteria, dimensions))
    if mean.whole is not None and audit.raw_score == NOTHING:
        parts = tuple(replace(part, points=NOTHING) for part in parts)
    if audit.score is None or audit.raw_score is None or audit.score == audit.raw_score:
        return parts
    return (*parts, Contribution(id=CRITICAL, score=None, weight=NOTHING, points=audit.score - audit.raw_score))


def earned_points(parts: Iterable[Contribution]) -> tuple[Decimal, Decimal]:
    """Σ weight·score ÷ 100 and Σ weight of the parts that were scored: earned of possible points."""
    scored = [(part.weight, part.score) for part in parts if part.score is not None]
    earned = sum((weight * score for weight, score in scored), NOTHING) / FULL
    return earned, sum((weight for weight, _ in scored), NOTHING)
