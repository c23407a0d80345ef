"""``sqaudit --help`` with 50 plugins installed, against none: ``python benchmarks/installed.py``.

Each plugin is a distribution with its metadata, a module that takes 0.2 s to import, and every fifth a subcommand.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from paired import Comparison, compare

PLUGINS = 50
_MODULE = "import time\ntime.sleep(0.2)\nfrom sqaudit.plugin import hookimpl\nsqaudit_api = '>=1,<2'\n"


def write_plugins(folder: Path, number: int = PLUGINS) -> None:
    """So many distributions in a folder that Python looks into."""
    for place in range(number):
        name = f"p{place:02}"
        about = folder / f"sqaudit_{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: sqaudit-{name}\nVersion: 1.0\n")
        command = f"[sqaudit.commands]\n{name} = sqaudit_{name}:command\n" if place % 5 == 0 else ""
        (about / "entry_points.txt").write_text(f"[sqaudit]\n{name} = sqaudit_{name}\n{command}")
        (folder / f"sqaudit_{name}.py").write_text(_MODULE)


def compare_help() -> Comparison:
    """The help with and without plugins."""
    with tempfile.TemporaryDirectory() as full, tempfile.TemporaryDirectory() as empty:
        write_plugins(Path(full))
        with_plugins, without = (
            ["env", f"PYTHONPATH={folder}", sys.executable, "-m", "sqaudit", "--help"] for folder in (full, empty)
        )
        return compare(f"sqaudit --help with {PLUGINS} plugins / with none", with_plugins, without, limit=1.3)


if __name__ == "__main__":
    comparison = compare_help()
    print(comparison)
    sys.exit(comparison.ratio > comparison.limit)
