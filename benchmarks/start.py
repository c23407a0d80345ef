"""How much the command line costs before it does anything: ``python benchmarks/start.py``."""

from __future__ import annotations

import sys

from paired import Comparison, compare

IMPORTS = [sys.executable, "-c", "import click, pluggy"]
SQAUDIT = [sys.executable, "-m", "sqaudit"]


def compare_starts() -> list[Comparison]:
    """The two commands that do nothing else, against the imports that no command line of ours can do without."""
    return [
        compare("sqaudit --help / import click, pluggy", [*SQAUDIT, "--help"], IMPORTS, limit=3),
        compare("sqaudit --version / import click, pluggy", [*SQAUDIT, "--version"], IMPORTS, limit=2),
    ]


if __name__ == "__main__":
    comparisons = compare_starts()
    print(*comparisons, sep="\n")
    sys.exit(any(comparison.ratio > comparison.limit for comparison in comparisons))
