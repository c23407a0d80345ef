"""What the plugin ships as data: its standard, and a project that tells a story."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from sqaudit.model.ports import Pack
from sqaudit.plugin.templates import FolderTemplate

from sqaudit_ecommerce.demo.records import shop_records
from sqaudit_ecommerce.demo.story import shop_stories

_HERE = Path(__file__).resolve().parent

PACK = Pack(
    name="ecommerce",
    standards=_HERE / "standards",
    templates={
        "ecommerce": FolderTemplate(
            name="ecommerce",
            folder=resources.files("sqaudit_ecommerce") / "templates" / "ecommerce",
            programme="monthly-shops",
            periods=tuple(f"2026-{month:02}" for month in range(3, 11)),
            records=shop_records,
            tell=shop_stories,
        )
    },
)
