"""Many subjects as one site: the mean, the worst, the latest, or the share of those for which a condition holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import mean, variance
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.expressions.conditions import ConditionFailed
from sqaudit.measures.compiled import with_interval
from sqaudit.measures.finishing import NO_VALID_ROWS, exact_number
from sqaudit.model.checklist import Checklist, SummaryKind
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Score, Status, Value
from sqaudit.model.spread import Average, Exact, Proportion
from sqaudit.model.target import Direction, Target
from sqaudit.scoring.exact import FULL, NOTHING, weighted_mean
from sqaudit.scoring.items import Question, conclude, skip_item
from sqaudit.scoring.rating import condition_values
from sqaudit.statistics.spreads import bounds_of
from sqaudit.workflow.judging.items import without_value
from sqaudit.workflow.measurable import Measurable

FORMULAS = {
    SummaryKind.MEAN: "mean-of-subjects/1",
    SummaryKind.WORST: "worst-of-subjects/1",
    SummaryKind.LATEST: "latest-of-subjects/1",
    SummaryKind.SHARE: "share-of-subjects/1",
}
NO_SUBJECTS = "no_subjects"
LATEST_UNKNOWN = "latest_unknown"
_ONE = Decimal(1)
_PAIR = 2
_SHARE = "share"


class Subject(Struct, frozen=True, kw_only=True):
    """One subject judged: its results by item, its own score, and the moment of its newest row in microseconds.

    ``is_drawn`` tells whether people are asked about it.
    """

    label: str
    results: dict[str, ItemResult]
    score: Score
    latest: int | None
    is_drawn: bool = False

    @property
    def looked_at(self) -> list[ItemResult]:
        """Its results but for the questions that nobody was to answer about it."""
        return [one for one in self.results.values() if one.status is not Status.NOT_SELECTED]

    @property
    def is_counted(self) -> bool:
        """Whether anything came of it, or somebody was asked about it: else, without data, a subject is none."""
        return self.is_drawn or any(one.value.value is not None or one.status is Status.ERROR for one in self.looked_at)


class _Made(NamedTuple):
    """What the subjects make of an item at the site: on ``n`` of them the value rests."""

    value: Value
    score: Decimal | None
    n: int


def summarise(
    measurable: Measurable, checklist: Checklist, question: Question, site: Site, subjects: Sequence[Subject]
) -> ItemResult:
    """The site's result of an item that was looked at in these subjects.

    If the item is in error in one of them, so it is at the site. A question that no answer was given to is at the site
    what it is in its subjects.
    """
    subjects = [one for one in subjects if one.results[question.item.id].status is not Status.NOT_SELECTED]
    own = [subject.results[question.item.id] for subject in subjects]
    wrong = next((result for result in own if result.status is Status.ERROR), None)
    if wrong is not None:
        return skip_item(question, site.id, Status.ERROR, without_value(measurable, question), wrong.reason)
    if not subjects:
        return skip_item(question, site.id, Status.NO_DATA, without_value(measurable, question), NO_SUBJECTS)
    if question.item.ask is not None and not any(_is_answered(result) for result in own):
        status, reason = _why_unanswered(own)
        return skip_item(question, site.id, status, without_value(measurable, question), reason)
    if question.item.ask is not None and not question.item.ask.form.is_scored:
        return _informed(measurable, checklist, question, site, own)
    unit, _ = measurable.unit_and_formula(question.item.id)
    kind = checklist.summary.kind
    target = question.target
    try:
        if kind is SummaryKind.SHARE:
            made = _share(measurable, checklist, subjects)
            target = _target_of_share(target)
        elif kind is SummaryKind.LATEST:
            made = _latest(question, subjects, unit)
        elif kind is SummaryKind.WORST:
            made = _worst(question, own, unit)
        else:
            made = _mean(own, unit)
    except ConditionFailed as failure:
        return skip_item(question, site.id, Status.ERROR, without_value(measurable, question), str(failure))
    # Of measured items, rows are invalid in their subjects; of questions, the one answer there is.
    invalid = sum(result.invalid for result in own) if question.item.ask is not None else 0
    seen = Observation(
        site=site.id,
        checklist=checklist.id,
        item=question.item.id,
        n=made.n,
        missing=sum(result.status is not Status.NOT_APPLICABLE for result in own) - made.n - invalid,
        invalid=invalid,
        stale=any(result.stale for result in own),
    )
    return conclude(question, seen, made.value, made.score if question.criterion else None, target)


def _informed(
    measurable: Measurable, checklist: Checklist, question: Question, site: Site, own: Sequence[ItemResult]
) -> ItemResult:
    """What texts and dates are at the site: there, without a value."""
    answered = sum(_is_answered(result) for result in own)
    missing = sum(result.status in {Status.UNANSWERED, Status.NO_DATA} for result in own)
    seen = Observation(site=site.id, checklist=checklist.id, item=question.item.id, n=answered, missing=missing)
    nothing = without_value(measurable, question)
    return replace(conclude(question, seen, nothing, None, None), status=Status.PASS)


def _is_answered(result: ItemResult) -> bool:
    return result.status in {Status.PASS, Status.FAIL}


def _why_unanswered(own: Sequence[ItemResult]) -> tuple[Status, str | None]:
    """What a question is at a site that has no answer in any subject: unanswered if anybody could have answered."""
    statuses = {result.status for result in own}
    reasons = {result.reason for result in own}
    for status in (Status.UNANSWERED, Status.NO_DATA, Status.NOT_APPLICABLE):
        if status in statuses:
            return status, reasons.pop() if len(reasons) == 1 else None
    raise AssertionError(statuses)


def _mean(own: Sequence[ItemResult], unit: str) -> _Made:
    valued = [result for result in own if result.value.value is not None]
    numbers = [exact_number(result.value.value or 0) for result in valued]
    formula = FORMULAS[SummaryKind.MEAN]
    if not numbers:
        return _Made(_nothing(own, unit, formula), None, 0)
    middle = mean(numbers)
    least, most = _bounds(valued, numbers)
    spread = Average(
        mean=middle,
        variance=Fraction(variance(numbers, middle)) if len(numbers) >= _PAIR else None,
        n=Fraction(len(numbers)),
        least=least,
        most=most,
        counts=Counter(numbers),
    )
    value = with_interval(Value(value=float(middle), unit=unit, formula=formula, spread=spread))
    return _Made(value, weighted_mean((_ONE, one.score) for one in own if one.score is not None), len(numbers))


def _bounds(valued: Sequence[ItemResult], numbers: Sequence[Fraction]) -> tuple[Exact | None, Exact | None]:
    """What the mean of these values cannot go beyond: what none of them can."""
    found = [bounds_of(result.value.spread) for result in valued if result.value.spread is not None]
    if len(found) < len(valued):
        return (0, 1) if valued[0].value.unit == _SHARE and 0 <= min(numbers) <= max(numbers) <= 1 else (None, None)
    lows, highs = ([end for end in ends if end is not None] for ends in zip(*found, strict=True))
    least = min(lows) if len(lows) == len(found) else None
    most = max(highs) if len(highs) == len(found) else None
    is_inside = (least is None or least <= min(numbers)) and (most is None or max(numbers) <= most)
    return (least, most) if is_inside else (None, None)


def _worst(question: Question, own: Sequence[ItemResult], unit: str) -> _Made:
    formula = FORMULAS[SummaryKind.WORST]
    numbers = [result.value.value for result in own if result.value.value is not None]
    if not numbers:
        return _Made(_nothing(own, unit, formula), None, 0)
    less_is_better = question.target is not None and question.target.direction is Direction.LOWER
    value = Value(value=max(numbers) if less_is_better else min(numbers), unit=unit, formula=formula)
    return _Made(value, min((one.score for one in own if one.score is not None), default=None), len(numbers))


def _latest(question: Question, subjects: Sequence[Subject], unit: str) -> _Made:
    formula = FORMULAS[SummaryKind.LATEST]
    dated = [subject for subject in subjects if subject.latest is not None]
    if len(dated) < len(subjects):
        return _Made(Value(value=None, unit=unit, formula=formula, reason=LATEST_UNKNOWN), None, 0)
    newest = max(dated, key=lambda subject: (subject.latest or 0, subject.label))
    result, found = newest.results[question.item.id], newest.results[question.item.id].value
    value = Value(
        value=found.value,
        unit=unit,
        formula=formula,
        low=found.low,
        high=found.high,
        interval=found.interval,
        reason=result.reason,
        spread=found.spread,
    )
    return _Made(value, result.score, len(subjects) if found.value is not None else 0)


def _share(measurable: Measurable, checklist: Checklist, subjects: Sequence[Subject]) -> _Made:
    """How many of the subjects are as the condition asks; those of which that is not known are left out."""
    condition = measurable.conditions[checklist.id]
    answers = [condition.evaluate(condition_values(one.score, list(one.results.values()))) for one in subjects]
    known = [answer for answer in answers if answer is not None]
    unit, formula = _SHARE, FORMULAS[SummaryKind.SHARE]
    if not known:
        return _Made(Value(value=None, unit=unit, formula=formula, reason=NO_VALID_ROWS), None, 0)
    part, n = sum(known), len(known)
    value = Value(
        value=part / n, unit=unit, formula=formula, spread=Proportion(successes=Fraction(part), n=Fraction(n))
    )
    return _Made(with_interval(value), weighted_mean((_ONE, FULL if holds else NOTHING) for holds in known), n)


def _target_of_share(target: Target | None) -> Target:
    """The target that a share of subjects is held to: the item's if that is a share, else all of them."""
    if target is not None and not target.is_duration and 0 <= target.bound <= 1:
        return target
    return Target(text=">= 1", comparison=">=", bound=_ONE)


def _nothing(own: Sequence[ItemResult], unit: str, formula: str) -> Value:
    reasons = sorted({result.reason for result in own if result.reason is not None})
    return Value(value=None, unit=unit, formula=formula, reason=reasons[0] if len(reasons) == 1 else NO_VALID_ROWS)
