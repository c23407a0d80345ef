"""One item at one site: its status and its score, or the reason for none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqaudit.model.checklist import Checklist, Item
from sqaudit.model.evidence import Observation
from sqaudit.model.ports import Scorer
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Criterion, Severity
from sqaudit.model.target import Target
from sqaudit.scoring.exact import FULL, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An item with all that judging it needs, the same at every site."""

    checklist: Checklist
    item: Item
    criterion: Criterion | None
    scorer: Scorer

    @property
    def target(self) -> Target | None:
        """The item's own target, else its criterion's."""
        if self.item.target is not None:
            return self.item.target
        return self.criterion.target if self.criterion else None


def score_item(question: Question, observation: Observation, value: Value) -> ItemResult:
    """Judge what was observed: fail when the value misses the target, pass when it does not.

    An item without target passes with any value. Without a value there is no score and no verdict: ``error`` if
    collecting or measuring broke, else ``no_data``.
    """
    status, reason = _status(observation, value, question.target)
    score = None
    if value.value is not None and question.criterion is not None:
        raw = question.scorer.score(value.value, question.target, question.item.score.parameters)
        score = kept(min(max(raw, Decimal(0)), FULL))
    return _result(question, observation.site, status, value, observation=observation, score=score, reason=reason)


def skip_item(question: Question, site: str, status: Status, value: Value, reason: str | None) -> ItemResult:
    """An item that was not looked at: not applicable, not selected, or impossible to decide."""
    return _result(question, site, status, value, reason=reason)


def _status(observation: Observation, value: Value, target: Target | None) -> tuple[Status, str | None]:
    if observation.failed:
        return Status.ERROR, observation.reason
    if value.value is None:
        return Status.NO_DATA, observation.reason or value.reason
    if target is not None and not target.is_met_by(value.value):
        return Status.FAIL, None
    return Status.PASS, None


def _result(  # noqa: PLR0913 - the parts of one value
    question: Question,
    site: str,
    status: Status,
    value: Value,
    *,
    observation: Observation | None = None,
    score: Decimal | None = None,
    reason: str | None = None,
) -> ItemResult:
    criterion = question.criterion
    return ItemResult(
        site=site,
        checklist=question.checklist.id,
        item=question.item.id,
        criterion=criterion.id if criterion else None,
        dimension=criterion.dimension if criterion else None,
        status=status,
        severity=criterion.severity if criterion else Severity.OPPORTUNITY,
        value=value,
        n=observation.n if observation else 0,
        missing=observation.missing if observation else 0,
        invalid=observation.invalid if observation else 0,
        target=question.target,
        score=score,
        weight=question.item.weight,
        stale=observation.stale if observation else False,
        reason=reason,
    )
