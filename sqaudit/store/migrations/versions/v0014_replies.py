"""Replies to opportunities for improvement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the columns."""
    for name in ("reply", "reply_reason", "replied_by", "replied_at"):
        op.add_column("findings", sa.Column(name, TEXT))
