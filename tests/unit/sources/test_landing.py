"""Fetched rows land on disk, and the order they came in leaves no trace."""

import datetime as dt
import gc
import hashlib
from decimal import Decimal

from sqaudit.sources import landing
from sqaudit.sources.landing import LandedRows, land_rows

ROWS = [
    {"id": 2, "cost": Decimal("1.50"), "at": dt.datetime(2026, 10, 1, 9, 30), "note": None},
    {"id": 10, "cost": 0.1, "more": {"day": dt.date(2026, 10, 1), "list": [1, "a"]}, "ok": True},
]


def test_what_is_landed_reads_back():
    kept = LandedRows(iter(ROWS), "sql:tickets", ",")
    assert list(kept) == [
        {"id": 2, "cost": "1,5", "at": "2026-10-01 09:30:00", "note": None},
        {"id": 10, "cost": "0,1", "more": {"day": "2026-10-01", "list": [1, "a"]}, "ok": True},
    ]
    assert list(kept) == list(kept), "as often as one likes"
    content = kept.path.read_bytes()
    assert (kept.original.size, kept.original.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert land_rows(kept, "sql:tickets") is kept
    assert land_rows(ROWS, "sql:tickets", ",").fingerprint == kept.fingerprint


def test_rows_have_one_fingerprint_whatever_their_order():
    whole = LandedRows(ROWS, "n").fingerprint
    assert LandedRows(reversed(ROWS), "n").fingerprint == whole
    others = [ROWS[:1], [*ROWS, ROWS[0]], [{**ROWS[0], "note": ""}, ROWS[1]], [{**ROWS[0], "id": 3}, ROWS[1]], []]
    assert len({whole, *(LandedRows(other, "n").fingerprint for other in others)}) == 1 + len(others)


def test_more_rows_than_are_sorted_at_a_time_come_back_in_one_order_and_the_file_goes_with_them(monkeypatch):
    monkeypatch.setattr(landing, "_RUN", 7)
    rows = [{"id": number, "text": f"{number * 37 % 101:03d}"} for number in range(60)]
    kept = LandedRows(reversed(rows), "n")
    assert sorted(one["id"] for one in kept) == list(range(60))
    monkeypatch.undo()
    assert LandedRows(rows, "n").fingerprint == kept.fingerprint
    folder = kept.path.parent
    del kept
    gc.collect()
    assert not folder.exists()
