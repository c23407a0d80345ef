"""A look in passing, for every change: ``python benchmarks/small.py`` measures 200,000 rows of 20 sites.

It prints ratios, which a busy machine may blur. It fails when the 50 indicators, or ten times as many, need more passes
over the rows than ``passes.json`` allows: that number follows from the plan alone.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from paired import Command, interleave
from project import BenchProject, make_project
from ticket_sets import TicketSet

ALLOWED = Path(__file__).with_name("passes.json")
ROWS, SITES, RUNS = 200_000, 20, 3


def count_passes(project: BenchProject) -> int:
    """How often a run walks over the rows of a project's tickets."""
    from sqaudit.measures.planning import plan_passes  # noqa: PLC0415 - after measuring: who measures stays small
    from sqaudit.workflow.context import open_context  # noqa: PLC0415
    from sqaudit.workflow.measurable import make_measurable  # noqa: PLC0415

    context = open_context(folder=project.folder, environ=os.environ, now=datetime.now(UTC), no_plugins=True)
    measurable = make_measurable(context.library.resolved("tickets"), context.host, None)
    return len(plan_passes(measurable.requests["tickets"], measurable.programme.levels))


def main() -> bool:
    """Measure and print; whether there are too many passes."""
    tickets = TicketSet(rows=ROWS, sites=SITES)
    projects = {50 * times: make_project(tickets, name="-small", times=times) for times in (1, 10)}
    project = projects[50]
    yardstick = [sys.executable, str(Path(__file__).with_name("listq.py")), *map(str, tickets.files)]
    found = interleave(
        [
            Command(name="sqaudit", arguments=project.run_command(), before=project.forget),
            Command(name="listq", arguments=yardstick),
        ],
        RUNS,
    )
    for name, measured in found.items():
        if measured.failure is not None:
            print(f"{name}: {measured.failure}")
    if not any(measured.failure for measured in found.values()):
        ours, theirs = found["sqaudit"], found["listq"]
        for of in ("wall", "cpu", "peak"):
            print(f"{of}, sqaudit / listq: {ours.median(of) / theirs.median(of):.2f} times")
    allowed = json.loads(ALLOWED.read_text(encoding="utf-8"))
    passes = {str(measures): count_passes(made) for measures, made in projects.items()}
    for measures, number in passes.items():
        print(f"passes for {measures} measures: {number}, allowed {allowed[measures]}")
    return any(number > allowed[measures] for measures, number in passes.items())


if __name__ == "__main__":
    sys.exit(main())
