"""First contact resolution, against a pairwise definition."""

from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.contacts import first_contact

CONTACTS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 30)), max_size=12)


def touching(one, other, window):
    return one[:2] == other[:2] and abs(one[2] - other[2]) <= window


@given(CONTACTS, st.integers(0, 10))
def test_a_case_is_resolved_at_first_contact_when_nobody_calls_again_soon(contacts, window):
    alone = [
        i
        for i, one in enumerate(contacts)
        if not any(touching(one, other, window) for j, other in enumerate(contacts) if i != j)
    ]
    # A case begins with each contact that follows none of its kind; of several on one day the first counts.
    begins = [
        i
        for i, one in enumerate(contacts)
        if not any(
            touching(one, other, window) and (other[2], j) < (one[2], i) for j, other in enumerate(contacts) if i != j
        )
    ]
    assert first_contact(contacts, window) == (len(alone), len(begins))


@given(st.permutations([("a", "x", 0), ("a", "x", 3), ("b", "x", 0), ("a", "y", 9), ("a", "x", 11)]))
def test_the_order_of_contacts_does_not_matter(contacts):
    assert first_contact(contacts) == (3, 4)


def test_a_contact_on_the_last_day_of_the_window_is_a_repeat():
    assert first_contact([("a", "x", 0), ("a", "x", 7)]) == (0, 1)
    assert first_contact([("a", "x", 0), ("a", "x", 7.001)]) == (2, 2)


def test_a_case_whose_window_is_not_over_does_not_count_yet():
    contacts = [("a", "x", 0), ("b", "x", 10), ("c", "x", 0), ("c", "x", 7)]
    assert first_contact(contacts, 7, observed_until=14) == (1, 2)
    assert first_contact(contacts, 7, observed_until=13.9) == (1, 1)


def test_nobody_called():
    assert first_contact([]) == (0, 0)
