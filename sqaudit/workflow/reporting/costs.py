"""What criteria cost, at each site and on average; which sites are at target, and their places among each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqaudit.model.report import SiteRow
from sqaudit.model.report_parts import AtTarget, CriterionRow
from sqaudit.model.score import ItemResult, Level, Score, Status, shown_score
from sqaudit.model.standard import Criterion, Standard
from sqaudit.scoring.exact import kept, weighted_mean
from sqaudit.scoring.losses import lost_points


def site_costs(
    standards: Mapping[str, Standard],
    scores: Iterable[Score],
    results: Iterable[ItemResult],
    bonuses: frozenset[str],
) -> dict[str, tuple[CriterionRow, ...]]:
    """The scored criteria of each site by its own standard, from the one that cost most points down."""
    own: defaultdict[str, defaultdict[Level, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        if score.site is not None and not score.subject:
            own[score.site][score.level].append(score)
    by_site: defaultdict[str, list[ItemResult]] = defaultdict(list)
    for result in results:
        by_site[result.site].append(result)
    return {
        site: _rows(standards[site], levels[Level.CRITERION], levels[Level.DIMENSION], by_site[site], bonuses)
        for site, levels in own.items()
    }


def _rows(
    standard: Standard,
    criteria: Sequence[Score],
    dimensions: Sequence[Score],
    results: Sequence[ItemResult],
    bonuses: frozenset[str],
) -> tuple[CriterionRow, ...]:
    lost = lost_points(standard, criteria, dimensions, results, bonuses)
    failed = {result.criterion for result in results if result.status is Status.FAIL}
    rows = [
        _row(
            standard.criteria[one.id], score=one.score, lost=lost.get(one.id, Decimal(0)), missed=int(one.id in failed)
        )
        for one in criteria
        if one.score is not None
    ]
    return tuple(sorted(rows, key=_most_costly))


def programme_costs(
    criteria: Mapping[str, Criterion], by_site: Mapping[str, Sequence[CriterionRow]], weights: Mapping[str, Decimal]
) -> tuple[CriterionRow, ...]:
    """The criteria over all sites: points lost are the mean over the sites that have a score, by what each counts."""
    scored = [(weights[site], rows) for site, rows in by_site.items() if rows]
    total = sum((weight for weight, _ in scored), Decimal(0))
    of_criterion: defaultdict[str, list[tuple[Decimal, CriterionRow]]] = defaultdict(list)
    for weight, rows in scored:
        for row in rows:
            of_criterion[row.id].append((weight, row))
    made = [
        _row(
            criteria[name],
            score=weighted_mean((weight, row.score) for weight, row in own if row.score is not None),
            lost=sum((weight * row.lost for weight, row in own), Decimal(0)) / total if total else Decimal(0),
            sites=len(own),
            missed=sum(row.missed for _, row in own),
        )
        for name, own in of_criterion.items()
    ]
    return tuple(sorted(made, key=_most_costly))


def _row(criterion: Criterion, *, score: Decimal | None, lost: Decimal, missed: int, sites: int = 1) -> CriterionRow:
    return CriterionRow(
        id=criterion.id,
        title=criterion.title,
        dimension=criterion.dimension,
        severity=criterion.severity,
        score=score,
        lost=kept(lost),
        sites=sites,
        missed=missed,
    )


def _most_costly(row: CriterionRow) -> tuple[Decimal, int, str]:
    return (-row.lost, row.severity.rank, row.id)


def at_target(standard: Standard, sites: Iterable[SiteRow]) -> AtTarget:
    """How many sites have the best rating, or miss nothing where there is no scale."""
    conditional = any(rating.when is not None for rating in standard.ratings)
    best = standard.ratings[0] if conditional else max(standard.ratings, key=_start, default=None)
    verdicts = [_is_at_target(site, None if best is None else best.rating) for site in sites]
    return AtTarget(
        reached=verdicts.count(True),
        missed=verdicts.count(False),
        unknown=verdicts.count(None),
        rating=None if best is None else best.rating,
    )


def _start(rating: object) -> Decimal:
    return getattr(rating, "start", None) or Decimal(0)


def _is_at_target(site: SiteRow, best: str | None) -> bool | None:
    if site.figures.critical_failed:
        return False
    if site.figures.score is None or (best is not None and site.figures.rating is None):
        return None
    return site.findings == 0 if best is None else site.figures.rating == best


def ranks(scores: Mapping[str, Decimal | None]) -> dict[str, int]:
    """The places of sites by their scores as they are shown, the highest first; equal ones share a place."""
    shown = {site: shown_score(score) for site, score in scores.items() if score is not None}
    return {site: 1 + sum(other > own for other in shown.values()) for site, own in shown.items()}
