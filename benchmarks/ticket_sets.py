"""Which tickets a benchmark reads, and where they lie. Made once, then kept; see ``tickets.py`` for what is in them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from places import bench_folder

MONTHS = 24
FIRST_YEAR = 2024
LAYOUTS = ("one", "monthly")
_UNITS = {"K": 1_000, "M": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSet:
    """What is to be made: one file, or one per month. ``extra_months`` follow the 24, as large as the others."""

    rows: int
    sites: int = 500
    seed: int = 7
    layout: str = "one"
    extra_months: int = 0

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        name = f"tickets-{self.rows}-{self.sites}-{self.seed}-{self.layout}"
        return bench_folder("tickets", name + (f"-{self.extra_months}" if self.extra_months else ""))

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files, in time order."""
        if self.layout == "one":
            return (self.folder / "tickets.parquet",)
        return tuple(self.folder / f"tickets-{month_name(n)}.parquet" for n in range(MONTHS + self.extra_months))

    def made(self) -> TicketSet:
        """Itself, with its files on disk; they are made in a process of their own, so that ours stays small."""
        if not all(file.is_file() for file in self.files):
            wanted = {"rows": self.rows, "sites": self.sites, "seed": self.seed, "layout": self.layout}
            options = [f"--{name}={value}" for name, value in wanted.items()]
            maker = [sys.executable, str(Path(__file__).with_name("tickets.py")), *options]
            subprocess.run([*maker, f"--extra-months={self.extra_months}"], check=True, stdout=subprocess.DEVNULL)
        return self


def read_rows(text: str) -> int:
    """A number of rows such as ``200K`` or ``10M``."""
    unit = _UNITS.get(text[-1:].upper())
    return int(text) if unit is None else round(float(text[:-1]) * unit)


def show_rows(rows: int) -> str:
    """``10M`` for ten million rows."""
    for name, unit in reversed(_UNITS.items()):
        if rows % unit == 0:
            return f"{rows // unit}{name}"
    return str(rows)


def month_name(number: int) -> str:
    """``2024-01`` for month 0."""
    return f"{FIRST_YEAR + number // 12}-{number % 12 + 1:02d}"
