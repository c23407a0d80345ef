"""Answers on a scale, against the answers written out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.scales import bottom_boxes, mean_answer, top_boxes

COUNTS = st.lists(st.integers(0, 20), min_size=1, max_size=11)


@given(COUNTS, st.integers(0, 1), st.data())
def test_boxes_and_mean_are_those_of_the_answers(counts, lowest, data):
    answers = [answer for answer, count in enumerate(counts, lowest) for _ in range(count)]
    boxes = data.draw(st.integers(1, len(counts)))
    highest = lowest + len(counts) - 1
    assert top_boxes(counts, boxes) == (sum(answer > highest - boxes for answer in answers), len(answers))
    assert bottom_boxes(counts, boxes) == (sum(answer < lowest + boxes for answer in answers), len(answers))
    assert mean_answer(counts, lowest) == (Fraction(sum(answers), len(answers)) if answers else None)


@pytest.mark.parametrize("boxes", [0, -1, 6])
def test_a_scale_has_only_so_many_boxes(boxes):
    for of in (top_boxes, bottom_boxes):
        with pytest.raises(ValueError, match="boxes"):
            of([1, 2, 3, 4, 5], boxes)
