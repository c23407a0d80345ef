"""Two net promoter scores, against the variances of their answers written out."""

from fractions import Fraction
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.model.spread import Promotion
from sqaudit.statistics.comparison import nps_difference

PERIODS = st.tuples(*[st.integers(0, 60)] * 3).filter(any)


def promotion(promoters, passives, detractors):
    n = Fraction(promoters + passives + detractors)
    return Promotion(promoters=Fraction(promoters), detractors=Fraction(detractors), n=n)


def answers(promoters, passives, detractors):
    return np.repeat([1.0, 0.0, -1.0], [promoters, passives, detractors])


@given(PERIODS, PERIODS)
def test_z_is_the_difference_in_standard_errors(before, after):
    found = nps_difference(promotion(*before), promotion(*after))
    old, new = answers(*before), answers(*after)
    error = (old.var() / len(old) + new.var() / len(new)) ** 0.5
    if found is None:
        assert error == 0
        return
    assert isclose(found.z, (new.mean() - old.mean()) / error, rel_tol=1e-9, abs_tol=1e-9)
    assert isclose(found.p, 2 * stats.norm.sf(abs(found.z)), rel_tol=1e-9, abs_tol=1e-300)


def test_without_answers_there_is_no_difference():
    assert nps_difference(promotion(0, 0, 0), promotion(1, 1, 1)) is None
    assert nps_difference(promotion(1, 1, 1), promotion(0, 0, 0)) is None


def test_more_promoters_than_answers_are_refused():
    impossible = Promotion(promoters=Fraction(3), detractors=Fraction(3), n=Fraction(5))
    with pytest.raises(ValueError, match="parts"):
        nps_difference(impossible, promotion(1, 1, 1))
