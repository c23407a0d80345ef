"""The template ``property``: a project of twelve estates that runs at once, with its stories."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from sqaudit.model.ports import ProjectTemplate
from sqaudit.plugin.templates import FolderTemplate

from sqaudit_property.templates.estates import PERIODS
from sqaudit_property.templates.records import estate_records
from sqaudit_property.templates.stories import estate_stories

TEMPLATES: Mapping[str, ProjectTemplate] = {
    "property": FolderTemplate(
        name="property",
        folder=resources.files(__package__) / "property",
        programme="estate-months",
        periods=PERIODS,
        records=estate_records,
        tell=estate_stories,
    )
}
