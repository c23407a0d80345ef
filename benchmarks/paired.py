"""Commands measured in turns (A B C A B C …) as whole processes, so that a busy moment of the machine hits them alike.

Whoever measures should stay small: the kernel counts the memory of the process that starts a command as the command's.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_MEGABYTE = 1024 if sys.platform != "darwin" else 1024**2  # of what ru_maxrss counts in


@dataclass(frozen=True, slots=True)
class Usage:
    """What one whole process took: seconds of wall and CPU time, and megabytes at its peak, children included."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that is measured. ``before`` makes it ready and does not count; it runs ``runs`` times at most."""

    name: str
    arguments: Sequence[str]
    before: Callable[[], None] | None = None
    runs: int | None = None


@dataclass(slots=True)
class Measured:
    """What the runs of a command took, and the last words of one that failed."""

    usages: list[Usage] = field(default_factory=list)
    failure: str | None = None

    def seen(self, of: str) -> list[float]:
        """The ``wall``, ``cpu`` or ``peak`` of every run."""
        return [getattr(usage, of) for usage in self.usages]

    def median(self, of: str) -> float:
        """Their median."""
        return statistics.median(self.seen(of))


class Failed(Exception):
    """Raised when a command fails; its last words."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Medians in CPU seconds of a command and of what it is held against."""

    name: str
    ours: float
    yardstick: float
    limit: float

    @property
    def ratio(self) -> float:
        """How many times the yardstick's CPU time ours takes."""
        return self.ours / self.yardstick

    def __str__(self) -> str:
        verdict = "within" if self.ratio <= self.limit else "ABOVE"
        return (
            f"{self.name}: {self.ratio:.2f} times ({self.ours:.3f} s against {self.yardstick:.3f} s), "
            f"{verdict} {self.limit:g}"
        )


def compare(name: str, ours: Sequence[str], yardstick: Sequence[str], *, limit: float, runs: int = 11) -> Comparison:
    """Run both commands ``runs`` times in turns, after one run each that does not count."""
    both = [Command(name="ours", arguments=ours), Command(name="yardstick", arguments=yardstick)]
    found = interleave(both, runs)
    for measured in found.values():
        if measured.failure is not None:
            raise Failed(measured.failure)
    return Comparison(name, found["ours"].median("cpu"), found["yardstick"].median("cpu"), limit)


def interleave(
    commands: Sequence[Command], runs: int, tell: Callable[[str], None] = lambda _text: None
) -> dict[str, Measured]:
    """Run the commands in turns, ``runs`` times each, after one run each that does not count.

    A command that may run only once has no such first run, and one that fails is not tried again. ``tell`` hears of
    every run.
    """
    found = {command.name: Measured() for command in commands}
    for turn in range(-1, runs):
        for command in commands:
            measured, most = found[command.name], runs if command.runs is None else min(command.runs, runs)
            if measured.failure is not None or turn >= most or (turn < 0 and most == 1):
                continue
            try:
                usage = run_measured(command)
            except Failed as failure:
                measured.failure = str(failure)
                tell(f"{command.name}: failed: {failure}")
                continue
            tell(f"{command.name}: {usage.wall:.2f} s, {usage.cpu:.2f} s CPU, {usage.peak:.0f} MB")
            if turn >= 0:
                measured.usages.append(usage)
    return found


def run_measured(command: Command) -> Usage:
    """Run a command once, its output thrown away.

    Raises:
        Failed: It does not end with 0.
    """
    if command.before is not None:
        command.before()
    # Installers compile what they install; from a checkout the first run does, unless it is told not to.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as words:
        start = time.monotonic()
        running = subprocess.Popen(command.arguments, stdout=subprocess.DEVNULL, stderr=words, env=environment)
        _, status, used = os.wait4(running.pid, 0)
        wall = time.monotonic() - start
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            words.seek(0)
            raise Failed(f"exit {running.returncode}: {_complaint(words.read().decode(errors='replace'))}")
    return Usage(wall=wall, cpu=used.ru_utime + used.ru_stime, peak=used.ru_maxrss / _MEGABYTE)


def _complaint(said: str) -> str:
    """The line that says what went wrong, as far as one can tell; else the last one."""
    lines = said.strip().splitlines()
    complaints = [line for line in lines if re.match(r"error:|[\w.]+(Error|Exception|Exit)\b", line)]
    return next(reversed(complaints or lines or ["no words"]))[:300]
