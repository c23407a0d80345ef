"""Who takes part in audits, and what for."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sqaudit.model.texts import Text


class Role(StrEnum):
    """What somebody may be asked to do."""

    AUDITOR = "auditor"
    LEAD = "lead"
    OWNER = "owner"
    APPROVER = "approver"
    VERIFIER = "verifier"
    MANAGER = "manager"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody a project knows by an id. ``login`` is the name that the person is known by elsewhere."""

    id: str
    name: Text
    roles: tuple[Role, ...] = ()
    login: str | None = None


class Several(StrEnum):
    """What several answers to one question come to, where they differ."""

    LEAD = "lead"
    MEAN = "mean"


class Team(Struct, frozen=True, kw_only=True):
    """Who audits. With ``several``, every auditor's answer to a question is kept and judged."""

    lead: str | None = None
    auditors: tuple[str, ...] = ()
    several: Several | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody in it, each once."""
        return tuple(dict.fromkeys([*self.auditors, *([self.lead] if self.lead is not None else [])]))
