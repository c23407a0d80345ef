"""``sqaudit`` with another memory limit of its engine: ``python benchmarks/limited.py 1GB --project DIR run …``."""

from __future__ import annotations

import sys

from sqaudit.engines import duckdb

if __name__ == "__main__":
    duckdb.MEMORY_LIMIT = sys.argv.pop(1)
    from sqaudit.__main__ import main

    main()
