"""Forms of 300 audits: written against XlsxWriter writing the same cells, taken in against openpyxl reading them.

``python benchmarks/forms.py write CELLS.json FOLDER`` and ``… read FOLDER`` are the two yardsticks.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from paired import Command
from places import bench_folder

SITES = 300
QUESTIONS = 34  # so that the forms have a little over 10,000 rows
PERIOD = ("--period", "2026-10")
_KINDS: Mapping[str, tuple[object, object]] = {
    "yes_no": ("yes_no", "yes"),
    "choice": ({"choice": {"clean": 100, "dusty": 60, "dirty": 0}}, "dusty"),
    "scale": ({"scale": {"min": 0, "max": 4}}, 3),
    "text": ("text", "All in order, the carpet will be changed in spring"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormProject:
    """A project that asks people something at every site; ``forms`` are written, ``filled`` are taken in."""

    folder: Path

    @property
    def forms(self) -> Path:
        """Where the forms that are measured are written."""
        return self.folder / "forms"

    @property
    def filled(self) -> Path:
        """Where the forms are that hold an answer to every question."""
        return self.folder / "filled"

    @property
    def cells(self) -> Path:
        """What stands in those, sheet by sheet."""
        return self.folder / "cells.json"

    def write(self) -> FormProject:
        """Itself, with its filled forms."""
        shutil.rmtree(self.folder, ignore_errors=True)
        items, answers = [], {}
        for number in range(QUESTIONS):
            kind, (answer, given) = list(_KINDS.items())[number % len(_KINDS)]
            criterion = {} if kind == "text" else {"criterion": "C-1"}
            name = f"q{number}"
            items.append(
                {"id": name, **criterion, "ask": f"Question {number}: is everything as it should be?", "answer": answer}
            )
            answers[name] = given
        sites = [{"id": f"s{number:03}"} for number in range(SITES)]
        self._write("sqaudit.yaml", {"project": "forms"})
        self._write(
            "standards/desk/standard.yaml",
            {
                "kind": "standard",
                "id": "desk",
                "version": "1.0",
                "dimensions": {"care": {}},
                "criteria": [{"id": "C-1", "dimension": "care"}],
            },
        )
        self._write(
            "standards/desk/checklists/visit.yaml",
            {"kind": "checklist", "id": "visit", "standard": "desk@1", "items": items},
        )
        self._write(
            "audits/visits/programme.yaml",
            {
                "kind": "programme",
                "id": "visits",
                "standard": "desk@1",
                "checklists": ["visit"],
                "sites": sites,
                "period": "month",
            },
        )
        given_everywhere = [
            {"programme": "visits", "period": PERIOD[1], "site": site["id"], "answers": answers} for site in sites
        ]
        self._write("given.yaml", given_everywhere)
        for command in (
            self._command("form", "import", str(self.folder / "given.yaml"), "--as", "mia"),
            self.export_command(self.filled),
        ):
            subprocess.run(command, check=True, capture_output=True)
        self.cells.write_text(json.dumps(_cells(self.filled)), encoding="utf-8")
        return self

    def export_command(self, folder: Path) -> list[str]:
        """All forms, with the answers that there are."""
        return self._command("form", "export", "visits", *PERIOD, "--dir", str(folder))

    def export(self) -> list[Command]:
        """The yardstick and ours, that write all forms."""

        def clear() -> None:
            shutil.rmtree(self.forms, ignore_errors=True)
            self.forms.mkdir()

        bare = [sys.executable, __file__, "write", str(self.cells), str(self.forms)]
        return [
            Command(name="XlsxWriter", arguments=bare, before=clear),
            Command(name="form export", arguments=self.export_command(self.forms), before=clear),
        ]

    def take_in(self) -> list[Command]:
        """The yardstick and ours, that read all filled forms."""

        def forget() -> None:
            for left in self.folder.glob("sqaudit.db*"):
                left.unlink()

        files = [str(path) for path in sorted(self.filled.iterdir())]
        bare = [sys.executable, __file__, "read", str(self.filled)]
        return [
            Command(name="openpyxl", arguments=bare),
            Command(
                name="form import", arguments=self._command("form", "import", *files, "--as", "mia"), before=forget
            ),
        ]

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "sqaudit", "--no-plugins", "--project", str(self.folder), *arguments]

    def _write(self, name: str, content: object) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def make_form_project() -> FormProject:
    """A written project in a folder of this process's own, gone when it ends."""
    own = bench_folder("forms", str(os.getpid()))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return FormProject(folder=own / "project").write()


def _cells(folder: Path) -> dict[str, object]:
    import openpyxl  # noqa: PLC0415

    found: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        workbook = openpyxl.load_workbook(path, read_only=True)
        found[path.name] = {
            sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in workbook.worksheets
        }
    return found


def write_bare(cells: Path, folder: Path) -> None:
    """The same workbooks, by XlsxWriter alone."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - a yardstick pays for its own library only

    for name, sheets in json.loads(cells.read_text(encoding="utf-8")).items():
        with Workbook(folder / name, {"in_memory": True}) as workbook:
            for title, rows in sheets.items():
                sheet = workbook.add_worksheet(title)
                for at, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if isinstance(value, str):
                            sheet.write_string(at, column, value)
                        elif value is not None:
                            sheet.write_number(at, column, value)


def read_bare(folder: Path) -> None:
    """Every cell of the workbooks, by openpyxl alone."""
    import openpyxl  # noqa: PLC0415

    for path in sorted(folder.iterdir()):
        workbook = openpyxl.load_workbook(path, read_only=True)
        for sheet in workbook.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    _ = cell.value
        workbook.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    write = parts.add_parser("write")
    write.add_argument("cells", type=Path)
    write.add_argument("folder", type=Path)
    read = parts.add_parser("read")
    read.add_argument("folder", type=Path)
    wanted = parser.parse_args()
    if wanted.part == "write":
        write_bare(wanted.cells, wanted.folder)
    else:
        read_bare(wanted.folder)
