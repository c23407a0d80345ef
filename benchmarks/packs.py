"""A plugin's pack of 5,000 items, read and checked: ``python benchmarks/packs.py``.

The yardstick loads the same two files with the C loader of PyYAML and validates them with jsonschema.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from check import BARE, write_project
from paired import Comparison, compare

ITEMS = 5_000
_MODULE = """
from pathlib import Path
from sqaudit.model.ports import Pack
from sqaudit.plugin import hookimpl
sqaudit_api = ">=1,<2"
@hookimpl
def sqaudit_packs(): return [Pack(name="large", standards=Path(__file__).parent / "standards")]
"""
_LOAD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sqaudit.plugin.host import open_host
from sqaudit.workflow.context import read_documents
library = read_documents(Path(sys.argv[1]), open_host(), datetime.now(UTC))
assert "large@1.0.0" in library.standards and not library.problems
"""


def compare_packs() -> Iterator[Comparison]:
    """Reading alone, then the whole command that looks at every expression as well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [str(path) for path in write_project(folder, ITEMS)]
        about = folder / "sqaudit_large-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sqaudit-large\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text("[sqaudit]\nlarge = sqaudit_large\n")
        (folder / "sqaudit_large.py").write_text(_MODULE)
        (folder / "sqaudit.yaml").unlink()
        project = folder / "project"
        project.mkdir()
        (project / "sqaudit.yaml").write_text("project: small\n", encoding="utf-8")
        bare = [sys.executable, "-c", BARE, *files]
        python = ["env", f"PYTHONPATH={folder}", sys.executable]
        load, check = [*python, "-c", _LOAD, str(project)], [*python, "-m", "sqaudit", "check", str(project)]
        yield compare(f"loading a pack of {ITEMS} items / bare load and validation", load, bare, limit=3, runs=5)
        yield compare(f"sqaudit check with a pack of {ITEMS} items / the same", check, bare, limit=3, runs=5)


if __name__ == "__main__":
    comparisons = list(compare_packs())
    print(*comparisons, sep="\n")
    sys.exit(any(comparison.ratio > comparison.limit for comparison in comparisons))
