"""``sqaudit check`` of a standard of 2,000 criteria, each with an item, against bare loading and validating.

The yardstick loads the same two files with PyYAML's C loader and validates them with jsonschema against the published
schemas: ``python benchmarks/check.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from paired import compare

ITEMS = 2_000
BARE = """
import json, sys, yaml
from jsonschema import Draft202012Validator
from sqaudit.documents.validation import schema_of
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, yaml.CSafeLoader)
    schema = schema_of(document["kind"])
    assert not list(Draft202012Validator(schema).iter_errors(document))
"""


def write_project(folder: Path, number: int = ITEMS) -> list[Path]:
    """A project of one standard and one checklist with so many items; the two files."""
    standard = folder / "standards" / "large" / "standard.yaml"
    checklist = folder / "standards" / "large" / "checklists" / "records.yaml"
    checklist.parent.mkdir(parents=True)
    (folder / "sqaudit.yaml").write_text("project: large\n", encoding="utf-8")
    head = 'kind: standard\nid: large\nversion: "1.0.0"\ndimensions:\n  only: {weight: 1}\n'
    head += "datasets:\n  tickets:\n    columns:\n"
    columns = "".join(f"      c{n}: {{type: number, optional: true}}\n" for n in range(20))
    criteria = "".join(
        f"  - id: c-{n}\n    dimension: only\n    title: {{en: Criterion {n}, zh: 准则 {n}}}\n    weight: {n % 7 + 1}\n"
        f'    severity: minor\n    target: ">= 0.9"\n'
        for n in range(number)
    )
    standard.write_text(f"{head}{columns}criteria:\n{criteria}", encoding="utf-8")
    items = "".join(
        f"  - id: i-{n}\n    criterion: c-{n}\n    measure: share(c{n % 20} >= {n})\n    where: c{(n + 1) % 20} > 0\n"
        "    score: {linear: {zero: 0.5, full: target}}\n"
        for n in range(number)
    )
    checklist.write_text(
        f"kind: checklist\nid: records\nstandard: large@1\ndataset: tickets\nitems:\n{items}", encoding="utf-8"
    )
    return [standard, checklist]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        files = [str(path) for path in write_project(Path(name))]
        comparison = compare(
            f"sqaudit check of {ITEMS} items / bare load and validation",
            [sys.executable, "-m", "sqaudit", "--no-plugins", "check", name],
            [sys.executable, "-c", BARE, *files],
            limit=3,
            runs=5,
        )
    print(comparison)
    sys.exit(comparison.ratio > comparison.limit)
