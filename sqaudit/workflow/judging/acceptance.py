"""Items of a lot: decided by how many of the drawn subjects fail, and by nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from sqaudit.measures.derived import COUNT
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Programme, Site
from sqaudit.model.sample import Lot, SampleRecord
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.target import Target
from sqaudit.scoring.exact import FULL, NOTHING, kept
from sqaudit.scoring.items import Question, conclude, score_by_policy, skip_item
from sqaudit.workflow.judging.summaries import Subject

FORMULA = "acceptance/1"
NOT_SAMPLED = "not_sampled"
NO_LOT = "no_lot"
SUBJECTS_MISSING = "subjects_missing"
_JUDGED = (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE)

Lots = Mapping[str, Lot]


def lots_of(programme: Programme, checklist: str, record: SampleRecord | None) -> Lots | None:
    """The lots of a checklist by site; ``None`` if its subjects are not accepted or rejected by their number.

    There are none where its newest sample was drawn in another way, or not at all.
    """
    plan = programme.samples.get(checklist)
    if plan is None or plan.acceptance is None:
        return None
    if record is None:
        return {}
    drawn: defaultdict[str, set[str]] = defaultdict(set)
    for unit in record.draw.units:
        drawn[unit.site].add(unit.id)
    return {
        lot.site: Lot(subjects=frozenset(drawn[lot.site]), accept=lot.accept)
        for lot in record.draw.strata
        if lot.accept is not None
    }


def without_lot(question: Question, site: Site, record: SampleRecord | None) -> ItemResult:
    """An item at a site of whose lot nothing was drawn, or in a way that gives no number."""
    is_lot = record is None or record.draw.plan.acceptance is not None
    return skip_item(question, site.id, Status.NO_DATA, _value(None), NOT_SAMPLED if is_lot else NO_LOT)


def decide_lot(question: Question, site: Site, subjects: Sequence[Subject], lot: Lot) -> ItemResult:
    """The site's result of an item by the drawn ones among the subjects that were looked at.

    One failing subject too many decides at once. Else every drawn subject has to be judged: one to which the item does
    not apply conforms. What is in error in one of them is in error at the site, as its number is not known.
    """
    own = [subject.results[question.item.id] for subject in subjects if subject.label in lot.subjects]
    counts = Counter(result.status for result in own)
    judged, failing = sum(counts[status] for status in _JUDGED), counts[Status.FAIL]
    missing = len(lot.subjects) - judged
    target = Target(text=f"<= {lot.accept}", comparison="<=", bound=Decimal(lot.accept))
    seen = Observation(
        site=site.id,
        checklist=question.checklist.id,
        item=question.item.id,
        n=judged,
        missing=missing,
        stale=any(result.stale for result in own),
    )
    if failing > lot.accept or not missing:
        points = NOTHING if failing > lot.accept else FULL
        return conclude(question, seen, _value(failing), kept(points) if question.criterion else None, target)
    wrong = next((result for result in own if result.status is Status.ERROR), None)
    if wrong is not None:
        return skip_item(question, site.id, Status.ERROR, _value(None), wrong.reason)
    result = conclude(question, seen, _value(None, f"{SUBJECTS_MISSING}:{missing}"), None, target)
    if question.item.ask is None:
        return result
    score = score_by_policy(question.item, question.scoring, Status.UNANSWERED) if question.criterion else None
    return replace(result, status=Status.UNANSWERED, score=score)


def in_numbers(result: ItemResult) -> ItemResult:
    """The result of a lot's item for which nothing could be counted: it still would be a number of subjects."""
    return result if result.value.formula == FORMULA else replace(result, value=_value(None, result.value.reason))


def _value(failing: int | None, reason: str | None = None) -> Value:
    return Value(value=failing, unit=COUNT, formula=FORMULA, reason=reason)
