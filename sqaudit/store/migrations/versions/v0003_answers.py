"""What people answered, version by version, and the files beside their answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table("answers", *_key(), *_optional("value", "not_applicable", "note"), *_text("given_by", "given_at"))
    op.create_table(
        "answer_evidence",
        *_key(),
        sa.Column("sha256", TEXT, primary_key=True),
        sa.Column("position", WHOLE, nullable=False),
        *_text("name"),
        sa.Column("size", WHOLE, nullable=False),
        *_text("received_at"),
        *_optional("captured_on", "effective_on"),
    )
    op.create_index("ix_answer_evidence_sha256", "answer_evidence", ["sha256"])
    op.create_table("answer_files", sa.Column("sha256", TEXT, primary_key=True), *_text("name", "given_by", "given_at"))
    op.add_column("observations", sa.Column("answer_version", WHOLE))


def _key() -> list[sa.Column[Any]]:
    names = [sa.Column(name, TEXT, primary_key=True) for name in ("programme", "period", "site", "checklist", "item")]
    subject = sa.Column("subject", TEXT, primary_key=True, server_default="")
    return [*names, subject, sa.Column("version", WHOLE, primary_key=True, autoincrement=False)]


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT) for name in names]
