"""The log of events, which is only ever added to, and its head."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE
from sqaudit.store.guards import GUARDS

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, what guards them, and the head of an empty log."""
    op.create_table(
        "events",
        sa.Column("number", WHOLE, primary_key=True, autoincrement=False),
        *_text("kind"),
        *_optional("programme", "period", "thing"),
        *_text("recorded_at"),
        *_optional("payload"),
        *_text("payload_hash", "previous_hash", "hash"),
        sa.Column("erased_by", WHOLE),
    )
    op.create_table(
        "event_head",
        sa.Column("id", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("number", WHOLE, nullable=False),
        *_text("hash"),
    )
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.execute(guard)
    op.execute(f"INSERT INTO event_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT) for name in names]
