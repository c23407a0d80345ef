"""When the visit or review began and ended at which an answer was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns."""
    for name in ("began_at", "finished_at"):
        op.add_column("answers", sa.Column(name, TEXT))
