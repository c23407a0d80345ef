"""Versions compare as numbers, and a range that cannot be read is not any range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.plugin.versions import read_range, read_requirement, read_version


@pytest.mark.parametrize(
    ("range_", "inside", "outside"),
    [
        (">=1.0", ["1", "1.0", "1.0.0", "1.10", "2"], ["0.9", "0.10"]),
        (">=1.9,<2", ["1.9", "1.10", "1.10.3"], ["1.8", "2", "2.0", "10"]),
        ("== 1.0", ["1", "1.0.0"], ["1.0.1"]),
        ("!=1.5", ["1.4", "1.6"], ["1.5", "1.5.0"]),
        (">1,<=2", ["1.0.1", "2"], ["1", "2.0.1"]),
        ("", ["0", "99"], []),
        (">=1", ["1.2rc1", "v1.2", "1.2.dev0"], [None, "", "unknown"]),
    ],
)
def test_a_range_holds_what_its_bounds_hold(range_, inside, outside):
    versions = read_range(range_)
    assert [version for version in inside if not versions.contains(version)] == []
    assert [version for version in outside if versions.contains(version)] == []


def test_no_demand_is_met_by_an_unknown_version():
    assert read_range("").contains(None)


@pytest.mark.parametrize("text", ["1.0", "=>1", ">=", ">=1,", "~=1.0", ">=one", "latest"])
def test_an_unreadable_range_is_none(text):
    assert read_range(text) is None


@pytest.mark.parametrize(
    ("text", "name", "range_"),
    [
        ("hotel", "hotel", ""),
        ("hotel >=1.0", "hotel", ">=1.0"),
        (" contact-centre>=1 , <2 ", "contact-centre", ">=1 , <2"),
    ],
)
def test_a_requirement_is_a_name_and_a_range(text, name, range_):
    assert (read_requirement(text)[0], read_requirement(text)[1].text) == (name, range_)


@pytest.mark.parametrize("text", ["", ">=1.0", "hotel 1.0", "hotel one", "hotel; rm"])
def test_an_unreadable_requirement_is_none(text):
    assert read_requirement(text) is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_order_is_that_of_the_numbers(left, right):
    """Against lists padded with zeros to one length."""
    texts = [".".join(map(str, numbers)) for numbers in (left, right)]
    padded = [numbers + [0] * (4 - len(numbers)) for numbers in (left, right)]
    assert (read_version(texts[0]) < read_version(texts[1])) == (padded[0] < padded[1])
