"""What ``sqaudit init --template property`` and the documents of a project find here."""

from __future__ import annotations

from pathlib import Path

from sqaudit.model.ports import Pack

from sqaudit_property.templates import TEMPLATES

PACK = Pack(name="property", standards=Path(__file__).parent / "standards", templates=TEMPLATES)
