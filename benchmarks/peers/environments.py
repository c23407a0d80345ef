"""A virtual environment per peer, made on first use: ``python benchmarks/peers/environments.py [PEER…]``.

The versions are those the published ratios were measured with.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from places import bench_folder

REQUIREMENTS: Mapping[str, Sequence[str]] = {
    "pandas": ("pandas==3.1.1", "pyarrow==26.0.1"),
    "pandera": ("pandera[polars]==0.35.0", "polars==2.1.0"),
    "soda3": ("soda-core-duckdb==3.5.6", "setuptools<81"),
    "soda4": ("soda-duckdb==4.28.0", "duckdb==2.0.0"),
    "gx": ("great_expectations==1.24.1", "pandas<3", "pyarrow==26.0.1"),
}


class NoEnvironment(Exception):
    """Raised when an environment cannot be made; says which one, and the last words of pip."""


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment, which is made if it is not there.

    Raises:
        NoEnvironment: It cannot be made.
    """
    folder = bench_folder("environments") / peer
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    wanted = "\n".join(REQUIREMENTS[peer])
    made = folder / "requirements.txt"
    if made.is_file() and made.read_text(encoding="utf-8") == wanted:
        return python
    venv.create(folder, clear=True, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS[peer]]
    installed = subprocess.run(pip, capture_output=True, text=True, check=False)
    if installed.returncode:
        raise NoEnvironment(f"{peer}: {installed.stderr.strip()[-500:]}")
    made.write_text(wanted, encoding="utf-8")
    return python


def versions_of(peer: str) -> dict[str, str]:
    """What lies in a peer's environment, by distribution."""
    pip = [str(python_of(peer)), "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"]
    listed = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    return dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)


if __name__ == "__main__":
    for name in sys.argv[1:] or REQUIREMENTS:
        try:
            print(name, python_of(name))
        except NoEnvironment as problem:
            print("cannot be made:", problem)
