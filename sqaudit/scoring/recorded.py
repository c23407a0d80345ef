"""Answers that records gave: kept as a number among the statistics of an observation, read back as an answer."""

from __future__ import annotations

from decimal import Decimal

from sqaudit.model.answer import AnswerForm, AnswerKind
from sqaudit.model.evidence import Number, Observation

# The statistic of an observation that holds the answer: of a choice, the place of the option in the order of their ids,
# since documents come back from the store with their keys in order.
ANSWER = ":answer"
_WORDS = ("no", "yes")


def number_of_answer(form: AnswerForm, written: str) -> Number:
    """The number under which an answer is kept; of a kind that gives points, or of a deduction or number."""
    if form.kind is AnswerKind.YES_NO:
        return _WORDS.index(written)
    return _options(form).index(written) if form.options else Decimal(written)


def best_answer(form: AnswerForm) -> Number | None:
    """The number of the best answer that there is: yes, never, most points; ``None`` where nothing is best."""
    if form.options:
        best = max(form.options, key=lambda option: (option.points, option.id))
        return number_of_answer(form, best.id)
    return {AnswerKind.YES_NO: Decimal(1), AnswerKind.DEDUCTION: Decimal(0), AnswerKind.SCALE: form.maximum}.get(
        form.kind
    )


def written_answer(form: AnswerForm, observation: Observation) -> str | None:
    """What was answered, by a person or by records; ``None`` without an answer."""
    answer = observation.answer
    return recorded_answer(form, observation) if answer is None else answer.value


def recorded_answer(form: AnswerForm, observation: Observation) -> str | None:
    """What records answered; ``None`` where they did not."""
    number = observation.statistics.get(ANSWER)
    if number is None:
        return None
    if form.kind is AnswerKind.YES_NO:
        return _WORDS[int(number)]
    return _options(form)[int(number)] if form.options else f"{Decimal(number):f}"


def _options(form: AnswerForm) -> list[str]:
    return sorted(option.id for option in form.options)
