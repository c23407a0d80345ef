"""Cells of collectors as text."""

from fractions import Fraction
from numbers import Integral

import pytest

from sqaudit.sources.cells import text_of


class ForeignInteger:
    """A whole number of another library, such as numpy's."""

    def __int__(self):
        return 7


Integral.register(ForeignInteger)


@pytest.mark.parametrize(("value", "text"), [(ForeignInteger(), "7"), (Fraction(1, 4), "0.25"), (Fraction(3), "3")])
def test_numbers_of_other_libraries_are_numbers(value, text):
    assert text_of(value) == text


def test_they_take_the_decimal_mark_of_the_source():
    assert text_of(Fraction(1, 4), ",") == "0,25"
