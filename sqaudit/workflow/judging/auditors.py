"""One question at one place: every answer to it is judged on its own, then what several of them come to together.

Nothing here depends on the order in which the answers came.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import mean

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.answer import Ask, GivenAnswer
from sqaudit.model.evidence import Observation
from sqaudit.model.people import Several, Team
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.scoring.answers import score_answer
from sqaudit.scoring.exact import ONE, weighted_mean
from sqaudit.scoring.items import Question, conclude, skip_item
from sqaudit.workflow.judging.items import broken, without_value
from sqaudit.workflow.measurable import Measurable

AUDITORS_DIFFER = "auditors_differ"
CHOICE_VOID = "choice_void"
MEAN = "mean-of-auditors/1"


class JudgedQuestion(Struct, frozen=True, kw_only=True):
    """The item's own ``result``, those of its auditors as ``parts``, and the ``answer`` that conditions may read."""

    result: ItemResult
    parts: tuple[ItemResult, ...] = ()
    answer: GivenAnswer | None = None


class _Given(Struct, frozen=True):
    """An answer that one auditor gave, judged on its own."""

    observation: Observation
    answer: GivenAnswer
    result: ItemResult


def judge_answers(
    measurable: Measurable, question: Question, ask: Ask, observed: Sequence[Observation]
) -> JudgedQuestion:
    """Judge a question that was asked at one place: ``observed`` holds one observation for each answer, or one without.

    What a dispute decided stands for the item, whatever the auditors said.
    """
    team = measurable.programme.team
    judged = [(one, one.answer, _judge(measurable, question, ask, one)) for one in observed]
    given = [_Given(one, answer, result) for one, answer, result in judged if answer is not None]
    given.sort(key=lambda one: one.answer.auditor)
    if team.several is None or not given:
        _, answer, result = judged[0]
        return JudgedQuestion(result=result, answer=answer)
    parts = tuple(replace(one.result, auditor=one.answer.auditor) for one in given if one.answer.dispute is None)
    decided = next((one for one in given if one.answer.dispute is not None), None)
    if decided is not None:
        return JudgedQuestion(result=decided.result, parts=parts, answer=decided.answer)
    if len({one.answer.value for one in given}) == 1:
        # A pass of which one auditor has no evidence is none: reasons go first.
        agreed = next((one.result for one in given if one.result.reason is not None), given[0].result)
        whole = replace(agreed, n=len(given)) if agreed.n else agreed
        return JudgedQuestion(result=whole, parts=parts, answer=given[0].answer)
    differing = _chosen if team.several is Several.LEAD else _mean
    result, answer = differing(measurable, question, team, given)
    return JudgedQuestion(result=result, parts=parts, answer=answer)


def _judge(measurable: Measurable, question: Question, ask: Ask, observation: Observation) -> ItemResult:
    try:
        return score_answer(question, ask, observation)
    except Exception as error:  # noqa: BLE001 - scorers come from plugins
        return broken(measurable, question, observation, error)


_Outcome = tuple[ItemResult, GivenAnswer | None]


def _chosen(measurable: Measurable, question: Question, team: Team, given: Sequence[_Given]) -> _Outcome:  # noqa: ARG001
    """The answer that the lead chose, as long as it is the auditor's latest."""
    reason = AUDITORS_DIFFER
    for one in given:
        if one.observation.chosen_version == one.answer.version:
            return one.result, one.answer
        if one.observation.chosen_version is not None:
            reason = CHOICE_VOID
    return _undecided(measurable, question, given[0].observation, reason), None


def _mean(measurable: Measurable, question: Question, team: Team, given: Sequence[_Given]) -> _Outcome:
    """The mean of what can be averaged, against the target; conditions read what the lead answered."""
    lead = next((one.answer for one in given if one.answer.auditor == team.lead and _is_usable(one.result)), None)
    stopping = (Status.ERROR, Status.NO_DATA)
    for status in stopping:
        stopped = next((one.result for one in given if one.result.status is status), None)
        if stopped is not None:
            return stopped, lead
    results = [one.result for one in given if one.result.status in {Status.PASS, Status.FAIL}]
    valued = [result for result in results if result.value.value is not None]
    seen = given[0].observation
    if not valued:
        # Texts and dates inform: there is nothing to decide between them.
        told = replace(results[0], n=len(results)) if results else None
        return told or _undecided(measurable, question, seen, AUDITORS_DIFFER), lead
    middle = mean(Fraction(repr(result.value.value)) for result in valued)
    value = Value(
        value=int(middle) if middle.denominator == 1 else float(middle), unit=valued[0].value.unit, formula=MEAN
    )
    score = weighted_mean((ONE, result.score) for result in valued if result.score is not None)
    counted = Observation(
        site=seen.site,
        checklist=seen.checklist,
        item=seen.item,
        subject=seen.subject,
        n=len(valued),
        missing=len(given) - len(valued),
    )
    result = conclude(question, counted, value, score, question.target)
    reasons = [one.reason for one in valued if one.reason is not None]
    return (replace(result, reason=reasons[0]) if reasons and result.status is Status.FAIL else result), lead


def _is_usable(result: ItemResult) -> bool:
    return result.status is not Status.UNANSWERED


def _undecided(measurable: Measurable, question: Question, seen: Observation, reason: str) -> ItemResult:
    nothing = without_value(measurable, question)
    return skip_item(question, seen.site, Status.UNANSWERED, nothing, reason, seen.subject)
