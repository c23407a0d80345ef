"""Fetched rows are kept small, and the order they came in leaves no trace."""

import datetime as dt
import hashlib
import tracemalloc
from decimal import Decimal

from sqaudit.sources.landing import KeptRows, land_rows

ROWS = [
    {"id": 2, "cost": Decimal("1.50"), "at": dt.datetime(2026, 10, 1, 9, 30), "note": None},
    {"id": 10, "cost": 0.1, "more": {"day": dt.date(2026, 10, 1), "list": [1, "a"]}, "ok": True},
]


def test_what_is_kept_reads_back(tmp_path):
    kept = KeptRows(iter(ROWS), ",")
    assert list(kept) == [
        {"id": 2, "cost": "1,5", "at": "2026-10-01 09:30:00", "note": None},
        {"id": 10, "cost": "0,1", "more": {"day": "2026-10-01", "list": [1, "a"]}, "ok": True},
    ]
    assert list(kept) == list(kept), "as often as one likes"
    landed = land_rows(kept, "sql:tickets", tmp_path / "rows.jsonl")
    content = (tmp_path / "rows.jsonl").read_bytes()
    assert (landed.size, landed.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert landed.sha256 == kept.fingerprint
    assert land_rows(ROWS, "sql:tickets", tmp_path / "again.jsonl", ",").sha256 == landed.sha256


def test_rows_have_one_fingerprint_whatever_their_order():
    whole = KeptRows(ROWS).fingerprint
    assert KeptRows(reversed(ROWS)).fingerprint == whole
    others = [ROWS[:1], [*ROWS, ROWS[0]], [{**ROWS[0], "note": ""}, ROWS[1]], [{**ROWS[0], "id": 3}, ROWS[1]], []]
    assert len({whole, *(KeptRows(other).fingerprint for other in others)}) == 1 + len(others)


def test_rows_take_less_than_as_mappings():
    def rows():
        return (
            {"id": n, "at": f"2026-10-01 {n:08d}", "minutes": n / 7, "kind": f"k{n}", "site": "s"} for n in range(2_000)
        )

    def taken(keep):
        tracemalloc.start()
        held = keep(rows())
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert held is not None
        return size

    assert taken(KeptRows) < taken(list) / 2
