"""Which process has begun to carry out a cycle that fell due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "due_claims",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("programme", "period")),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("pid", WHOLE, nullable=False),
        sa.Column("claimed_at", TEXT, nullable=False),
    )
