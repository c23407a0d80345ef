"""Answers as numbers: what is kept of an answer reads back as the same answer, and the best answer has most points."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.answer import AnswerForm, AnswerKind, Option
from sqaudit.model.evidence import Observation
from sqaudit.model.texts import Text
from sqaudit.scoring.answers import value_of_answer
from sqaudit.scoring.recorded import ANSWER, best_answer, number_of_answer, written_answer

YES_NO = AnswerForm(kind=AnswerKind.YES_NO)
CHOICE = AnswerForm(
    kind=AnswerKind.CHOICE,
    options=tuple(
        Option(id=name, title=Text({"en": name}), points=Decimal(points))
        for name, points in (("torn", 40), ("clean", 100), ("missing", 0), ("脏", 10))
    ),
)
SCALE = AnswerForm(kind=AnswerKind.SCALE, minimum=Decimal(-2), maximum=Decimal(7))
DEDUCTION = AnswerForm(kind=AnswerKind.DEDUCTION)
NUMBER = AnswerForm(kind=AnswerKind.NUMBER)


def observed(number):
    return Observation(site="north", checklist="c", item="i", statistics={ANSWER: number})


def back(form, written):
    return written_answer(form, observed(number_of_answer(form, written)))


@pytest.mark.parametrize(
    ("form", "answers"),
    [
        (YES_NO, ["yes", "no"]),
        (CHOICE, ["torn", "clean", "missing", "脏"]),
        (SCALE, ["-2", "0", "7"]),
        (DEDUCTION, ["0", "3", "100"]),
    ],
)
def test_an_answer_reads_back_as_it_was(form, answers):
    assert [back(form, written) for written in answers] == answers


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_reads_back_as_the_same_number(number):
    assert Decimal(back(NUMBER, f"{number:f}") or "") == number


def test_counted_rows_read_back_as_a_whole_number():
    assert written_answer(DEDUCTION, observed(2)) == "2"


@given(st.permutations(CHOICE.options))
def test_the_order_in_which_options_are_listed_changes_nothing(options):
    other = replace(CHOICE, options=tuple(options))
    for option in options:
        assert number_of_answer(other, option.id) == number_of_answer(CHOICE, option.id)
    assert best_answer(other) == best_answer(CHOICE)


@pytest.mark.parametrize(
    ("form", "answers"),
    [(YES_NO, ["yes", "no"]), (CHOICE, ["torn", "clean", "missing", "脏"]), (SCALE, ["-2", "0", "7"])],
)
def test_no_answer_has_more_points_than_the_best(form, answers):
    best = written_answer(form, observed(best_answer(form)))
    assert value_of_answer(form, best) == max(value_of_answer(form, written) for written in answers)


def test_nothing_occurs_less_than_never_and_no_number_is_best():
    assert (best_answer(DEDUCTION), best_answer(NUMBER)) == (0, None)


def test_without_an_answer_there_is_none():
    assert written_answer(YES_NO, Observation(site="north", checklist="c", item="i")) is None
