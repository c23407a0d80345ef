"""Switching rules; the worked series is in the vectors."""

import pytest

from sqaudit.sampling.switching import Inspection, inspections

N, T, D = Inspection.NORMAL, Inspection.TIGHTENED, Inspection.DISCONTINUED


@pytest.mark.parametrize(
    ("lots", "expected"),
    [
        ("", [N]),
        ("xx", [N, N, T]),
        ("x...x", [N, N, N, N, N, T]),
        ("x....x", [N, N, N, N, N, N, N]),  # six lots from one to the other
        ("xx.....", [N, N, T, T, T, T, T, N]),
        ("xx....x.....", [N, N, T, T, T, T, T, T, T, T, T, T, N]),  # five accepted in a row
        ("xx.....x.", [N, N, T, T, T, T, T, N, N, N]),  # what was rejected before does not count again
        ("xxxxxxx", [N, N, T, T, T, T, T, D]),
        ("xxx..x..x..x..x", [N, N, *[T] * 13, D]),  # in all, not in a row
    ],
)
def test_a_series_of_lots(lots, expected):
    assert inspections(lot == "." for lot in lots) == expected


def test_nothing_is_looked_at_once_inspection_is_discontinued():
    with pytest.raises(ValueError, match="discontinued"):
        inspections([False] * 8)
