"""What a round came to, as flat rows: of an open one only how far everybody is, so that it stays blind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from sqaudit.model.calibration import RoundState
from sqaudit.scoring.calibration import AuditorAgreement, compare_auditors, with_reference_of_repeats
from sqaudit.scoring.rating_agreement import NOT_APPLICABLE, ItemAgreement, agree, answers_of
from sqaudit.workflow.calibration.rounds import OpenRound, find_round
from sqaudit.workflow.context import Context
from sqaudit.workflow.rows import Row

ITEM, AUDITOR = "item", "auditor"


def report_round(context: Context, identity: str) -> tuple[OpenRound, list[Row]]:
    """A round, and its rows: of ``level`` ``item`` (one for each coefficient) and ``auditor``.

    Raises:
        InvalidInput: There is no such round.
    """
    with context.store() as store:
        found = find_round(context, store, identity)
    if found.round.state is RoundState.OPEN:
        return found, list(_progress(found))
    return found, [*_items(found), *_auditors(found)]


def _row(found: OpenRound, level: str, **told: object) -> Row:
    one = found.round
    shared = {"round": one.id, "programme": one.programme, "period": one.period, "checklist": one.checklist}
    return {**shared, "state": one.state.value, "level": level, **told}


def _progress(found: OpenRound) -> Iterator[Row]:
    for auditor in found.auditors:
        yield _row(found, AUDITOR, auditor=auditor, **_complete(found, auditor))
    if found.reference is not None:
        yield _row(found, AUDITOR, auditor=found.reference, is_reference=True, **_complete(found, found.reference))


def _complete(found: OpenRound, rater: str) -> dict[str, object]:
    rated, asked = found.progress(rater)
    return {"rated": rated, "asked": asked, "complete": rated / asked}


def _items(found: OpenRound) -> Iterator[Row]:
    given = [rating for rating in found.ratings if not rating.is_reference]
    for question in found.questions:
        ask = question.item.ask
        assert ask is not None  # noqa: S101 - questions of a round are asked
        answers = answers_of(ask.form.kind, (one for one in given if one.item == question.item.id))
        for one in agree(question.item.id, ask.form.kind, answers):
            yield _row(
                found,
                ITEM,
                item=one.item,
                title=question.item.title,
                kind=one.kind.value,
                raters=one.raters,
                units=one.units,
                agreement=one.agreement,
                prevalence=_prevalence(one),
                **_coefficient(one),
            )


def _coefficient(one: ItemAgreement) -> dict[str, object]:
    return {
        "coefficient": one.coefficient,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "reason": one.reason,
    }


def _prevalence(one: ItemAgreement) -> Mapping[str, float] | None:
    if one.prevalence is None:
        return None
    return {"not_applicable" if name == NOT_APPLICABLE else name: part for name, part in one.prevalence.items()}


def _auditors(found: OpenRound) -> Iterator[Row]:
    conclusions = {one.auditor: one for one in found.round.conclusions}
    for one in compare_auditors(found.questions, found.ratings, found.round.originals):
        row = _row(found, AUDITOR, auditor=one.auditor, is_reference=False, item=one.item, **_figures(one))
        if one.item is None:
            concluded = conclusions[one.auditor]
            verdict = None if concluded.verdict is None else concluded.verdict.value
            yield {**row, **_complete(found, one.auditor), "verdict": verdict, "reason": concluded.reason}
        else:
            yield {**row, **_with_reference(found, one)}


def _with_reference(found: OpenRound, one: AuditorAgreement) -> dict[str, object]:
    """The coefficient of an auditor's answers to one question with the reference's, as if both were auditors."""
    pair = {one.auditor, found.reference}
    kind = next(q.item.ask.form.kind for q in found.questions if q.item.id == one.item and q.item.ask is not None)
    ratings = with_reference_of_repeats(found.ratings, found.round.originals)
    given = (rating for rating in ratings if rating.item == one.item and rating.rated_by in pair)
    return {} if found.reference is None else _coefficient(agree(one.item or "", kind, answers_of(kind, given))[0])


def _figures(one: AuditorAgreement) -> dict[str, object]:
    appraisal = one.appraisal
    return {
        "against": one.against,
        "units": one.units,
        "decisions": one.decisions,
        "agreement": _float(one.agreement),
        "agreement_low": one.low,
        "agreement_high": one.high,
        "bad": None if appraisal is None else appraisal.bad,
        "misses": None if appraisal is None else appraisal.misses,
        "miss_rate": None if appraisal is None else _float(appraisal.miss_rate),
        "good": None if appraisal is None else appraisal.good,
        "false_alarms": None if appraisal is None else appraisal.false_alarms,
        "false_alarm_rate": None if appraisal is None else _float(appraisal.false_alarm_rate),
        "repeated": one.repeated,
        "repeat_agreement": _float(one.repeat_agreement),
    }


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
