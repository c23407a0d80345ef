"""Sites in portions that fit: every site once, none too large a portion, and the same portions whatever the order."""

from hypothesis import given
from hypothesis import strategies as st

from sqaudit.measures.partitions import parts_within

BYTES = 24
SHARE = 0.4
counts = st.dictionaries(
    st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=3), st.integers(0, 10**6), max_size=30
)


@given(values=counts, memory=st.integers(10**6, 10**9), order=st.randoms(use_true_random=False))
def test_every_site_is_in_one_portion_and_portions_are_about_equal(values, memory, order):
    sites = sorted(values)
    parts = parts_within(sites, values, memory)
    assert sorted(site for part in parts for site in part) == sites
    shuffled = sites[:]
    order.shuffle(shuffled)
    assert [sorted(part) for part in parts_within(shuffled, values, memory)] == [sorted(part) for part in parts]
    largest = max(values.values(), default=0)
    most = max(memory * SHARE / BYTES, largest)
    for part in parts:
        assert sum(values[site] for site in part) <= most + largest


def test_without_a_limit_all_sites_are_looked_at_together():
    assert parts_within(["b", "a"], {"a": 10**12}, None) == [["b", "a"]]
    assert parts_within([], {}, 10**6) == [[]]


def test_a_site_that_does_not_fit_is_a_portion_of_its_own():
    values = {"big": 10**7, "a": 10, "b": 20}
    assert ["big"] in parts_within(["a", "b", "big"], values, 64 * 10**6)


def test_sites_without_rows_are_in_some_portion():
    """They are answered too, with nothing."""
    parts = parts_within(["a", "b", "c", "d"], {"a": 10**6, "b": 10**6}, 64 * 10**6)
    assert sorted(site for part in parts for site in part) == ["a", "b", "c", "d"]
    assert len(parts) == 2
