"""What was drawn to be looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "samples",
        sa.Column("id", sa.Text, primary_key=True),
        *_text("programme", "checklist", "period", "frame", "plan", "seed", "frame_hash"),
        sa.Column("frame_size", sa.Integer, nullable=False),
        *_text("exclusions", "strata", "units", "drawn_at"),
        sa.Column("drawn_by", sa.Text),
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
