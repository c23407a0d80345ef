"""A sqaudit project of the 50 indicators; ``python benchmarks/project.py`` makes one and prints its command."""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from kpis import KPIS, Kpi, condition, measure, with_slices
from places import bench_folder
from ticket_sets import MONTHS, TicketSet, month_name, read_rows

PERIOD = "2024-01-01/2026-01-01"
REGIONS = 12
# Every column that sqaudit reads: its type, and where it is in the files if it is not called the same.
_COLUMNS: Mapping[str, tuple[Mapping[str, object], str | None]] = {
    "opened_at": ({"type": "timestamp"}, None),
    "resolved_at": ({"type": "timestamp", "min": "opened_at"}, None),
    "resolved_raw": ({"type": "timestamp"}, "resolved_at"),
    "channel": ({"type": "text"}, None),
    "priority": ({"type": "integer"}, None),
    "agent_id": ({"type": "integer"}, None),
    "customer_id": ({"type": "integer"}, None),
    "first_response": ({"type": "number", "scale": 1, "min": 0, "max": 900_000}, "first_response_s"),
    "first_response_raw": ({"type": "number", "scale": 1}, "first_response_s"),
    "csat": ({"type": "integer", "min": 1, "max": 5}, None),
    "csat_raw": ({"type": "integer"}, "csat"),
    "nps": ({"type": "integer", "min": 0, "max": 10}, None),
    "nps_raw": ({"type": "integer"}, "nps"),
    "ces": ({"type": "integer", "min": 1, "max": 7}, None),
    "ces_raw": ({"type": "integer"}, "ces"),
    "handle_time": ({"type": "number", "scale": 1, "min": 0, "max": 1_000_000_000}, "handle_time_s"),
    "order_value": ({"type": "number", "scale": 2}, None),
    "is_complaint": ({"type": "boolean"}, None),
    "reopened": ({"type": "boolean"}, None),
    "escalated": ({"type": "boolean"}, None),
    "accuracy_ok": ({"type": "boolean"}, None),
    "delivered_on_time": ({"type": "boolean"}, None),
}


_PROGRAMME: Mapping[str, object] = {
    "kind": "programme",
    "id": "tickets",
    "standard": "desk@1",
    "checklists": ["records"],
    "sites": {"file": "sites.csv"},
    "period": "month",
    "sources": {
        "tickets": {
            "path": "data/*.parquet",
            "site": "site_id",
            "time": "opened_at",
            "columns": {name: origin for name, (_, origin) in _COLUMNS.items() if origin is not None},
        }
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchProject:
    """A project over a set of tickets, in a folder of its own; ``memory`` is what measuring may take, such as 1GB."""

    tickets: TicketSet
    folder: Path
    kpis: Sequence[Kpi] = KPIS
    memory: str | None = None

    def write(self) -> BenchProject:
        """Itself, written anew; what a store held is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        standard = self.folder / "standards" / "desk"
        for folder in (self._programme / "data", standard / "checklists"):
            folder.mkdir(parents=True)
        limit = {} if self.memory is None else {"memory_limit": self.memory}
        _write(self.folder / "sqaudit.yaml", {"project": "benchmark", **limit})
        _write(standard / "standard.yaml", _standard(self.kpis))
        _write(standard / "checklists" / "records.yaml", _checklist(self.kpis))
        _write(self._programme / "programme.yaml", _PROGRAMME)
        sites = "".join(f"{site},R{site % REGIONS}\n" for site in range(self.tickets.sites))
        (self._programme / "sites.csv").write_text(f"id,region\n{sites}", encoding="utf-8")
        self.show(len(self.tickets.files))
        return self

    @property
    def _programme(self) -> Path:
        return self.folder / "audits" / "tickets"

    def show(self, files: int) -> None:
        """Let it see the first ``files`` files of its tickets, and no others."""
        for place, file in enumerate(self.tickets.files):
            shown = self._programme / "data" / file.name
            shown.unlink(missing_ok=True)
            if place < files:
                shown.hardlink_to(file)

    def forget(self) -> None:
        """Take away what earlier runs have left, so that the next one is the first."""
        for left in self.folder.glob("sqaudit.db*"):
            left.unlink()
        shutil.rmtree(self.folder / "rejects", ignore_errors=True)

    def command(self, *arguments: str) -> list[str]:
        """``sqaudit`` on this project."""
        return [sys.executable, "-m", "sqaudit", "--no-plugins", "--project", str(self.folder), *arguments]

    def run_command(self, period: str = PERIOD) -> list[str]:
        """The whole audit: check, plan, collect, score, findings, store."""
        return self.command("run", "tickets", "--period", period)

    def page_command(self) -> list[str]:
        """The page of the newest audit, into a file beside it."""
        return self.command("report", "tickets", "--format", "html", "--output", str(self.page))

    @property
    def page(self) -> Path:
        """Where the page is written."""
        return self.folder / "report.html"


def make_project(
    tickets: TicketSet, *, name: str = "", times: int = 1, keep: bool = False, memory: str | None = None
) -> BenchProject:
    """A written project, its tickets made: 50 · ``times`` indicators, in a folder told apart by ``name``.

    The folder is this process's own and gone when it ends, unless it is to be kept.
    """
    own = bench_folder("projects") if keep else bench_folder("projects", str(os.getpid()))
    if not keep:
        atexit.register(shutil.rmtree, own, ignore_errors=True)
    folder = own / f"{tickets.folder.name}-{times}{name}"
    return BenchProject(tickets=tickets.made(), folder=folder, kpis=with_slices(times), memory=memory).write()


def last_month() -> str:
    """The period of the month behind the two years."""
    return month_name(MONTHS)


def _standard(kpis: Sequence[Kpi]) -> dict[str, object]:
    columns = {name: {**kind, "optional": name != "opened_at"} for name, (kind, _) in _COLUMNS.items()}
    targets = [f"{kpi.target[0]} {kpi.target[1]}" for kpi in kpis]
    return {
        "kind": "standard",
        "id": "desk",
        "version": "1.0.0",
        "dimensions": {"service": {"weight": 1}},
        "datasets": {"tickets": {"columns": columns}},
        "criteria": [
            {"id": kpi.id, "dimension": "service", "target": target} for kpi, target in zip(kpis, targets, strict=True)
        ],
    }


def _checklist(kpis: Sequence[Kpi]) -> dict[str, object]:
    return {
        "kind": "checklist",
        "id": "records",
        "standard": "desk@1",
        "dataset": "tickets",
        "items": [_item(kpi) for kpi in kpis],
    }


def _item(kpi: Kpi) -> dict[str, object]:
    picked = condition(kpi)
    where = {} if picked is None else {"where": picked}
    return {"id": kpi.id, "criterion": kpi.id, "measure": measure(kpi), **where}


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=read_rows, default=1_000_000)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--times", type=int, default=1)
    wanted = parser.parse_args()
    made = make_project(TicketSet(rows=wanted.rows, sites=wanted.sites), times=wanted.times, keep=True)
    print(*made.run_command())
