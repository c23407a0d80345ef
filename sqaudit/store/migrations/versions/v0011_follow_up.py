"""Findings that live through the cycles in which they are seen, corrective actions, and concessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0011"
down_revision = "0010"

_FINER = ("subject", "group", "facet", "auditor")


def upgrade() -> None:
    """Make the tables; every finding of a cycle becomes a finding of its own, seen in that cycle."""
    op.drop_index("ix_findings_id", "findings")
    op.rename_table("findings", "findings_before")
    if op.get_bind().dialect.name == "postgresql":  # where the key of a renamed table keeps the name that the new needs
        op.drop_constraint("findings_pkey", "findings_before")
    op.create_table(
        "sightings",
        sa.Column("revision_id", WHOLE, sa.ForeignKey("revisions.id"), primary_key=True),
        *_key("site", "criterion"),
        *(sa.Column(name, TEXT, primary_key=True, server_default="") for name in _FINER),
        *_text("finding", "items", "severity"),
    )
    op.create_index("ix_sightings_finding", "sightings", ["finding"])
    op.create_table(
        "findings",
        *_key("id"),
        *_text("programme", "period", "site", "criterion", "severity", "raised_at"),
        *_optional("repeat_of"),
        *_whole("repeats"),
        *_optional("systemic", "action", "statement", "raised_by"),
    )
    op.create_index("ix_findings_programme", "findings", ["programme", "criterion"])
    op.execute(
        "INSERT INTO sightings (revision_id, site, criterion, finding, items, severity)"
        " SELECT revision_id, site, criterion, id, items, severity FROM findings_before"
    )
    op.execute(
        "INSERT INTO findings (id, programme, period, site, criterion, severity, raised_at, repeats)"
        " SELECT b.id, c.programme, c.period, b.site, b.criterion, MIN(b.severity), MIN(r.recorded_at), 0"
        " FROM findings_before b JOIN revisions r ON r.id = b.revision_id JOIN cycles c ON c.id = r.cycle_id"
        " GROUP BY b.id, c.programme, c.period, b.site, b.criterion"
    )
    op.drop_table("findings_before")
    op.create_table(
        "actions",
        *_key("id"),
        *_text("programme", "finding", "criterion", "site", "severity", "path", "state", "opened_at", "updated_at"),
        *_optional("owner", "parent", "due", "due_for", "implemented_on", "verdict", "closed_at"),
        *_whole("reopenings", "extensions", "checks", "version"),
        *_text("content"),
    )
    op.create_index("ix_actions_due", "actions", ["due", "id"])
    op.create_index("ix_actions_finding", "actions", ["finding"])
    op.create_table(
        "action_deadlines",
        *_of_action(),
        *_text("step", "due", "set_at", "notices"),
        *_optional("ended_at"),
    )
    op.create_table("action_notices", *_of_action(), *_key("rung"), *_text("given_at"))
    op.create_table(
        "concessions",
        *_key("id"),
        *_text("programme", "criterion", "site", "reason", "owner", "approver", "granted_at", "first_day", "last_day"),
        *_optional("revoked_at", "revoked_by", "revoked_because"),
    )


def _of_action() -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column("action", TEXT, sa.ForeignKey("actions.id"), primary_key=True),
        sa.Column("number", WHOLE, primary_key=True, autoincrement=False),
    ]


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, primary_key=True) for name in names]


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]
