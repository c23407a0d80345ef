"""Which findings asked for which follow-up audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "follow_up_audits",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("programme", "period", "finding")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("asked_by", "asked_at")),
    )
