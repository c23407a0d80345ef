"""Risk is read as it is written, has its place in the matrix, and puts a list in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.model.risk import Risk, RiskLevel, read_risk

# The matrix as a table: rows are severities, columns occurrences; l, m, h and x for extreme.
MATRIX = ("llllm", "llmmh", "lmmhh", "lmhhx", "mhhxx")


def test_every_cell_of_the_matrix_has_its_level():
    levels = dict(zip("lmhx", RiskLevel, strict=True))
    for severity, row in enumerate(MATRIX, 1):
        for occurrence, letter in enumerate(row, 1):
            found = read_risk(f"{severity},{occurrence}")
            assert (found.level, found.rpn) == (levels[letter], None)


@given(st.integers(-1, 12), st.integers(-1, 12), st.none() | st.integers(-1, 12))
def test_only_numbers_of_their_scale_are_read(severity, occurrence, detection):
    parts = [one for one in (severity, occurrence, detection) if one is not None]
    found = read_risk(" , ".join(map(str, parts)))
    most = 5 if detection is None else 10
    if all(1 <= one <= most for one in parts):
        assert found == Risk(severity=severity, occurrence=occurrence, detection=detection)
        assert read_risk(found.written) == found
    else:
        assert found is None


@pytest.mark.parametrize("text", ["", "4", "4,", "4;3", "4,3,2,1", "high", "4.5,2", "４,３,", "007,1"])
def test_nothing_else_is_a_risk(text):
    assert read_risk(text) is None


def test_the_worst_stands_first_and_two_scales_never_mix():
    # 9,1,1 is rare and easily noticed, and still first; of equal products the more severe stands first.
    ordered = ["10,1,2", "9,1,1", "5,5", "5,2", "2,5", "1,1", "8,7,5", "7,8,5", "8,1,1"]
    for shuffled in (ordered[::-1], sorted(ordered)):
        assert sorted(shuffled, key=lambda text: read_risk(text).rank) == ordered
