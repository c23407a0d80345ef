"""One question at one site: what its answer is worth, or why it is worth nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator
from decimal import Decimal, InvalidOperation

from msgspec.structs import replace

from sqaudit.model.answer import SEPARATOR, AnswerForm, AnswerKind, Ask, GivenAnswer, Need
from sqaudit.model.evidence import Observation
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.scoring.exact import FULL, kept, weighted_mean
from sqaudit.scoring.items import Question, conclude, score_value, skip_item
from sqaudit.scoring.recorded import written_answer

YES, NO = "yes", "no"
ANSWER_DOES_NOT_FIT = "answer_does_not_fit"
EVIDENCE_MISSING = "evidence_missing"
_UNITS = {
    AnswerKind.YES_NO: "share",
    AnswerKind.CHOICE: "points",
    AnswerKind.MULTI: "points",
    AnswerKind.DEDUCTION: "count",
}
_ONE = Decimal(1)


def unit_and_formula(form: AnswerForm) -> tuple[str, str]:
    """What an answer's value is measured in, and by which formula."""
    return _UNITS.get(form.kind, "number"), f"answer-{form.kind}/1"


def value_of_answer(form: AnswerForm, written: str) -> Decimal | None:
    """The number that an answer stands for: 1 or 0, the points of options, a number; ``None`` of texts and dates.

    Raises:
        ValueError: What is written is no answer to this question.
    """
    if not form.is_scored:
        return None
    if form.kind is AnswerKind.YES_NO:
        return {YES: Decimal(1), NO: Decimal(0)}[_one_of(written, (YES, NO))]
    if form.options:
        points = {option.id: option.points for option in form.options}
        chosen = written.split(SEPARATOR) if form.kind is AnswerKind.MULTI else [written]
        return weighted_mean((_ONE, points[_one_of(name, points)]) for name in chosen)
    return _number(form, written)


def score_answer(question: Question, ask: Ask, observation: Observation) -> ItemResult:
    """Judge an answer: against the target like a measured value, and by the evidence that has to stand beside it.

    Without an answer a question is ``unanswered``. A pass whose evidence is not there is none: ``no_data``; a fail
    stays one. Answers from records have nothing beside them: ``no_data`` or ``error`` if what there is cannot be used.
    """
    answer, form = observation.answer, ask.form
    unit, formula = unit_and_formula(form)
    nothing = Value(value=None, unit=unit, formula=formula)

    def without(status: Status, reason: str | None) -> ItemResult:
        return skip_item(question, observation.site, status, nothing, reason, observation.subject)

    if answer is not None and answer.value is None:
        return without(Status.NOT_APPLICABLE, answer.not_applicable)
    written = written_answer(form, observation)
    if written is None:
        status = Status.UNANSWERED if observation.reason is None else Status.NO_DATA
        skipped = without(Status.ERROR if observation.failed else status, observation.reason)
        return replace(skipped, invalid=observation.invalid, stale=observation.stale)
    try:
        number = value_of_answer(form, written)
    except ValueError:
        return without(Status.UNANSWERED, ANSWER_DOES_NOT_FIT)
    if number is None:
        result = replace(conclude(question, observation, nothing, None, None), status=Status.PASS)
    else:
        score = None if question.criterion is None else _score(question, form, number)
        value = Value(value=_plain(number), unit=unit, formula=formula)
        result = conclude(question, observation, value, score, question.target)
    if answer is None or not any(_lacking(ask, answer, result.status)):
        return result
    if result.status is Status.PASS:
        return without(Status.NO_DATA, EVIDENCE_MISSING)
    return replace(result, reason=EVIDENCE_MISSING)


def condition_value(form: AnswerForm, written: str) -> object:
    """What a condition reads of an answer: true or false, a number, the id of an option, a text, an ISO date."""
    if form.kind is AnswerKind.YES_NO:
        return written == YES
    if form.options or not form.is_scored:
        return written
    return Decimal(written)


def _one_of(name: str, known: Container[str]) -> str:
    if name not in known:
        raise ValueError(name)
    return name


def _number(form: AnswerForm, written: str) -> Decimal:
    try:
        number = Decimal(written)
    except InvalidOperation as error:
        raise ValueError(written) from error
    if not form.takes(number):
        raise ValueError(written)
    return number


def _score(question: Question, form: AnswerForm, number: Decimal) -> Decimal:
    """The points of an answer, 0 to 100; numbers and deductions are scored by the item's rule."""
    if form.kind is AnswerKind.YES_NO:
        return kept(FULL * number)
    if form.options:
        return kept(number)
    if form.kind is AnswerKind.SCALE and form.minimum is not None and form.maximum is not None:
        return kept(FULL * (number - form.minimum) / (form.maximum - form.minimum))
    return score_value(question, _plain(number))


def _plain(number: Decimal) -> float:
    return int(number) if number == number.to_integral_value() else float(number)


def _lacking(ask: Ask, answer: GivenAnswer, status: Status) -> Iterator[str]:
    """What has to stand beside an answer and does not."""
    rules = ask.evidence
    there = {
        "photo": any(one.is_photo for one in answer.evidence),
        "note": bool(answer.note),
        "file": bool(answer.evidence),
    }
    for what, need in (("photo", rules.photo), ("note", rules.note), ("file", rules.file)):
        is_needed = need is Need.ALWAYS or (need is Need.ON_FAIL and status is Status.FAIL)
        if is_needed and not there[what]:
            yield what
