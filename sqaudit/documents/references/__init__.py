"""The second look, at valid documents together: what they name must exist and fit."""

from sqaudit.documents.references.calendars import check_calendars
from sqaudit.documents.references.checklists import check_checklist
from sqaudit.documents.references.overlays import check_overlay_targets
from sqaudit.documents.references.programmes import check_programme, check_project
from sqaudit.documents.references.standards import check_standard
from sqaudit.documents.references.twice import check_twice

__all__ = [
    "check_calendars",
    "check_checklist",
    "check_overlay_targets",
    "check_programme",
    "check_project",
    "check_standard",
    "check_twice",
]
