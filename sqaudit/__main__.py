"""``python -m sqaudit`` and the command ``sqaudit``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(200_000, 20, 20)
    from sqaudit.cli.main import main as run

    code = run()
    if "sqaudit.plugin.workers" in sys.modules:
        from sqaudit.plugin.workers import any_left_behind

        if any_left_behind():  # what a plugin that hangs has started may hang as well when we wait for it at the end
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
