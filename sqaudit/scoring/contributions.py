"""What a score is made of: the part that each member brings, and the parts sum to the score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from msgspec.structs import replace

from sqaudit.model.score import Contribution, ItemResult, Score
from sqaudit.model.standard import Standard
from sqaudit.scoring.aggregation import AuditScores
from sqaudit.scoring.deduction import moves
from sqaudit.scoring.exact import FULL, NOTHING, share_of
from sqaudit.scoring.rollups import MEANS

# No id can be one of these: ids have no parentheses.
BASE, LIMIT, CRITICAL = "(base)", "(limit)", "(critical)"


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


def audit_contributions(standard: Standard, scores: AuditScores) -> tuple[Contribution, ...]:
    """What a site's criteria or dimensions bring to its audit score, by a rollup that is a mean.

    What a critical failure takes off stands in a part of its own.
    """
    mean = MEANS[standard.scoring.rollup]
    parts = contributions(mean.members(standard, scores.criteria, scores.dimensions))
    if mean.whole is not None and scores.audit.raw_score == NOTHING:
        parts = tuple(replace(part, points=NOTHING) for part in parts)
    return (*parts, *_critical(scores.audit))


def deduction_contributions(
    standard: Standard, results: Iterable[ItemResult], bonuses: Collection[str], audit: Score
) -> tuple[Contribution, ...]:
    """The base of a site's audit score, what each item took off or added, and what the limits gave back or took."""
    scored = {result.item: result for result in results}
    moved = moves(standard, scored.values(), bonuses)
    if audit.raw_score is None:
        return ()
    points = sum((points for _, points in moved), NOTHING)
    rest = audit.raw_score - standard.scoring.base - points
    return (
        _part(BASE, standard.scoring.base),
        *(_part(item, points, scored[item]) for item, points in moved),
        *([_part(LIMIT, rest)] if rest else []),
        *_critical(audit),
    )


def _critical(audit: Score) -> Iterator[Contribution]:
    if audit.score is not None and audit.raw_score is not None and audit.score != audit.raw_score:
        yield _part(CRITICAL, audit.score - audit.raw_score)


def _part(identity: str, points: Decimal, result: ItemResult | None = None) -> Contribution:
    return Contribution(id=identity, score=result.score if result else None, weight=NOTHING, points=points)


def earned_points(parts: Iterable[Contribution]) -> tuple[Decimal, Decimal]:
    """Σ weight·score ÷ 100 and Σ weight of the parts that were scored: earned of possible points."""
    scored = [(part.weight, part.score) for part in parts if part.score is not None]
    earned = sum((weight * score for weight, score in scored), NOTHING) / FULL
    return earned, sum((weight for weight, _ in scored), NOTHING)
