"""The records of the demo: twelve invented estates, eight months, and what was done about them.

Complaints are answered late and households leave, until one platform shows by when each answer is due. At one estate
cleaning is made anew and owners see it; at another the same is done, and too few are asked to tell. Beside it: three
group complaints, an estate short of technicians, lifts that break down again, a blocked fire exit, and a little dirt.

Only ``Random.random()`` and integers are used, so that every version of Python makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit_property.templates.complaint_records import complaint_records
from sqaudit_property.templates.estates import FOLDER
from sqaudit_property.templates.repair_records import repair_book
from sqaudit_property.templates.sheet_records import sheet_records
from sqaudit_property.templates.survey_records import survey_records


def estate_records() -> Mapping[str, str]:
    """The record files of the demo, by path relative to the project's folder; the same bytes every time."""
    files = {
        "repairs.csv": repair_book(),
        "surveys.csv": survey_records(),
        **complaint_records(),
        **sheet_records(),
    }
    return {f"{FOLDER}/{name}": text for name, text in files.items()}
