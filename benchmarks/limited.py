"""``sqaudit`` with less memory for its engine: ``python benchmarks/limited.py BYTES --project DIR run …``."""

from __future__ import annotations

import inspect
import sys

from sqaudit.engines.duckdb import open_engine


def limit_memory(size: int) -> None:
    """Let every engine take ``size`` bytes, where nothing else is said."""
    inspect.unwrap(open_engine).__kwdefaults__["memory"] = size


if __name__ == "__main__":
    limit_memory(int(sys.argv.pop(1)))
    from sqaudit.__main__ import main

    main()
