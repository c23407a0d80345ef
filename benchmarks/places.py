"""Where benchmarks keep what they make: never in the repository."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def bench_folder(*parts: str) -> Path:
    """A folder under ``$SQAUDIT_BENCH_DIR`` (default: ``sqaudit-bench`` in the system's temporary folder), made."""
    root = os.environ.get("SQAUDIT_BENCH_DIR") or str(Path(tempfile.gettempdir()) / "sqaudit-bench")
    folder = Path(root, *parts).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
