"""Auditors against a reference, or else against each other: who calls bad what is bad, and good what is good.

What is compared is the result of an answer, pass or fail, as an audit would judge it; what was answered exactly is for
``rating_agreement``. A unit and its hidden repeats are one thing that was looked at several times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.answer import AnswerKey, EvidenceRules, GivenAnswer
from sqaudit.model.calibration import Conclusion, Rating, Verdict
from sqaudit.model.evidence import Observation
from sqaudit.model.score import Status
from sqaudit.scoring.answers import score_answer
from sqaudit.scoring.items import Question
from sqaudit.statistics.appraisal import Appraisal, appraise
from sqaudit.statistics.intervals import clopper_pearson
from sqaudit.statistics.ratios import share

REFERENCE, OTHERS = "reference", "others"
# An attribute study needs that many things to tell auditors apart.
FEWEST_UNITS: Final = 20
_CALLS = frozenset({Status.PASS, Status.FAIL, Status.NOT_APPLICABLE})
# Effectiveness at least, miss rate at most, false-alarm rate at most (AIAG, Measurement Systems Analysis).
_LIMITS: Final = (
    (Verdict.ACCEPT, Fraction(90, 100), Fraction(2, 100), Fraction(5, 100)),
    (Verdict.MARGINAL, Fraction(80, 100), Fraction(5, 100), Fraction(10, 100)),
)

# The result of each rating, by unit and item.
Calls: TypeAlias = Mapping[tuple[str, str], Status]


class AuditorAgreement(Struct, frozen=True, kw_only=True):
    """One auditor, over all questions that can fail, or over one ``item``.

    ``agreement`` is the share of ``decisions`` that were right (``against`` the reference: a decision is a question
    about one thing, right if every look at it was), or the share of equal pairs with the others. ``low`` and ``high``
    are exact limits of a share of things. Of ``repeated`` decisions, those on things seen more than once,
    ``repeat_agreement`` is the share that did not change. Shares run from 0 to 1; ``None`` is unknown.
    """

    auditor: str
    item: str | None
    against: str
    units: int
    decisions: int
    agreement: Fraction | None
    low: float | None
    high: float | None
    appraisal: Appraisal | None
    repeated: int
    repeat_agreement: Fraction | None


def call_of(question: Question, rating: Rating) -> Status | None:
    """Pass, fail or not applicable, as an audit would judge the answer; ``None`` of a question that cannot fail.

    No evidence is kept beside ratings, so that none is asked for.
    """
    ask = question.item.ask
    if ask is None or question.target is None:
        return None
    key = AnswerKey(programme="", period="", site="", checklist=question.checklist.id, item=rating.item)
    answer = GivenAnswer(
        key=key,
        value=rating.value,
        not_applicable=rating.not_applicable,
        given_by=rating.rated_by,
        given_at=rating.rated_at,
    )
    seen = Observation(site="", checklist=key.checklist, item=rating.item, answer=answer)
    status = score_answer(question, replace(ask, evidence=EvidenceRules()), seen).status
    return status if status in _CALLS else None


def calls_by_rater(
    questions: Mapping[str, Question], ratings: Iterable[Rating]
) -> dict[str, dict[tuple[str, str], Status]]:
    """The calls of each rater, by unit and item."""
    calls: defaultdict[str, dict[tuple[str, str], Status]] = defaultdict(dict)
    for rating in ratings:
        own, call = calls[rating.rated_by], call_of(questions[rating.item], rating)
        if call is not None:
            own[rating.unit, rating.item] = call
    return dict(calls)


def compare_auditor(
    auditor: str,
    calls: Mapping[str, Calls],
    reference: str | None,
    originals: Mapping[str, str],
    item: str | None = None,
) -> AuditorAgreement:
    """Hold one auditor against the reference; where nobody gave one, against the others.

    Args:
        auditor: Who.
        calls: The calls of everybody in the round.
        reference: Whose calls are taken for the truth, if anybody's.
        originals: What each unit is: itself, or the unit that it repeats.
        item: Only this question; default: all.
    """
    own = {place: call for place, call in calls[auditor].items() if item in {None, place[1]}}
    looks: defaultdict[tuple[str, str], set[Status]] = defaultdict(set)
    times: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (unit, asked), call in own.items():
        looks[originals[unit], asked].add(call)
        times[originals[unit], asked] += 1
    again = [place for place, count in times.items() if count > 1]
    found = AuditorAgreement(
        auditor=auditor,
        item=item,
        against=OTHERS if reference is None else REFERENCE,
        units=len({thing for thing, _ in looks}),
        decisions=0,
        agreement=None,
        low=None,
        high=None,
        appraisal=None,
        repeated=len(again),
        repeat_agreement=share(sum(len(looks[place]) == 1 for place in again), len(again)),
    )
    if reference is not None:
        return _against_reference(found, own, calls[reference], originals)
    pairs = [
        call == theirs[place]
        for name, theirs in calls.items()
        for place, call in own.items()
        if name != auditor and place in theirs
    ]
    return replace(found, decisions=len(pairs), agreement=share(sum(pairs), len(pairs)))


def _against_reference(
    found: AuditorAgreement, own: Calls, reference: Calls, originals: Mapping[str, str]
) -> AuditorAgreement:
    truth = {place: reference[place] for place in own if place in reference}
    right: dict[tuple[str, str], bool] = {}
    for (unit, asked), known in truth.items():
        thing = originals[unit], asked
        right[thing] = right.get(thing, True) and own[unit, asked] == known
    matched, n = sum(right.values()), len(right)
    low, high = clopper_pearson(matched, n) if n else (None, None)
    return replace(
        found,
        units=len({thing for thing, _ in right}),
        decisions=n,
        agreement=share(matched, n),
        low=low,
        high=high,
        appraisal=appraise([_is_good(own[place]) for place in truth], [_is_good(known) for known in truth.values()]),
    )


def _is_good(call: Status) -> bool | None:
    return None if call is Status.NOT_APPLICABLE else call is Status.PASS


def conclude_auditor(found: AuditorAgreement) -> Conclusion:
    """The verdict on an auditor, or why there is none; what is known may suffice for the worst."""
    appraisal = found.appraisal
    miss, alarm = (None, None) if appraisal is None else (appraisal.miss_rate, appraisal.false_alarm_rate)
    verdict, reason = _verdict(found, miss, alarm)
    return Conclusion(
        auditor=found.auditor,
        verdict=verdict,
        reason=reason,
        effectiveness=_float(found.agreement if appraisal is not None else None),
        miss_rate=_float(miss),
        false_alarm_rate=_float(alarm),
    )


def _verdict(
    found: AuditorAgreement, miss: Fraction | None, alarm: Fraction | None
) -> tuple[Verdict | None, str | None]:
    if found.appraisal is None:
        return None, "no_reference"
    effectiveness = found.agreement
    if effectiveness is None or found.units < FEWEST_UNITS:
        return None, "too_few_units"
    kept = (
        verdict
        for verdict, effective, missed, alarmed in _LIMITS
        if effectiveness >= effective and (miss or 0) <= missed and (alarm or 0) <= alarmed
    )
    best = next(kept, Verdict.UNACCEPTABLE)
    if best is Verdict.UNACCEPTABLE or (miss is not None and alarm is not None):
        return best, None
    return None, "nothing_bad" if miss is None else "nothing_good"


def compare_auditors(
    questions: Sequence[Question], ratings: Sequence[Rating], originals: Mapping[str, str]
) -> list[AuditorAgreement]:
    """Every auditor, over all questions and then question by question."""
    by_item = {question.item.id: question for question in questions}
    calls = calls_by_rater(by_item, with_reference_of_repeats(ratings, originals))
    reference = reference_of(ratings)
    judged = [question.item.id for question in questions if question.target is not None]
    return [
        compare_auditor(auditor, calls, reference, originals, item)
        for auditor in sorted(calls.keys() - {reference})
        for item in (None, *judged)
    ]


def with_reference_of_repeats(ratings: Sequence[Rating], originals: Mapping[str, str]) -> list[Rating]:
    """The ratings, where what the reference says of a thing it also says of its repeats, unless it rated them too."""
    given = {(rating.unit, rating.item): rating for rating in ratings if rating.is_reference}
    items = {item for _, item in given}
    said = [
        replace(given[original, item], unit=unit)
        for unit, original in originals.items()
        for item in sorted(items)
        if (unit, item) not in given and (original, item) in given
    ]
    return [*ratings, *said]


def reference_of(ratings: Iterable[Rating]) -> str | None:
    """Whose ratings are taken for the truth; ``None`` if nobody's are."""
    return next((rating.rated_by for rating in ratings if rating.is_reference), None)


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
