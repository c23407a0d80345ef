"""Score to rating: by ranges of the score as it is shown, or by conditions on what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.expressions.conditions import Condition, ConditionFailed
from sqaudit.model.ids import fold_id
from sqaudit.model.score import ItemResult, Score, Status, shown_score
from sqaudit.model.standard import CriticalPolicy, Rating, Scoring

LOW_COVERAGE = "coverage_below_minimum"
MISSING_VALUE = "missing_value"


class RatingScale(Struct, frozen=True):
    """A standard's ratings, ready to be given. ``conditions`` is parallel to ``ratings``."""

    ratings: tuple[Rating, ...]
    conditions: tuple[Condition | None, ...]
    scoring: Scoring

    @property
    def is_conditional(self) -> bool:
        """Whether ratings are given by conditions instead of ranges of the score."""
        return any(condition is not None for condition in self.conditions)


def rate_audit(scale: RatingScale, audit: Score, results: Sequence[ItemResult]) -> Score:
    """The audit score with its rating, or with the reason why it has none.

    Without a score there is no rating: what nobody has looked at fails nothing, which is no merit.
    """
    if not scale.ratings or audit.score is None:
        return audit
    if scale.is_conditional:
        return _rate_by_condition(scale, audit, results)
    rated = rate_by_score(scale, audit)
    if rated.rating and audit.critical_failed and scale.scoring.critical is CriticalPolicy.RATING_ONLY:
        lowest = min(scale.ratings, key=lambda rating: rating.start or Decimal(0))
        return replace(rated, rating=lowest.rating)
    return rated


def rate_by_score(scale: RatingScale, score: Score) -> Score:
    """Rate by the ranges of the shown score; conditional scales give no rating above the site."""
    if not scale.ratings or scale.is_conditional or score.score is None or score.coverage is None:
        return score
    if score.coverage < scale.scoring.min_coverage:
        return replace(score, reason=LOW_COVERAGE)
    reached = [rating for rating in scale.ratings if (rating.start or Decimal(0)) <= shown_score(score.score)]
    best = max(reached, key=lambda rating: rating.start or Decimal(0), default=None)
    return replace(score, rating=best.rating if best else None)


def _rate_by_condition(scale: RatingScale, audit: Score, results: Sequence[ItemResult]) -> Score:
    if (audit.coverage or Decimal(0)) < scale.scoring.min_coverage:
        return replace(audit, reason=LOW_COVERAGE)
    known = condition_values(audit, results)
    for rating, condition in zip(scale.ratings, scale.conditions, strict=True):
        if condition is None:
            return replace(audit, rating=rating.rating)
        try:
            holds = condition.evaluate(known)
        except ConditionFailed as failure:
            return replace(audit, reason=str(failure))
        if holds is None:
            return replace(audit, reason=MISSING_VALUE)
        if holds:
            return replace(audit, rating=rating.rating)
    return replace(audit, reason=MISSING_VALUE)


def condition_values(audit: Score, results: Sequence[ItemResult]) -> Mapping[str, object]:
    """What a rating's condition may read: score as shown, coverage, failed items by severity, item values by id."""
    failed = Counter(result.severity.value for result in results if result.status is Status.FAIL)
    values: dict[str, object] = {fold_id(result.item): result.value.value for result in results}
    values.update({severity: failed[severity] for severity in ("critical", "major", "minor")})
    values["score"] = None if audit.score is None else shown_score(audit.score)
    values["coverage"] = audit.coverage
    return values
