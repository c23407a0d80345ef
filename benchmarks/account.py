"""Where the time of a run goes, or of a page: ``python benchmarks/account.py [--page] [--rows 1M] [--sites 500]``.

Three processes tell: a bare interpreter, one run under ``-X importtime``, and one run whose public functions hold a
clock. A station's own time is what is not in the stations below it; what a clock itself takes is in it too.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

from project import BenchProject, make_project
from ticket_sets import TicketSet, read_rows

# Public functions of these, and methods of these classes, hold a clock.
_FLOORS = ("documents", "engines", "measures", "reports", "scoring", "sources", "statistics", "store", "workflow")
STATIONS = ("builtin", *_FLOORS)
CLASSES = ("Engine", "Store")
_SHAPES = (("quantile_cont(", "quantiles"), ("GROUP BY ALL", "different values"), ("count_if(", "everything additive"))


@dataclass(slots=True)
class Clock:
    """Own seconds and calls by station, while calls stand on each other; each query of an engine is one."""

    own: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    below: list[float] = field(default_factory=lambda: [0.0])
    queries: int = 0

    def held_by(self, station: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function`` with the clock in its hand."""

        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - it takes what the function takes
            start = time.monotonic()
            self.below.append(0.0)
            try:
                return function(*arguments, **named)
            finally:
                taken = time.monotonic() - start
                name = station
                if station.endswith("Engine.query"):
                    self.queries += 1
                    name = f"{station} {self.queries}: {_shape(arguments[1])}"
                self.own[name] += taken - self.below.pop()
                self.calls[name] += 1
                self.below[-1] += taken

        return timed


def _shape(sql: str) -> str:
    """What a query is for, told by its text."""
    if sql.lstrip().startswith("SELECT"):
        for mark, name in _SHAPES:
            if mark in sql:
                return f"{name}, {len(sql)} characters of SQL"
    return " ".join(sql.split())[:60].replace("|", "/")


def put_clocks(clock: Clock) -> None:
    """Give a clock to every station, wherever it was imported to."""
    held: dict[FunctionType, Callable[..., Any]] = {}
    modules = list(_modules())
    for module in modules:
        short = module.__name__.removeprefix("sqaudit.")
        if short.split(".")[0] not in STATIONS:
            continue
        for name, thing in list(vars(module).items()):
            if getattr(thing, "__module__", None) != module.__name__ or name.startswith("_"):
                continue
            if isinstance(thing, FunctionType) and not inspect.isgeneratorfunction(inspect.unwrap(thing)):
                held[thing] = clock.held_by(f"{short}.{name}", thing)
            elif name in CLASSES:
                _put_on_methods(clock, f"{short}.{name}", thing)
    for module in modules:
        for name, thing in list(vars(module).items()):
            if isinstance(thing, FunctionType) and thing in held:
                setattr(module, name, held[thing])


def _put_on_methods(clock: Clock, station: str, of: type) -> None:
    for name, thing in list(vars(of).items()):
        if isinstance(thing, FunctionType) and not name.startswith("_"):
            setattr(of, name, clock.held_by(f"{station}.{name}", thing))


def _modules() -> Iterator[ModuleType]:
    import sqaudit  # noqa: PLC0415 - only in the process whose functions hold clocks

    for found in pkgutil.walk_packages(sqaudit.__path__, "sqaudit."):
        if found.name != "sqaudit.__main__" and ".migrations" not in found.name:
            with contextlib.suppress(ImportError):  # what needs a library that is not there takes no part in the run
                yield importlib.import_module(found.name)


def trace(imported: Sequence[str], arguments: Sequence[str]) -> None:
    """Run ``sqaudit`` with clocks, everything it needs imported before, and print what they tell as JSON."""
    for name in imported:
        importlib.import_module(name)
    clock = Clock()
    put_clocks(clock)
    from sqaudit.cli.main import main  # noqa: PLC0415 - after the clocks

    start = time.monotonic()
    code = main(arguments)
    whole = time.monotonic() - start
    if code:
        sys.exit(code)
    print(json.dumps({"whole": whole, "own": clock.own, "calls": clock.calls}))


