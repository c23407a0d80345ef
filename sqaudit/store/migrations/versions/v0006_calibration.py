"""Calibration rounds: the same things rated by several auditors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calibration_rounds",
        sa.Column("id", TEXT, primary_key=True),
        *_text("programme", "period", "standard", "checklist", "units", "opened_at"),
        *_optional("opened_by", "closed_at", "closed_by", "conclusions"),
    )
    op.create_table(
        "calibration_documents",
        _round(),
        sa.Column("role", TEXT, primary_key=True),
        sa.Column("hash", TEXT, sa.ForeignKey("documents.hash"), nullable=False),
    )
    op.create_table(
        "calibration_ratings",
        _round(),
        *(sa.Column(name, TEXT, primary_key=True) for name in ("rated_by", "unit", "item")),
        sa.Column("version", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("is_reference", sa.Boolean, nullable=False),
        *_optional("value", "not_applicable", "note"),
        *_text("rated_at"),
    )
    op.create_table(
        "calibration_files",
        _round(),
        *(sa.Column(name, TEXT, primary_key=True) for name in ("rated_by", "sha256")),
        *_text("name", "taken_at"),
    )


def _round() -> sa.Column[str]:
    return sa.Column("round", TEXT, sa.ForeignKey("calibration_rounds.id"), primary_key=True)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT) for name in names]
