"""The log of events, which is only ever added to, and its head."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_GUARDS = (
    """CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    """CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE number >= NEW.number)
BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END""",
    """CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
WHEN NEW.payload IS NOT NULL OR OLD.payload IS NULL OR NEW.erased_by IS NULL OR OLD.erased_by IS NOT NULL
OR NEW.number IS NOT OLD.number OR NEW.kind IS NOT OLD.kind OR NEW.programme IS NOT OLD.programme
OR NEW.period IS NOT OLD.period OR NEW.thing IS NOT OLD.thing OR NEW.recorded_at IS NOT OLD.recorded_at
OR NEW.payload_hash IS NOT OLD.payload_hash OR NEW.previous_hash IS NOT OLD.previous_hash OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
)


def upgrade() -> None:
    """Make the tables, what guards them, and the head of an empty log."""
    op.create_table(
        "events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_text("kind"),
        *_optional("programme", "period", "thing"),
        *_text("recorded_at"),
        *_optional("payload"),
        *_text("payload_hash", "previous_hash", "hash"),
        sa.Column("erased_by", sa.Integer),
    )
    op.create_table(
        "event_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        *_text("hash"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for guard in _GUARDS:
            op.execute(guard)
    op.execute(f"INSERT INTO event_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]
