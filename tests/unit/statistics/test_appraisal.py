"""Misses and false alarms; the attribute study of the AIAG is in the vectors."""

from fractions import Fraction

import pytest

from sqaudit.statistics.appraisal import appraise

GOOD, BAD = True, False


def test_calls_are_held_against_the_reference():
    found = appraise([GOOD, GOOD, BAD, BAD, GOOD], [GOOD, BAD, BAD, GOOD, GOOD])
    assert (found.bad, found.misses, found.good, found.false_alarms) == (2, 1, 3, 1)
    assert (found.miss_rate, found.false_alarm_rate) == (Fraction(1, 2), Fraction(1, 3))
    assert found.agreement == Fraction(3, 5)


def test_what_was_not_called_or_is_not_known_is_left_out():
    found = appraise([None, GOOD, BAD], [BAD, None, BAD])
    assert (found.bad, found.good, found.miss_rate) == (1, 0, 0)


def test_a_rate_of_nothing_is_unknown():
    assert appraise([GOOD], [GOOD]).miss_rate is None
    assert appraise([BAD], [BAD]).false_alarm_rate is None
    assert appraise([], []).agreement is None


def test_as_many_calls_as_references():
    with pytest.raises(ValueError, match="shorter"):
        appraise([GOOD, BAD], [GOOD])
