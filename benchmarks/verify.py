"""Are the values right? Every value and verdict of a run against one plain aggregate per indicator, written by hand.

``python benchmarks/verify.py --rows 1M [--times 10]`` runs the audit and compares. Values agree to 1e-9, relatively.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from kpis import base_sql, sql
from listq import source_sql
from project import BenchProject, make_project
from ticket_sets import TicketSet, read_rows

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """One result that is not what it should be: value and status, as measured and as expected."""

    site: str
    kpi: str
    measured: tuple[float | None, str]
    expected: tuple[float | None, str]

    def __str__(self) -> str:
        return f"site {self.site}, {self.kpi}: {self.measured}, expected {self.expected}"


Outcome = dict[tuple[str, str], tuple[float | None, str]]


def measured_by_sqaudit(project: BenchProject) -> Outcome:
    """The results of a project's newest cycle, by site and indicator."""
    listed = subprocess.run(project.command("results", "list", "--format", "json"), check=True, capture_output=True)
    return {(row["site"], row["item"]): (row["value"], row["status"]) for row in json.loads(listed.stdout)}


def written_by_hand(project: BenchProject) -> Outcome:
    """The same by one aggregate per indicator; a site without rows has no value."""
    files = [str(file) for file in project.tickets.files]
    values = ", ".join(sql(kpi) for kpi in project.kpis)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT site_id, {values} FROM ({base_sql(source_sql(files))}) GROUP BY 1"
        ).fetchall()
    found: Outcome = {
        (str(site), kpi.id): (None, "no_data") for site in range(project.tickets.sites) for kpi in project.kpis
    }
    for site, *row in rows:
        for kpi, value in zip(project.kpis, row, strict=True):
            status = "no_data" if value is None else "pass" if kpi.is_met_by(value) else "fail"
            found[str(site), kpi.id] = (value, status)
    return found


def differences(measured: Outcome, expected: Outcome) -> Iterator[Difference]:
    """Everything that differs, missing and superfluous results included."""
    nothing = (None, "not there")
    for site, kpi in sorted(measured.keys() | expected.keys()):
        ours, theirs = measured.get((site, kpi), nothing), expected.get((site, kpi), nothing)
        if ours[1] != theirs[1] or not _equal(ours[0], theirs[0]):
            yield Difference(site, kpi, ours, theirs)


def _equal(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def verify(project: BenchProject) -> tuple[int, list[Difference]]:
    """How many results were compared, and those that differ."""
    expected = written_by_hand(project)
    return len(expected), list(differences(measured_by_sqaudit(project), expected))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=read_rows, default=1_000_000)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--times", type=int, default=1)
    wanted = parser.parse_args()
    made = make_project(TicketSet(rows=wanted.rows, sites=wanted.sites), name="-verified", times=wanted.times)
    subprocess.run(made.run_command(), check=True)
    compared, wrong = verify(made)
    print(f"{compared} results compared, {len(wrong)} differ", *wrong[:20], sep="\n")
    sys.exit(bool(wrong))
