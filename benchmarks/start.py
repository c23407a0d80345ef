"""How much the command line costs before it does anything: ``python benchmarks/start.py``."""

from __future__ import annotations

import sys

from paired import compare

IMPORTS = [sys.executable, "-c", "import click, pluggy"]
SQAUDIT = [sys.executable, "-m", "sqaudit"]

if __name__ == "__main__":
    comparisons = [
        compare("sqaudit --help / import click, pluggy", [*SQAUDIT, "--help"], IMPORTS, limit=3),
        compare("sqaudit --version / import click, pluggy", [*SQAUDIT, "--version"], IMPORTS, limit=2),
    ]
    print(*comparisons, sep="\n")
    sys.exit(any(comparison.ratio > comparison.limit for comparison in comparisons))
