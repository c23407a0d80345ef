"""Second results of a cycle, by another version of its standard, beside the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rescorings",
        sa.Column("id", WHOLE, primary_key=True),
        sa.Column("revision_id", WHOLE, sa.ForeignKey("revisions.id"), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("standard", "version", "hash", "content", "recorded_at")),
        sa.Column("recorded_by", TEXT),
        sa.UniqueConstraint("revision_id", "hash", name="uq_rescorings"),
    )
    op.create_table(
        "rescoring_documents",
        sa.Column("rescoring_id", WHOLE, sa.ForeignKey("rescorings.id"), primary_key=True),
        sa.Column("role", TEXT, primary_key=True),
        sa.Column("hash", TEXT, sa.ForeignKey("documents.hash"), nullable=False),
    )
