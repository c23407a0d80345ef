"""Every ratio that sqaudit is held to, measured in one go: ``python benchmarks/run.py [--rows 1M,10M,50M] [--runs N]``.

Whole processes in turns (A B C A B C …), ratios of medians. ``--only NAME…`` measures a part: listq, pandas, pandera,
soda3, soda4, gx, memory, month, sites, measures, store, pages, actions, forms, start, plugins, account. A whole run is
kept in ``benchmarks/results``.

P n: in turns, n runs each. 1: one run. E: extrapolated to 500 sites by the slope between two smaller numbers of sites.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from account import account, written
from forms import make_form_project
from installed import compare_help
from packs import compare_packs
from paired import Command, Measured, Usage, interleave, run_measured
from peers.environments import NoEnvironment, python_of
from project import PERIOD, BenchProject, last_month, make_project
from reporting import Line, machine, versions, write_report
from start import compare_starts
from ticket_sets import MONTHS, TicketSet, read_rows, show_rows

HERE = Path(__file__).resolve().parent
NAMES = (
    *("listq", "pandas", "pandera", "soda3", "soda4", "gx"),
    *("memory", "month", "sites", "measures", "store", "pages", "actions", "forms", "start", "plugins", "account"),
)
MILLION = 1_000_000
SMALL, MIDDLE, LARGE = MILLION, 10 * MILLION, 50 * MILLION
SITES = 500
FEW_SITES, MORE_SITES = 20, 60
MEMORY = "1GB"
SCRIPTS = {"pandas": "pandas_groupby.py", "pandera": "pandera_frames.py"} | {
    name: f"{name}.py" for name in ("soda3", "soda4", "gx")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is promised of one size: ours / theirs at most, or theirs / ours at least (``faster``)."""

    name: str
    limits: Mapping[int, float]
    of: str = "wall"
    faster: bool = False
    extrapolated: bool = False


CLAIMS = (
    Claim(name="listq", limits={SMALL: 2.5, MIDDLE: 1.25, LARGE: 0.8}),
    Claim(name="listq", limits={MIDDLE: 0.6, LARGE: 0.6}, of="peak"),
    Claim(name="pandas", limits={SMALL: 0.9, MIDDLE: 2.1}, faster=True),
    Claim(name="pandera", limits={SMALL: 12, MIDDLE: 8}, faster=True),
    Claim(name="soda3", limits={SMALL: 40}, faster=True),
    Claim(name="soda4", limits={SMALL: 50, MIDDLE: 80}, faster=True, extrapolated=True),
    Claim(name="gx", limits={SMALL: 50, MIDDLE: 12}, faster=True, extrapolated=True),
)
# Slow peers run fewer times: at most so often at each size.
MOST_RUNS = {
    "pandera": {SMALL: 3, MIDDLE: 1},
    "soda3": {SMALL: 1},
    "soda4": {SMALL: 3, MIDDLE: 1},
    "gx": {SMALL: 3, MIDDLE: 1},
}


