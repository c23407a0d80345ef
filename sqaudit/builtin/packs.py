"""The standards and project templates that come with sqaudit."""

from __future__ import annotations

from pathlib import Path

from sqaudit.builtin.templates import TEMPLATES
from sqaudit.model.ports import Pack

_PACKAGE = Path(__file__).resolve().parents[1]


def find_standards(package: Path = _PACKAGE) -> Path | None:
    """The folder of standards: inside the installed package, else beside it in a checkout."""
    for folder in (package / "standards", package.parent / "standards"):
        if folder.is_dir():
            return folder
    return None


PACKS = (Pack(name="builtin", standards=find_standards(), templates=TEMPLATES),)
