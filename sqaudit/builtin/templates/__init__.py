"""Projects that run at once: ``demo`` tells the story of a hotel group, ``minimal`` is the smallest start."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from sqaudit.builtin.templates.hotel_records import hotel_records
from sqaudit.builtin.templates.hotel_story import hotel_stories
from sqaudit.model.ports import ProjectTemplate
from sqaudit.plugin.templates import FolderTemplate

_FOLDER = resources.files(__package__)

TEMPLATES: Mapping[str, ProjectTemplate] = {
    "demo": FolderTemplate(
        name="demo",
        folder=_FOLDER / "demo",
        programme="monthly-hotels",
        periods=("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"),
        records=hotel_records,
        tell=hotel_stories,
    ),
    "minimal": FolderTemplate(
        name="minimal", folder=_FOLDER / "minimal", programme="first-audit", periods=("2026-10",)
    ),
}
