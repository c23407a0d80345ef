"""Every table of the store.

Whole numbers are integers; decimals and floats are text that reads back exactly (see ``encoding``); moments are ISO
8601 text in UTC, so that they sort. What may be absent in a natural key is ``''``, never NULL: two NULLs are not
equal, and a key must be. The natural keys hold ``subject``, ``group``, ``facet`` and ``auditor`` for finer audits.
A change here needs a new step in ``migrations/versions``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Boolean, Column, ForeignKey, Index, MetaData, Table, UniqueConstraint, event

from sqaudit.store.columns import TEXT, WHOLE
from sqaudit.store.guards import GUARDS

metadata = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[Column[str]]:
    return [Column(name, TEXT) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, WHOLE, nullable=False) for name in names]


def _truth(*names: str) -> list[Column[bool]]:
    return [Column(name, Boolean, nullable=False) for name in names]


def _key(*names: str) -> list[Column[str]]:
    return [Column(name, TEXT, primary_key=True) for name in names]


def _finer_key() -> list[Column[str]]:
    return [Column(name, TEXT, primary_key=True, server_default="") for name in FINER]


def _revision_key() -> Column[int]:
    return Column("revision_id", ForeignKey("revisions.id"), primary_key=True)


def _answer_key() -> list[Column[Any]]:
    """What an answer is about, and which version of it this is, the oldest being 1."""
    names = _key("programme", "period", "site", "checklist", "item")
    finer = [Column(name, TEXT, primary_key=True, server_default="") for name in ("subject", "auditor")]
    return [*names, *finer, Column("version", WHOLE, primary_key=True, autoincrement=False)]


FINER = ("subject", "group", "facet", "auditor")

documents = Table("documents", metadata, *_key("hash"), *_text("kind", "id", "version", "content"))

cycles = Table(
    "cycles",
    metadata,
    Column("id", WHOLE, primary_key=True),
    *_text("programme", "period", "period_start", "period_end", "state", "opened_at"),
    *_optional("closed_at"),
    UniqueConstraint("programme", "period", name="uq_cycles"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("cycle_id", ForeignKey("cycles.id"), nullable=False),
    *_whole("number"),
    *_text("fingerprint", "recorded_at", "inputs", "changes"),
    *_truth("scored"),
    UniqueConstraint("cycle_id", "number", name="uq_revisions"),
)

revision_documents = Table(
    "revision_documents",
    metadata,
    _revision_key(),
    Column("hash", ForeignKey("documents.hash"), primary_key=True),
)

revision_sites = Table(
    "revision_sites",
    metadata,
    _revision_key(),
    *_key("site"),
    *_text("title"),
    *_optional("region", "manager", "timezone"),
    *_text("weight", "attributes"),
)

source_records = Table(
    "source_records",
    metadata,
    _revision_key(),
    *_key("dataset"),
    *_text("fingerprint", "files"),
    *_whole("read", "accepted", "rejected", "blank", "duplicates"),
    *_text("columns"),
    *_optional("earliest", "newest"),
    *_truth("stale"),
    *_optional("rejects"),
    *_text("unknown_sites"),
)

observations = Table(
    "observations",
    metadata,
    _revision_key(),
    *_key("site", "checklist", "item"),
    *_finer_key(),
    *_whole("rows", "n", "missing", "invalid"),
    *_text("statistics"),
    *_truth("stale", "failed"),
    *_optional("reason"),
    Column("answer_version", WHOLE),
    Column("chosen_version", WHOLE),
)

answers = Table(
    "answers",
    metadata,
    *_answer_key(),
    *_optional("value", "not_applicable", "note"),
    *_text("given_by", "given_at"),
    *_optional("began_at", "finished_at", "dispute"),
)

answer_evidence = Table(
    "answer_evidence",
    metadata,
    *_answer_key(),
    *_key("sha256"),
    *_whole("position"),
    *_text("name"),
    *_whole("size"),
    *_text("received_at"),
    *_optional("captured_on", "effective_on"),
)

answer_files = Table("answer_files", metadata, *_key("sha256", "given_by"), *_text("name", "given_at"))

answer_choices = Table(
    "answer_choices",
    metadata,
    Column("number", WHOLE, primary_key=True),
    *_text("programme", "period", "site", "checklist", "item", "subject", "auditor"),
    *_whole("version"),
    *_text("chosen_by", "chosen_at"),
    *_optional("reason"),
)

disputes = Table(
    "disputes",
    metadata,
    *_key("id"),
    *_text("programme", "period", "site", "checklist", "item", "subject"),
    *_text("answers", "opened_by", "opened_at", "reason"),
    *_optional("proposed"),
    *_text("state"),
    *_optional("decided_by", "decided_at", "decision_reason", "decided_value"),
    Column("decided_version", WHOLE),
)

level_observations = Table(
    "level_observations",
    metadata,
    _revision_key(),
    *_key("level", "place", "checklist", "item"),
    *_whole("rows", "n", "missing", "invalid"),
    *_text("statistics"),
    *_truth("stale", "failed"),
    *_optional("reason"),
)

results = Table(
    "results",
    metadata,
    _revision_key(),
    *_key("site", "checklist", "item"),
    *_finer_key(),
    *_text("id"),
    *_optional("criterion", "dimension"),
    *_text("status", "severity"),
    *_optional("value"),
    *_text("unit", "formula"),
    *_optional("low", "high", "interval", "value_reason"),
    *_whole("n", "missing", "invalid"),
    *_optional("target", "score"),
    *_text("weight"),
    *_truth("stale"),
    *_optional("reason"),
)

scores = Table(
    "scores",
    metadata,
    _revision_key(),
    *_key("level", "site", "id"),
    *_finer_key(),
    *_optional("score", "raw_score", "coverage"),
    *_text("weight"),
    *_whole("items", "critical_failed"),
    *_optional("rating", "reason"),
)

sightings = Table(
    "sightings",
    metadata,
    _revision_key(),
    *_key("site", "criterion"),
    *_finer_key(),
    *_text("finding", "items", "severity"),
)

findings = Table(
    "findings",
    metadata,
    *_key("id"),
    *_text("programme", "period", "site", "criterion", "severity", "raised_at"),
    *_optional("repeat_of"),
    *_whole("repeats"),
    *_optional("systemic", "action", "statement", "raised_by", "reply", "reply_reason", "replied_by", "replied_at"),
)

actions = Table(
    "actions",
    metadata,
    *_key("id"),
    *_text("programme", "finding", "criterion", "site", "severity", "path", "state", "opened_at", "updated_at"),
    *_optional("owner", "parent", "due", "due_for", "implemented_on", "verdict", "closed_at"),
    *_whole("reopenings", "extensions", "checks", "version"),
    *_text("content"),
)

action_deadlines = Table(
    "action_deadlines",
    metadata,
    Column("action", ForeignKey("actions.id"), primary_key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    *_text("step", "due", "set_at", "notices"),
    *_optional("ended_at"),
)

action_notices = Table(
    "action_notices",
    metadata,
    Column("action", ForeignKey("actions.id"), primary_key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    *_key("rung"),
    *_text("given_at"),
)

concessions = Table(
    "concessions",
    metadata,
    *_key("id"),
    *_text("programme", "criterion", "site", "reason", "owner", "approver", "granted_at", "first_day", "last_day"),
    *_optional("revoked_at", "revoked_by", "revoked_because"),
)

follow_up_audits = Table(
    "follow_up_audits",
    metadata,
    *_key("programme", "period", "finding"),
    *_text("asked_by", "asked_at"),
)

rescorings = Table(
    "rescorings",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("revision_id", ForeignKey("revisions.id"), nullable=False),
    *_text("standard", "version", "hash", "content", "recorded_at"),
    *_optional("recorded_by"),
    UniqueConstraint("revision_id", "hash", name="uq_rescorings"),
)

rescoring_documents = Table(
    "rescoring_documents",
    metadata,
    Column("rescoring_id", ForeignKey("rescorings.id"), primary_key=True),
    *_key("role"),
    Column("hash", ForeignKey("documents.hash"), nullable=False),
)

samples = Table(
    "samples",
    metadata,
    *_key("id"),
    *_text("programme", "checklist", "period", "frame", "plan", "seed", "frame_hash"),
    *_whole("frame_size"),
    *_text("exclusions", "strata", "units", "drawn_at"),
    *_optional("drawn_by"),
)

calibration_rounds = Table(
    "calibration_rounds",
    metadata,
    *_key("id"),
    *_text("programme", "period", "standard", "checklist", "units", "opened_at"),
    *_optional("opened_by", "closed_at", "closed_by", "conclusions"),
)


def _round_key() -> Column[str]:
    return Column("round", ForeignKey("calibration_rounds.id"), primary_key=True)


calibration_documents = Table(
    "calibration_documents",
    metadata,
    _round_key(),
    *_key("role"),
    Column("hash", ForeignKey("documents.hash"), nullable=False),
)

calibration_ratings = Table(
    "calibration_ratings",
    metadata,
    _round_key(),
    *_key("rated_by", "unit", "item"),
    Column("version", WHOLE, primary_key=True, autoincrement=False),
    *_truth("is_reference"),
    *_optional("value", "not_applicable", "note"),
    *_text("rated_at"),
)

calibration_files = Table(
    "calibration_files", metadata, _round_key(), *_key("rated_by", "sha256"), *_text("name", "taken_at")
)

events = Table(
    "events",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    *_text("kind"),
    *_optional("programme", "period", "thing"),
    *_text("recorded_at"),
    *_optional("payload"),
    *_text("payload_hash", "previous_hash", "hash"),
    Column("erased_by", WHOLE),
)

event_head = Table(
    "event_head",
    metadata,
    Column("id", WHOLE, primary_key=True, autoincrement=False),
    *_whole("number"),
    *_text("hash"),
)

due_claims = Table(
    "due_claims", metadata, *_key("programme", "period"), *_text("host"), *_whole("pid"), *_text("claimed_at")
)

Index("ix_answer_evidence_sha256", answer_evidence.c.sha256)
Index("ix_answer_choices_cycle", answer_choices.c.programme, answer_choices.c.period)
Index("ix_disputes_cycle", disputes.c.programme, disputes.c.period)
Index("ix_results_id", results.c.id)
Index("ix_sightings_finding", sightings.c.finding)
Index("ix_findings_programme", findings.c.programme, findings.c.criterion)
Index("ix_actions_due", actions.c.due, actions.c.id)
Index("ix_actions_finding", actions.c.finding)

_EMPTY_LOG = f"INSERT INTO event_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')"
event.listen(event_head, "after_create", DDL(_EMPTY_LOG))  # type: ignore[no-untyped-call]
for _dialect, _guards in GUARDS.items():
    for _guard in _guards:
        event.listen(events, "after_create", DDL(_guard).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
