"""What was measured, as a table for people and as JSON: ratios of medians, each with its spread and how sure it is."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from peers.environments import NoEnvironment, versions_of
from ticket_sets import show_rows

_OURS = ("sqaudit", "duckdb", "sqlalchemy", "sqlglot", "numpy", "pyarrow")
_PEERS: Mapping[str, Sequence[str]] = {
    "pandas": ("pandas",),
    "pandera": ("pandera", "polars"),
    "soda3": ("soda-core", "duckdb"),
    "soda4": ("soda-core", "duckdb"),
    "gx": ("great_expectations", "pandas"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One claim and what was seen of it. ``ours`` and ``theirs`` are medians of what was ``seen``, in ``unit``.

    The figure is ours / theirs and must not exceed ``limit``; with ``faster`` it is theirs / ours and must reach it;
    without ``theirs`` it is ours alone. ``label``: ``P n`` in turns, ``1`` one run, ``E`` extrapolated.
    """

    what: str
    rows: int | None = None
    ours: float | None = None
    theirs: float | None = None
    ours_seen: Sequence[float] = ()
    theirs_seen: Sequence[float] = ()
    unit: str = "s"
    label: str = ""
    limit: float = 0
    faster: bool = False
    failure: str | None = None
    note: str = ""

    @property
    def figure(self) -> float | None:
        """What is held against the limit; ``None`` if it could not be measured."""
        if self.ours is None:
            return None
        if self.theirs is None:
            return self.ours
        return self.theirs / self.ours if self.faster else self.ours / self.theirs

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED`` or ``not measured``."""
        if self.figure is None:
            return "not measured"
        return "met" if (self.figure >= self.limit if self.faster else self.figure <= self.limit) else "MISSED"

    def __str__(self) -> str:
        return " | ".join(self.cells())

    def cells(self) -> Iterator[str]:
        """What stands in the table."""
        yield self.what
        yield "" if self.rows is None else show_rows(self.rows)
        yield _medians(self.ours, self.ours_seen, self.unit)
        yield _medians(self.theirs, self.theirs_seen, self.unit)
        yield _figure(self.figure, "times" if self.theirs is not None else self.unit)
        yield self.label
        yield f"{'≥' if self.faster else '≤'} {self.limit:g}" if self.limit else ""
        yield self.verdict
        yield " ".join(filter(None, (self.failure, self.note)))


def _figure(figure: float | None, unit: str) -> str:
    if figure is None:
        return ""
    return f"{figure:.0f} {unit}" if unit == "MB" else f"{figure:.3g} {unit}"


def _medians(median: float | None, seen: Sequence[float], unit: str) -> str:
    if median is None:
        return ""
    digits = 0 if unit == "MB" else 3
    spread = f" ({min(seen):.{digits}f}-{max(seen):.{digits}f})" if len(seen) > 1 else ""
    return f"{median:.{digits}f} {unit}{spread}"


def machine() -> dict[str, object]:
    """What it ran on; nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else None
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "memory_mb": None if memory is None else memory // 1024**2,
        "python": platform.python_version(),
    }


def versions(peers: Sequence[str]) -> dict[str, dict[str, str]]:
    """Versions of what was measured: ours, and those of each peer's environment."""
    found = {"ours": {name: importlib.metadata.version(name) for name in _OURS}}
    for peer in peers:
        try:
            there = versions_of(peer)
        except NoEnvironment:
            continue
        found[peer] = {name: there[name] for name in _PEERS[peer] if name in there}
    return found


def write_report(folder: Path, about: Mapping[str, object], lines: Sequence[Line], account: Sequence[str]) -> Path:
    """Write ``DATE.md`` and ``DATE.json``; gives the first."""
    folder.mkdir(exist_ok=True)
    measured = [{**asdict(line), "figure": line.figure, "verdict": line.verdict} for line in lines]
    whole = {"about": about, "lines": measured, "account": list(account)}
    page = folder / f"{about['date']}.md"
    page.with_suffix(".json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page.write_text("\n".join(_page(about, lines, account)) + "\n", encoding="utf-8")
    return page


def _page(about: Mapping[str, object], lines: Sequence[Line], account: Sequence[str]) -> Iterator[str]:
    yield f"# Ratios of {about['date']}\n"
    yield "Medians of whole processes run in turns, in brackets the least and the most. P n: n turns; 1: one run;"
    yield "E: extrapolated to 500 sites by the slope between two smaller numbers of sites.\n"
    yield from (f"- {name}: {json.dumps(value)}" for name, value in about.items() if name != "date")
    yield "\n| against | rows | ours | theirs | figure | | promised | | |\n|---|---|---|---|---|---|---|---|---|"
    yield from (f"| {line} |" for line in lines)
    if account:
        yield ""
        yield from account
