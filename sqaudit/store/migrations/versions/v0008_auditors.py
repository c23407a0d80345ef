"""Answers of several auditors to one question, what the lead chose among them, and disputes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from sqaudit.store.columns import TEXT, WHOLE

revision = "0008"
down_revision = "0007"

_KEY = ("programme", "period", "site", "checklist", "item", "subject")


def upgrade() -> None:
    """Make the tables, and make those of answers again: a key cannot be changed where it is."""
    op.drop_index("ix_answer_evidence_sha256", "answer_evidence")
    _make_again(
        "answers",
        [
            *_answer_key(),
            *_optional("value", "not_applicable", "note"),
            *_text("given_by", "given_at"),
            *_optional("began_at", "finished_at", "dispute"),
        ],
        (*_KEY, "version", "value", "not_applicable", "note", "given_by", "given_at", "began_at", "finished_at"),
    )
    _make_again(
        "answer_evidence",
        [
            *_answer_key(),
            sa.Column("sha256", TEXT, primary_key=True),
            sa.Column("position", WHOLE, nullable=False),
            *_text("name"),
            sa.Column("size", WHOLE, nullable=False),
            *_text("received_at"),
            *_optional("captured_on", "effective_on"),
        ],
        (*_KEY, "version", "sha256", "position", "name", "size", "received_at", "captured_on", "effective_on"),
    )
    op.create_index("ix_answer_evidence_sha256", "answer_evidence", ["sha256"])
    files = [sa.Column(name, TEXT, primary_key=True) for name in ("sha256", "given_by")]
    _make_again("answer_files", [*files, *_text("name", "given_at")], ("sha256", "given_by", "name", "given_at"))
    op.add_column("observations", sa.Column("chosen_version", WHOLE))
    op.create_table(
        "answer_choices",
        sa.Column("number", WHOLE, primary_key=True),
        *_text(*_KEY, "auditor"),
        sa.Column("version", WHOLE, nullable=False),
        *_text("chosen_by", "chosen_at"),
        *_optional("reason"),
    )
    op.create_index("ix_answer_choices_cycle", "answer_choices", ["programme", "period"])
    op.create_table(
        "disputes",
        sa.Column("id", TEXT, primary_key=True),
        *_text(*_KEY),
        *_text("answers", "opened_by", "opened_at", "reason"),
        *_optional("proposed"),
        *_text("state"),
        *_optional("decided_by", "decided_at", "decision_reason", "decided_value"),
        sa.Column("decided_version", WHOLE),
    )
    op.create_index("ix_disputes_cycle", "disputes", ["programme", "period"])


def _make_again(name: str, columns: Sequence[sa.Column[Any]], kept: Sequence[str]) -> None:
    """Make a table with other columns and fill it with what it held."""
    before = f"{name}_before"
    op.rename_table(name, before)
    if op.get_bind().dialect.name == "postgresql":  # where the key of a renamed table keeps the name that the new needs
        op.drop_constraint(f"{name}_pkey", before)
    op.create_table(name, *columns)
    listed = ", ".join(kept)
    op.execute(f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {before}")
    op.drop_table(before)


def _answer_key() -> list[sa.Column[Any]]:
    names = [sa.Column(name, TEXT, primary_key=True) for name in _KEY[:-1]]
    finer = [sa.Column(name, TEXT, primary_key=True, server_default="") for name in ("subject", "auditor")]
    return [*names, *finer, sa.Column("version", WHOLE, primary_key=True, autoincrement=False)]


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT) for name in names]
