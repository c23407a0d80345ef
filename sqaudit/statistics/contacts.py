"""First contact resolution: which cases took one contact only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

Contact = tuple[Hashable, Hashable, float]

REPEAT_WINDOW_DAYS = 7


def first_contact(
    contacts: Iterable[Contact], repeat_window_days: float = REPEAT_WINDOW_DAYS, observed_until: float | None = None
) -> tuple[int, int]:
    """How many cases took exactly one contact, and how many cases there are.

    A case is a customer's contacts about one issue of which none comes later than ``repeat_window_days`` after the one
    before it; a contact after a longer silence opens a new case.

    Args:
        contacts: Customer, issue and day (any number of days from a common start) of each, in any order.
        repeat_window_days: How long after a contact another one still belongs to its case.
        observed_until: The last day that was looked at. Cases whose window is not over by then are left out, for they
            may still repeat; without it none is.
    """
    days: defaultdict[tuple[Hashable, Hashable], list[float]] = defaultdict(list)
    for customer, issue, day in contacts:
        days[customer, issue].append(day)
    closed = [
        case
        for of_issue in days.values()
        for case in _cases(sorted(of_issue), repeat_window_days)
        if observed_until is None or case[-1] + repeat_window_days <= observed_until
    ]
    return sum(len(case) == 1 for case in closed), len(closed)


def _cases(days: list[float], window: float) -> Iterator[list[float]]:
    case: list[float] = []
    for day in days:
        if case and day - case[-1] > window:
            yield case
            case = []
        case.append(day)
    yield case
