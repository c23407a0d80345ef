"""One item at one site: its status and its score, or the reason for none."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from sqaudit.model.checklist import BONUS, DEDUCT, Checklist, Item
from sqaudit.model.evidence import Observation
from sqaudit.model.ports import Scorer
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Criterion, NotApplicable, Scoring, Severity, Unanswered
from sqaudit.model.target import Target
from sqaudit.scoring.exact import FULL, NOTHING, kept


class Question(Struct, frozen=True, kw_only=True):
    """An item with all that judging it needs, the same at every site."""

    checklist: Checklist
    item: Item
    criterion: Criterion | None
    scorer: Scorer
    scoring: Scoring

    @property
    def target(self) -> Target | None:
        """The item's own target, else its criterion's."""
        return target_of(self.item, self.criterion)


def target_of(item: Item, criterion: Criterion | None) -> Target | None:
    """What an item has to meet: its own target, else its criterion's."""
    if item.target is not None:
        return item.target
    return criterion.target if criterion else None


def score_item(question: Question, observation: Observation, value: Value) -> ItemResult:
    """Judge what was observed: fail when the value misses the target, pass when it does not.

    An item without target passes with any value. Without a value there is no score and no verdict: ``error`` if
    collecting or measuring broke, else ``no_data``. Groups of rows have no score.
    """
    number, score = value.value, None
    if number is not None and question.criterion is not None and not observation.group:
        score = score_value(question, number)
    return conclude(question, observation, value, score, question.target)


def conclude(
    question: Question, observation: Observation, value: Value, score: Decimal | None, target: Target | None
) -> ItemResult:
    """A value with its score, against a target."""
    criterion = question.criterion
    reason = value.reason
    if observation.failed:
        status, reason = Status.ERROR, observation.reason
    elif value.value is None:
        status, reason = Status.NO_DATA, observation.reason or reason
    else:
        status = Status.PASS if target is None or target.is_met_by(value.value) else Status.FAIL
    return ItemResult(
        site=observation.site,
        checklist=question.checklist.id,
        item=question.item.id,
        criterion=criterion.id if criterion is not None else None,
        dimension=criterion.dimension if criterion is not None else None,
        status=status,
        severity=criterion.severity if criterion is not None else Severity.OPPORTUNITY,
        value=value,
        n=observation.n,
        missing=observation.missing,
        invalid=observation.invalid,
        target=target,
        score=score,
        weight=question.item.weight,
        stale=observation.stale,
        reason=reason,
        subject=observation.subject,
        group=observation.group,
    )


def score_value(question: Question, value: float) -> Decimal:
    """The score of a measured value, 0 to 100."""
    raw = question.scorer.score(value, question.target, question.item.score.parameters)
    return kept(min(max(raw, NOTHING), FULL))


def skip_item(  # noqa: PLR0913, PLR0917 - the parts of one value
    question: Question, site: str, status: Status, value: Value, reason: str | None, subject: str = "", group: str = ""
) -> ItemResult:
    """An item that was not looked at: not applicable, not answered, not selected, or impossible to decide.

    It has a score where a policy gives it one.
    """
    criterion = question.criterion
    is_scored = criterion is not None and not group
    return ItemResult(
        site=site,
        checklist=question.checklist.id,
        item=question.item.id,
        criterion=criterion.id if criterion else None,
        dimension=criterion.dimension if criterion else None,
        status=status,
        severity=criterion.severity if criterion else Severity.OPPORTUNITY,
        value=value,
        target=question.target,
        score=score_by_policy(question.item, question.scoring, status) if is_scored else None,
        weight=question.item.weight,
        reason=reason,
        subject=subject,
        group=group,
    )


def score_by_policy(item: Item, scoring: Scoring, status: Status) -> Decimal | None:
    """The score of an item that was not looked at, 0 to 100; ``None`` where no policy gives it one."""
    if status is Status.NOT_APPLICABLE:
        policy = item.not_applicable or scoring.not_applicable
        if policy is NotApplicable.FULL:
            return kept(item.score.most_points if item.score.scorer == BONUS else FULL)
        return _no_points(item) if policy is NotApplicable.ZERO else None
    if status is Status.UNANSWERED and (item.unanswered or scoring.unanswered) is Unanswered.ZERO:
        return _no_points(item)
    return None


def _no_points(item: Item) -> Decimal:
    """The lowest score of the item: where it takes points off, all that it can are off."""
    return kept(FULL - item.score.most_points if item.score.scorer == DEDUCT else NOTHING)
