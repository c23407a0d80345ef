"""The standard with its checklists, and the project template."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from sqaudit.model.ports import Pack
from sqaudit.plugin.templates import FolderTemplate

from sqaudit_hotel.templates.records import group_records
from sqaudit_hotel.templates.story import group_stories

PACK = Pack(
    name="hotel",
    standards=Path(__file__).parent / "standards",
    templates={
        "hotel": FolderTemplate(
            name="hotel",
            folder=resources.files("sqaudit_hotel.templates") / "hotel",
            programme="hotel-group",
            periods=("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"),
            records=group_records,
            tell=group_stories,
        )
    },
)
