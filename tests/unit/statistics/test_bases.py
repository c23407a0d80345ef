"""What may be shown, at both sides of each limit."""

import pytest

from sqaudit.statistics.bases import LOW_BASE_BELOW, SUPPRESS_BELOW, what_may_be_shown


@pytest.mark.parametrize(
    ("n", "about_persons", "about_things"),
    [
        (0, "no_data", "no_data"),
        (1, "suppressed", "low_base"),
        (SUPPRESS_BELOW - 1, "suppressed", "low_base"),
        (SUPPRESS_BELOW, "low_base", "low_base"),
        (LOW_BASE_BELOW - 1, "low_base", "low_base"),
        (LOW_BASE_BELOW, "ok", "ok"),
    ],
)
def test_few_persons_are_not_shown_and_few_things_are(n, about_persons, about_things):
    assert what_may_be_shown(n, about_persons=True) == about_persons
    assert what_may_be_shown(n, about_persons=False) == about_things


def test_limits_of_a_programme_of_its_own():
    assert what_may_be_shown(7, about_persons=True, suppress_below=10) == "suppressed"
    assert what_may_be_shown(40, about_persons=True, low_base_below=50) == "low_base"