def account(project: BenchProject, command: Sequence[str], *, first: bool = True) -> list[tuple[str, float, int]]:
    """Stations of a command with their own milliseconds and calls, the longest first; imports by package.

    ``first``: as if nothing had been run before.
    """
    if first:
        project.forget()
    said = subprocess.run(
        [command[0], "-X", "importtime", *command[1:]], check=True, capture_output=True, text=True
    ).stderr
    imports = _imports(said)
    if first:
        project.forget()
    arguments = command[command.index("sqaudit") + 1 :]
    outside = [name for name in ("duckdb", "sqlglot", "sqlalchemy", "alembic", "jsonschema", "yaml") if name in imports]
    traced = subprocess.run(
        [sys.executable, __file__, "--trace", ",".join(outside), *arguments], check=True, capture_output=True, text=True
    ).stdout
    told = json.loads(traced.splitlines()[-1])
    rows = [("interpreter", _bare_interpreter(), 1)]
    rows += [(f"import {name}", taken, 1) for name, taken in imports.items()]
    rows += [(name, 1000 * taken, told["calls"][name]) for name, taken in told["own"].items()]
    rows.append(("between the stations", 1000 * (told["whole"] - sum(told["own"].values())), 1))
    return sorted(rows, key=lambda row: -row[1])


def _imports(said: str) -> Mapping[str, float]:
    """Own milliseconds of imports by package, from what ``-X importtime`` prints."""
    taken: defaultdict[str, float] = defaultdict(float)
    for line in said.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and parts[0].strip().isdigit():
            package = parts[2].strip().split(".")[0]
            taken[package.lstrip("_") if package != "_duckdb" else "duckdb"] += int(parts[0]) / 1000
    standard = [name for name in taken if name in sys.stdlib_module_names or f"_{name}" in sys.stdlib_module_names]
    taken["the standard library"] = sum(taken.pop(name) for name in standard)
    return taken


def _bare_interpreter() -> float:
    seen = []
    for _ in range(5):
        start = time.monotonic()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        seen.append(1000 * (time.monotonic() - start))
    return sorted(seen)[len(seen) // 2]


def written(rows: Sequence[tuple[str, float, int]], least: float) -> Iterator[str]:
    """The account as a Markdown table: every station from ``least`` milliseconds, and the others together."""
    yield f"| station | own time, ms | calls |\n|---|---|---|\n| all | {sum(taken for _, taken, _ in rows):.0f} | |"
    for name, taken, calls in rows:
        if taken >= least:
            yield f"| {name} | {taken:.0f} | {calls} |"
    rest = [taken for _, taken, _ in rows if taken < least]
    yield f"| {len(rest)} others, each below {least:g} | {sum(rest):.0f} | |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--trace"]:
        trace([name for name in sys.argv[2].split(",") if name], sys.argv[3:])
    else:
        from project import PERIOD

        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("--rows", type=read_rows, default=1_000_000)
        parser.add_argument("--sites", type=int, default=500)
        parser.add_argument("--times", type=int, default=1, help="so many times the 50 indicators, up to 10")
        parser.add_argument("--page", action="store_true", help="of the report's page, and not of the run")
        parser.add_argument("--from", type=float, default=50, dest="least", metavar="MS")
        wanted = parser.parse_args()
        made = make_project(TicketSet(rows=wanted.rows, sites=wanted.sites), name="-account", times=wanted.times)
        if wanted.page:
            subprocess.run(made.run_command(PERIOD), check=True, capture_output=True)
        asked = made.page_command() if wanted.page else made.run_command(PERIOD)
        print(*written(account(made, asked, first=not wanted.page), wanted.least), sep="\n")
