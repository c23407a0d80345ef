"""The picture in the README: the demo's own output, drawn by Chromium. Run ``python docs/picture.py``."""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = Path(__file__).parent / "images" / "demo.png"
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #f6f8fa }}
pre {{ margin: 0; padding: 20px 24px; color: #1f2328 }}
pre {{ font: 13px/1.45 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace }}
b {{ color: #57606a; font-weight: normal }}
</style><pre><b>$ sqaudit demo</b>
{text}</pre>"""
LINES = 44


def main() -> None:
    """Run the demo, lay its first lines out as a page, and take the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shown = subprocess.run(
            [sys.executable, "-m", "sqaudit", "--lang", "en", "demo", "--dir", str(folder / "sqaudit-demo")],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()[:LINES]
        page = folder / "page.html"
        page.write_text(PAGE.format(text=html.escape("\n".join(shown))), encoding="utf-8")
        width = 60 + 8 * max(map(len, shown))
        subprocess.run(
            [
                shutil.which("chromium") or "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-background-networking",
                "--force-device-scale-factor=1.5",
                f"--user-data-dir={folder / 'profile'}",
                f"--window-size={width},{60 + 19 * (LINES + 1)}",
                f"--screenshot={TARGET}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