def tell(text: str) -> None:
    """Say how far it has come."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def ours(project: BenchProject, *, name: str = "sqaudit", period: str = PERIOD) -> Command:
    """A first run of a project."""
    return Command(name=name, arguments=project.run_command(period), before=project.forget)


def listq(tickets: TicketSet, *more: str, name: str = "listq", runs: int | None = None) -> Command:
    """The yardstick over a set of tickets."""
    files = [str(file) for file in tickets.files]
    return Command(name=name, arguments=[sys.executable, str(HERE / "listq.py"), *files, *more], runs=runs)


def peer_commands(name: str, tickets: TicketSet) -> list[Command]:
    """How a peer is run: once over everything, or over two numbers of sites.

    Raises:
        NoEnvironment: It cannot be installed.
    """
    files = [str(file) for file in tickets.files]
    script = [str(python_of(name)), str(HERE / "peers" / SCRIPTS[name])]
    runs = MOST_RUNS.get(name, {}).get(tickets.rows)
    if not any(claim.extrapolated for claim in CLAIMS if claim.name == name):
        return [Command(name=name, arguments=[*script, *files], runs=runs)]
    return [
        Command(name=f"{name} {sites}", arguments=[*script, str(sites), *files], runs=runs)
        for sites in (FEW_SITES, MORE_SITES)
    ]


def against_peers(rows: int, runs: int, only: Collection[str]) -> Iterator[Line]:
    """Ours against every yardstick and peer of one size."""
    claims = [claim for claim in CLAIMS if claim.name in only and rows in claim.limits]
    if not claims:
        return
    project = make_project(TicketSet(rows=rows, sites=SITES))
    commands = [ours(project)]
    missing: dict[str, str] = {}
    for name in dict.fromkeys(claim.name for claim in claims):
        try:
            commands += [listq(project.tickets)] if name == "listq" else peer_commands(name, project.tickets)
        except NoEnvironment as problem:
            missing[name] = str(problem)
    found = interleave(commands, runs, tell)
    for claim in claims:
        what = f"{claim.name}, {'peak memory' if claim.of == 'peak' else 'wall time'}"
        if claim.name in missing:
            yield Line(what=what, rows=rows, failure=f"no environment: {missing[claim.name]}")
        else:
            yield judged(claim, what, rows, found)


def judged(claim: Claim, what: str, rows: int, found: Mapping[str, Measured]) -> Line:
    """A claim held against what was measured."""
    names = ["sqaudit", *(name for name in found if name.split()[0] == claim.name)]
    failure = next((f"{name}: {found[name].failure}" for name in names if found[name].failure), None)
    if failure is not None:
        return Line(what=what, rows=rows, failure=failure)
    us, *them = (found[name] for name in names)
    if claim.extrapolated:
        few, more = (one.median(claim.of) for one in them)
        theirs, label = more + (more - few) / (MORE_SITES - FEW_SITES) * (SITES - MORE_SITES), "E"
        turns = zip(them[0].seen(claim.of), them[1].seen(claim.of), strict=True)
        seen = [b + (b - a) / (MORE_SITES - FEW_SITES) * (SITES - MORE_SITES) for a, b in turns]
    else:
        theirs, seen, label = them[0].median(claim.of), them[0].seen(claim.of), times(them[0])
    return Line(
        what=what,
        rows=rows,
        ours=us.median(claim.of),
        theirs=theirs,
        ours_seen=us.seen(claim.of),
        theirs_seen=seen,
        unit="s" if claim.of == "wall" else "MB",
        label=label,
        limit=claim.limits[rows],
        faster=claim.faster,
    )


def times(measured: Measured) -> str:
    """How sure a ratio is."""
    return f"P {len(measured.usages)}" if len(measured.usages) > 1 else "1"


def with_little_memory(rows: int, runs: int) -> Iterator[Line]:
    """Ours with a memory limit that the one big query dies of."""
    project = make_project(TicketSet(rows=rows, sites=SITES), name="-little", memory=MEMORY)
    found = interleave([ours(project), listq(project.tickets, f"--memory={MEMORY}", runs=1)], runs, tell)
    died = found["listq"].failure
    note = f"listq with as much: {died or 'completes'}"
    yield absolute("peak memory with a limit of 1 GB", rows, found["sqaudit"], 1_200, note)


def absolute(what: str, rows: int, measured: Measured, limit: float, note: str) -> Line:
    """A peak that must stay below so many megabytes."""
    if measured.failure is not None:
        return Line(what=what, rows=rows, failure=measured.failure, note=note)
    return Line(
        what=what,
        rows=rows,
        ours=measured.median("peak"),
        ours_seen=measured.seen("peak"),
        unit="MB",
        label=times(measured),
        limit=limit,
        note=note,
    )


def next_month(rows: int, runs: int) -> Iterator[Line]:
    """The cycle of a new month, when the first cycle is in the store and its two years have not changed."""
    project = make_project(TicketSet(rows=rows, sites=SITES, layout="monthly", extra_months=1))

    def two_years() -> None:
        project.forget()
        project.show(MONTHS)

    commands = [
        Command(name="the two years", arguments=project.run_command(), before=two_years),
        Command(
            name="the new month",
            arguments=project.run_command(last_month()),
            before=lambda: project.show(MONTHS + 1),
        ),
    ]
    found = interleave(commands, runs, tell)
    yield compared("the cycle of a new month / the first cycle of two years", rows, found, 0.15)


def compared(what: str, rows: int | None, found: Mapping[str, Measured], limit: float) -> Line:
    """The second of two commands against the first one, in wall time."""
    yardstick, measured = found.values()
    failure = yardstick.failure or measured.failure
    if failure is not None:
        return Line(what=what, rows=rows, failure=failure)
    return Line(
        what=what,
        rows=rows,
        ours=measured.median("wall"),
        theirs=yardstick.median("wall"),
        ours_seen=measured.seen("wall"),
        theirs_seen=yardstick.seen("wall"),
        label=times(measured),
        limit=limit,
    )


def more_sites(rows: int, runs: int) -> Iterator[Line]:
    """Ten times the sites over as many rows."""
    few = make_project(TicketSet(rows=rows, sites=SITES), name="-few")
    many = make_project(TicketSet(rows=rows, sites=10 * SITES), name="-many")
    found = interleave([ours(few, name="500 sites"), ours(many, name="5,000 sites")], runs, tell)
    yield compared("5,000 sites / 500 sites", rows, found, 2)


def reporting(rows: int, runs: int) -> Iterator[Line]:
    """The page of ten times the sites; how much more memory that takes beside how much longer the page is."""
    commands, pages = [], []
    for sites in (SITES // 10, SITES):
        project = make_project(TicketSet(rows=rows, sites=sites), name="-pages")
        run_measured(ours(project))
        pages.append(project.page)
        commands.append(Command(name=f"page of {sites} sites", arguments=project.page_command()))
    found = interleave(commands, runs, tell)
    few, many = found.values()
    yield compared("a page of 500 sites / of 50", rows, found, 12)
    growth = pages[1].stat().st_size / pages[0].stat().st_size
    yield Line(
        what="peak memory of a page of 500 sites / of 50",
        rows=rows,
        ours=many.median("peak"),
        theirs=few.median("peak"),
        ours_seen=many.seen("peak"),
        theirs_seen=few.seen("peak"),
        unit="MB",
        label=f"P {runs}",
        limit=growth,
    )


def more_measures(rows: int, runs: int) -> Iterator[Line]:
    """Ten times the measures: each of the 50 again for every channel and three priorities."""
    few = make_project(TicketSet(rows=rows, sites=SITES), name="-few")
    many = make_project(TicketSet(rows=rows, sites=SITES), times=10)
    found = interleave([ours(few, name="50 measures"), ours(many, name="500 measures")], runs, tell)
    yield compared("500 measures / 50 measures", rows, found, 4)


def storing() -> Iterator[Line]:
    """The results through our store against bare sqlite3, in a process of its own that takes its own turns."""
    said = subprocess.run([sys.executable, str(HERE / "store.py")], check=True, capture_output=True, text=True).stdout
    turns = [[float(number) for number in line.split()] for line in said.splitlines()]
    through, bare = (Measured([Usage(one, one, 0) for one in column]) for column in zip(*turns, strict=True))
    yield compared("storing 25,000 results / bare sqlite3", None, {"bare": bare, "through": through}, 3)


def listing_actions() -> Iterator[Line]:
    """A page of corrective actions through our store against the driver's bare query, in a process that takes turns."""
    for engine in ("sqlite", "postgresql"):
        what = f"a page of 50 of 100,000 actions, {engine} / the bare query"
        done = subprocess.run(
            [sys.executable, str(HERE / "actions.py"), engine], check=False, capture_output=True, text=True
        )
        if done.returncode:
            yield Line(what=what, failure=done.stderr.strip().splitlines()[-1])
            continue
        turns = [[float(number) for number in line.split()] for line in done.stdout.splitlines()]
        through, bare = zip(*turns, strict=True)
        yield Line(
            what=what,
            ours=statistics.median(through),
            theirs=statistics.median(bare),
            ours_seen=through,
            theirs_seen=bare,
            unit="ms",
            label=f"P {len(turns)}",
            limit=3,
        )


