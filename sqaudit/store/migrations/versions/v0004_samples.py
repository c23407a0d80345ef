"""What was drawn to be looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "samples",
        sa.Column("id", TEXT, primary_key=True),
        *_text("programme", "checklist", "period", "frame", "plan", "seed", "frame_hash"),
        sa.Column("frame_size", WHOLE, nullable=False),
        *_text("exclusions", "strata", "units", "drawn_at"),
        sa.Column("drawn_by", TEXT),
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]
