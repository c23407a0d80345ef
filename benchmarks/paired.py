"""Two commands timed in turns, as whole processes: the ratio of their medians of CPU time (user and system)."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass


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
    cpu_seconds(ours), cpu_seconds(yardstick)
    pairs = [(cpu_seconds(ours), cpu_seconds(yardstick)) for _ in range(runs)]
    return Comparison(name, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), limit)


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of one whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
