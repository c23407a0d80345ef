"""The picture in the README: the first page of the demo's own report, in Chromium. Run ``python docs/picture.py``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = Path(__file__).parent / "images" / "demo.png"
WIDTH, HEIGHT = 1200, 1640


def main() -> None:
    """Run the demo, and take the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "sqaudit", "--lang", "en", "demo", "--dir", str(folder / "sqaudit-demo")],
            check=True,
            capture_output=True,
        )
        (page,) = (folder / "sqaudit-demo" / "reports").glob("*.html")
        subprocess.run(
            [
                shutil.which("chromium") or "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-background-networking",
                f"--user-data-dir={folder / 'profile'}",
                f"--window-size={WIDTH},{HEIGHT}",
                f"--screenshot={TARGET}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
