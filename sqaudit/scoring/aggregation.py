"""Item scores to criterion, dimension, audit, region and programme, each with its coverage.

What is not applicable or not selected leaves the weights, unless a policy gave it a score; what could not be scored
stays in them, so that a missing value lowers the coverage and never the score (``domain`` rule: no data is never 0).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.score import NOTHING_SCORED, ItemResult, Level, Score, Status
from sqaudit.model.standard import Combine, Criterion, CriticalPolicy, Rollup, Severity, Standard
from sqaudit.scoring.deduction import deduct
from sqaudit.scoring.exact import kept, weighted_mean
from sqaudit.scoring.rollups import MEANS

_ERROR = Status.ERROR
_OUT = frozenset({Status.NOT_APPLICABLE, Status.NOT_SELECTED})
ALL_COVERED, NONE_COVERED = kept(Decimal(1)), Decimal(0)
NOT_OBSERVED = "not_observed"


class AuditScores(Struct, frozen=True, kw_only=True):
    """All scores of one site: per criterion, per dimension, and the audit's own (not yet rated)."""

    criteria: tuple[Score, ...]
    dimensions: tuple[Score, ...]
    audit: Score


def score_audit(
    standard: Standard, site: str, results: Sequence[ItemResult], bonuses: Collection[str] = ()
) -> AuditScores:
    """Roll the items of one site up to criteria, dimensions and the audit score, with the critical policy applied.

    ``bonuses`` are the items whose points are added, where the standard's rollup is ``deduction``.
    """
    mean = MEANS[standard.scoring.rollup]
    if mean.item is not None:
        results = [mean.item(result) for result in results]
    by_criterion: dict[str | None, list[ItemResult]] = {}
    for result in results:
        by_criterion.setdefault(result.criterion, []).append(result)
    criteria: list[Score] = []
    by_dimension: defaultdict[str, list[Score]] = defaultdict(list)
    for criterion in standard.criteria.values():
        score = _criterion_score(criterion, site, by_criterion.get(criterion.id, ()))
        criteria.append(score)
        if score.coverage is not None:
            by_dimension[criterion.dimension].append(score)
    dimensions = [
        roll_up(Level.DIMENSION, d.id, site, by_dimension[d.id], d.weight) for d in standard.dimensions.values()
    ]
    members = mean.members(standard, criteria, dimensions)
    audit = roll_up(Level.AUDIT, site, site, [member for member in members if member.coverage is not None])
    if mean.whole is not None and audit.score is not None:
        whole = mean.whole(audit.score)
        audit = replace(audit, score=whole, raw_score=whole)
    if standard.scoring.rollup is Rollup.DEDUCTION:
        criteria, dimensions, (audit,) = (
            deduct(standard, results, bonuses, scores) for scores in (criteria, dimensions, [audit])
        )
    return AuditScores(criteria=tuple(criteria), dimensions=tuple(dimensions), audit=_judge_critical(standard, audit))


def _criterion_score(criterion: Criterion, site: str, results: Sequence[ItemResult]) -> Score:
    applicable = [result for result in results if result.status not in _OUT or result.score is not None]
    score, coverage = _combined(criterion.combine, applicable)
    is_critical = criterion.severity is Severity.CRITICAL
    return Score(
        level=Level.CRITERION,
        id=criterion.id,
        site=site,
        score=score,
        raw_score=score,
        coverage=coverage if results else NONE_COVERED,
        weight=criterion.weight,
        items=len(applicable),
        critical_failed=int(is_critical and any(result.status is Status.FAIL for result in applicable)),
        reason=None if score is not None else NOT_OBSERVED if not results else NOTHING_SCORED,
    )


def _combined(combine: Combine, applicable: Sequence[ItemResult]) -> tuple[Decimal | None, Decimal | None]:
    """The score and the coverage of items of one criterion."""
    if (
        len(applicable) == 1
        and (alone := applicable[0]).score is not None
        and alone.weight
        and alone.status is not _ERROR
    ):
        return alone.score, ALL_COVERED
    scored = [(result.weight, result.score) for result in applicable if result.score is not None]
    is_worst = combine is Combine.WORST
    score = min((points for _, points in scored), default=None) if is_worst else weighted_mean(scored)
    return score, weighted_mean((r.weight, Decimal(_is_covered(r))) for r in applicable)


def _is_covered(result: ItemResult) -> bool:
    """Whether it was looked at: what is in error was not, also where a rollup counts it as failed."""
    return result.score is not None and result.status is not _ERROR


def roll_up(
    level: Level, identity: str, site: str | None, members: Sequence[Score], weight: Decimal = Decimal(1)
) -> Score:
    """The mean of members by their weight, with the coverage of all of them."""
    score = weighted_mean((m.weight, m.score) for m in members if m.score is not None)
    return Score(
        level=level,
        id=identity,
        site=site,
        score=score,
        raw_score=score,
        coverage=_coverage(members),
        weight=weight,
        items=sum([m.items for m in members]),
        critical_failed=sum([m.critical_failed for m in members]),
        reason=None if score is not None else NOTHING_SCORED,
    )


def _coverage(members: Sequence[Score]) -> Decimal | None:
    if members and members[0].weight and all(m.coverage is ALL_COVERED for m in members):
        return ALL_COVERED
    return weighted_mean((m.weight, m.coverage or NONE_COVERED) for m in members)


def _judge_critical(standard: Standard, audit: Score) -> Score:
    if not audit.critical_failed or audit.score is None:
        return audit
    if standard.scoring.critical is CriticalPolicy.ZERO:
        return replace(audit, score=kept(Decimal(0)))
    if standard.scoring.critical is CriticalPolicy.CAP and standard.scoring.cap is not None:
        return replace(audit, score=kept(min(audit.score, standard.scoring.cap)))
    return audit
