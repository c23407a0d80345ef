"""Answers of people above the site and over several periods: pooled one by one, as each was judged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from statistics import mean, variance

from msgspec.structs import replace

from sqaudit.measures.compiled import with_interval
from sqaudit.measures.finishing import exact_number
from sqaudit.model.answer import AnswerForm, AnswerKind
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.spread import Average, Proportion, Spread
from sqaudit.scoring.answers import unit_and_formula
from sqaudit.scoring.items import Question, conclude
from sqaudit.workflow.judging.answers import judge_questions
from sqaudit.workflow.judging.seen import Seen
from sqaudit.workflow.measurable import Measurable

FORMULA = "pooled-answers/1"
NOT_ANSWERED = "not_answered"
_PAIR = 2


def judge_questions_at(measurable: Measurable, site: Site, seen: Seen) -> dict[str, list[ItemResult]]:
    """The results of all questions at a site, by item: one for the site, or one for each subject asked about."""
    found: defaultdict[str, list[ItemResult]] = defaultdict(list)
    subjects = dict.fromkeys(one.subject for observed in seen.subjects.values() for one in observed)
    for subject in ("", *subjects):
        observed = (
            {item: [one for one in own if one.subject == subject] for item, own in seen.subjects.items()}
            if subject
            else seen.answers()
        )
        questions = [
            question
            for question in measurable.questions
            if question.item.ask is not None and bool(question.checklist.subject) == bool(subject)
        ]
        asked = {item: own for item, own in observed.items() if own}
        for item, result in judge_questions(measurable, questions, site, asked, subject).results.items():
            if item in asked:
                found[item].append(result)
    return found


def judge_unseen_at(measurable: Measurable, site: Site) -> dict[str, ItemResult]:
    """What all questions come to at a site where nobody looked, by item: missing, or not applicable there."""
    questions = [question for question in measurable.questions if question.item.ask is not None]
    return judge_questions(measurable, questions, site, {}).results


def pool_answers(question: Question, form: AnswerForm, results: Sequence[ItemResult], place: str) -> ItemResult:
    """What the answers come to together, each counted once: a share of those that say yes, else their mean.

    ``results`` are those of a question in every site and subject of the place.
    """
    unit, _ = unit_and_formula(form)
    numbers = [exact_number(result.value.value) for result in results if result.value.value is not None]
    seen = Observation(
        site=place,
        checklist=question.checklist.id,
        item=question.item.id,
        n=sum(result.status in {Status.PASS, Status.FAIL} for result in results),
        missing=sum(result.status in {Status.UNANSWERED, Status.NO_DATA} for result in results),
    )
    if not numbers:
        nothing = Value(value=None, unit=unit, formula=FORMULA, reason=NOT_ANSWERED)
        result = conclude(question, seen, nothing, None, question.target)
        is_told = seen.n and not form.is_scored
        return replace(result, status=Status.PASS, reason=None) if is_told else result
    middle = mean(numbers)
    value = Value(value=float(middle), unit=unit, formula=FORMULA, spread=_spread(form, numbers, middle))
    return conclude(question, seen, with_interval(value), None, question.target)


def _spread(form: AnswerForm, numbers: Sequence[Fraction], middle: Fraction) -> Spread:
    if form.kind is AnswerKind.YES_NO:
        return Proportion(successes=sum(numbers), n=Fraction(len(numbers)))
    points = [option.points for option in form.options]
    least, most = (min(points), max(points)) if points else (form.least, form.maximum)
    return Average(
        mean=middle,
        variance=Fraction(variance(numbers, middle)) if len(numbers) >= _PAIR else None,
        n=Fraction(len(numbers)),
        least=None if least is None else Fraction(least),
        most=None if most is None else Fraction(most),
        counts=Counter(numbers),
    )
