"""What was observed above the sites, in regions and the whole programme."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "level_observations",
        sa.Column("revision_id", WHOLE, sa.ForeignKey("revisions.id"), primary_key=True),
        *(sa.Column(name, TEXT, primary_key=True) for name in ("level", "place", "checklist", "item")),
        *(sa.Column(name, WHOLE, nullable=False) for name in ("rows", "n", "missing", "invalid")),
        sa.Column("statistics", TEXT, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("stale", "failed")),
        sa.Column("reason", TEXT),
    )
