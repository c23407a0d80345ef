"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table("documents", *_key("hash"), *_text("kind", "id", "version", "content"))
    op.create_table(
        "cycles",
        sa.Column("id", WHOLE, primary_key=True),
        *_text("programme", "period", "period_start", "period_end", "state", "opened_at"),
        *_optional("closed_at"),
        sa.UniqueConstraint("programme", "period", name="uq_cycles"),
    )
    op.create_table(
        "revisions",
        sa.Column("id", WHOLE, primary_key=True),
        sa.Column("cycle_id", WHOLE, sa.ForeignKey("cycles.id"), nullable=False),
        *_whole("number"),
        *_text("fingerprint", "recorded_at", "inputs", "changes"),
        *_truth("scored"),
        sa.UniqueConstraint("cycle_id", "number", name="uq_revisions"),
    )
    op.create_table(
        "revision_documents",
        _revision_key(),
        sa.Column("hash", TEXT, sa.ForeignKey("documents.hash"), primary_key=True),
    )
    _create_evidence()
    _create_conclusions()


def _create_evidence() -> None:
    op.create_table(
        "revision_sites",
        _revision_key(),
        *_key("site"),
        *_text("title"),
        *_optional("region", "manager", "timezone"),
        *_text("weight", "attributes"),
    )
    op.create_table(
        "source_records",
        _revision_key(),
        *_key("dataset"),
        *_text("fingerprint", "files"),
        *_whole("read", "accepted", "rejected", "blank", "duplicates"),
        *_text("columns"),
        *_optional("earliest", "newest"),
        *_truth("stale"),
        *_optional("rejects"),
        *_text("unknown_sites"),
    )
    op.create_table(
        "observations",
        _revision_key(),
        *_key("site", "checklist", "item"),
        *_finer_key(),
        *_whole("rows", "n", "missing", "invalid"),
        *_text("statistics"),
        *_truth("stale", "failed"),
        *_optional("reason"),
    )


def _create_conclusions() -> None:
    op.create_table(
        "results",
        _revision_key(),
        *_key("site", "checklist", "item"),
        *_finer_key(),
        *_text("id"),
        *_optional("criterion", "dimension"),
        *_text("status", "severity"),
        *_optional("value"),
        *_text("unit", "formula"),
        *_optional("low", "high", "interval", "value_reason"),
        *_whole("n", "missing", "invalid"),
        *_optional("target", "score"),
        *_text("weight"),
        *_truth("stale"),
        *_optional("reason"),
    )
    op.create_index("ix_results_id", "results", ["id"])
    op.create_table(
        "scores",
        _revision_key(),
        *_key("level", "site", "id"),
        *_finer_key(),
        *_optional("score", "raw_score", "coverage"),
        *_text("weight"),
        *_whole("items", "critical_failed"),
        *_optional("rating", "reason"),
    )
    op.create_table(
        "findings",
        _revision_key(),
        *_key("site", "criterion"),
        *_finer_key(),
        *_text("id", "items", "severity"),
    )
    op.create_index("ix_findings_id", "findings", ["id"])


# Written out again rather than taken from ``tables``: a step must stay what it was when the tables change.


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


def _truth(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names]


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, primary_key=True) for name in names]


def _finer_key() -> list[sa.Column[str]]:
    return [
        sa.Column(name, TEXT, primary_key=True, server_default="") for name in ("subject", "group", "facet", "auditor")
    ]


def _revision_key() -> sa.Column[int]:
    return sa.Column("revision_id", WHOLE, sa.ForeignKey("revisions.id"), primary_key=True)
