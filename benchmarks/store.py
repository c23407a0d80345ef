"""Storing 25,000 results through our store against the same rows through bare sqlite3: ``python benchmarks/store.py``.

Both in one process, in turns, each time into a new database on disk: tables and index are there, one transaction.
Prints the seconds of each turn, ours first.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from kpis import KPIS

from sqaudit.model.programme import Period, Revision
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Severity
from sqaudit.model.target import read_target
from sqaudit.store.engine import open_store
from sqaudit.store.parts.results import Following

SITES = 500
TURNS = 7
_PERIOD = Period(label="2024", start=datetime(2024, 1, 1, tzinfo=UTC), end=datetime(2025, 1, 1, tzinfo=UTC))


def made_results() -> list[ItemResult]:
    """One result per site and indicator."""
    return [
        ItemResult(
            site=str(site),
            checklist="records",
            item=kpi.id,
            criterion=kpi.id,
            dimension="service",
            status=Status.PASS if (site + place) % 5 else Status.FAIL,
            severity=Severity.MINOR,
            value=Value(value=(site + 1) / (place + 3), unit="share", formula="share/1", low=0.25, high=0.75),
            n=site + place,
            missing=place,
            target=read_target(f"{kpi.target[0]} {kpi.target[1]}"),
            score=Decimal(100),
        )
        for site in range(SITES)
        for place, kpi in enumerate(KPIS)
    ]


def through_store(folder: Path, results: Sequence[ItemResult]) -> float:
    """Seconds that our store takes."""
    with open_store("sqlite:///store.db", folder) as store:
        store.add_revision(
            programme="tickets",
            period=_PERIOD,
            revision=Revision(number=1, fingerprint="0", recorded_at=_PERIOD.end, inputs={}, changes=()),
            documents=[],
            sites=[],
            sources=[],
            observations=[],
        )
        start = time.monotonic()
        store.save_scored("tickets", _PERIOD.label, 1, results, [], lambda _known, _actions: Following())
        return time.monotonic() - start


def through_sqlite(folder: Path) -> float:
    """Seconds that sqlite3 takes for the rows that our store has just written, in the same table."""
    with sqlite3.connect(folder / "store.db") as written:
        rows = written.execute("SELECT * FROM results").fetchall()
        table, index = (
            written.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()[0]
            for name in ("results", "ix_results_id")
        )
    bare = sqlite3.connect(folder / "bare.db")
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute(table)
    bare.execute(index)
    bare.commit()
    start = time.monotonic()
    with bare:
        bare.executemany(f"INSERT INTO results VALUES ({', '.join('?' * len(rows[0]))})", rows)
    taken = time.monotonic() - start
    bare.close()
    written.close()
    return taken


if __name__ == "__main__":
    results = made_results()
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory() as name:
            print(f"{through_store(Path(name), results):.4f} {through_sqlite(Path(name)):.4f}")