def filling(runs: int) -> Iterator[Line]:
    """The forms of 300 audits, with 10,200 rows, written and taken in."""
    project = make_form_project()
    yield compared("writing 300 forms / XlsxWriter", None, interleave(project.export(), runs, tell), 3)
    yield compared("taking in 10,200 rows / openpyxl", None, interleave(project.take_in(), runs, tell), 4)


def starting() -> Iterator[Line]:
    """What the command line costs before it does anything, in CPU time."""
    for one in compare_starts():
        yield Line(what=f"{one.name}, CPU", ours=one.ours, theirs=one.yardstick, label="P 11", limit=one.limit)


def containing() -> Iterator[Line]:
    """What installed plugins cost the command line, and what a large pack takes to load, in CPU time."""
    for one in (compare_help(), *compare_packs()):
        yield Line(what=f"{one.name}, CPU", ours=one.ours, theirs=one.yardstick, label="P", limit=one.limit)


def measured_lines(sizes: Sequence[int], runs: int, only: Collection[str]) -> Iterator[Line]:
    """Every line that was asked for. What is about growth is measured at the largest size, or at 10M below it."""
    for rows in sizes:
        yield from against_peers(rows, runs, only)
    largest = max(sizes)
    parts = {
        "memory": lambda: with_little_memory(largest, runs),
        "month": lambda: next_month(largest, runs),
        "sites": lambda: more_sites(min(largest, MIDDLE), runs),
        "measures": lambda: more_measures(min(largest, MIDDLE), runs),
        "pages": lambda: reporting(min(sizes), runs),
        "store": storing,
        "actions": listing_actions,
        "forms": lambda: filling(runs),
        "start": starting,
        "plugins": containing,
    }
    for name, part in parts.items():
        if name in only:
            yield from part()


def read_sizes(text: str) -> list[int]:
    """Numbers of rows such as ``1M,10M``."""
    return [read_rows(one) for one in text.split(",")]


def main() -> None:
    """Measure, print, and write a whole run down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rows", type=lambda text: [read_rows(one) for one in text.split(",")], default=[SMALL, MIDDLE]
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=NAMES)
    wanted = parser.parse_args()
    only = wanted.only or NAMES
    lines = []
    for line in measured_lines(wanted.rows, wanted.runs, only):
        lines.append(line)
        print(line, flush=True)
    where: list[str] = []
    if "account" in only:
        project = make_project(TicketSet(rows=SMALL), name="-account")
        where += ["## Where the time of one run goes, 1M rows\n", *written(account(project, project.run_command()), 50)]
        where += ["\n## Where the time of a page of 500 sites goes\n"]
        where += written(account(project, project.page_command(), first=False), 50)
        print(*where, sep="\n")
    if wanted.only is None:
        about = {
            "date": datetime.now(UTC).date().isoformat(),
            "rows": [show_rows(rows) for rows in wanted.rows],
            "machine": machine(),
            "versions": versions(list(SCRIPTS)),
        }
        print(write_report(HERE / "results", about, lines, where))


if __name__ == "__main__":
    main()
