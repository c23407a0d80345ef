"""Where the store names people: one line for each column. A table that gains one needs a line here."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct
from sqlalchemy import Table

from sqaudit.store.tables import metadata


class Kind(StrEnum):
    """What a column holds, and so how a name in it is replaced."""

    NAME = "name"  # a name and nothing else
    WORDS = "words"  # a free text, in which names are words
    ANSWER = "answer"  # an answer: a free text, unless it may be the id of an option
    NAMES_INSIDE = "names_inside"  # JSON with names among its texts and keys
    WORDS_INSIDE = "words_inside"  # JSON with free texts
    LEFT = "left"  # what records and documents call things: looked at, told, and left


class Owner(StrEnum):
    """What the rows of a table belong to, and grow old with."""

    CYCLE = "cycle"  # the programme and period in it
    REVISION = "revision"  # the revision in it
    ROUND = "round"  # the calibration round in it
    ITSELF = "itself"  # nothing: each row has a moment of its own


class Personal(Struct, frozen=True):
    """A column that names people. In JSON only what stands directly under ``at`` (a key, a place of a list) counts.

    ``prefix`` stands before the names.
    """

    table: str
    column: str
    kind: Kind
    at: str | int | None = None
    prefix: str = ""

    @property
    def of(self) -> Table:
        """The table itself."""
        return metadata.tables[self.table]


PERSONAL: Final = (
    Personal("answers", "auditor", Kind.NAME),
    Personal("answers", "given_by", Kind.NAME),
    Personal("answers", "value", Kind.ANSWER),
    Personal("answers", "not_applicable", Kind.WORDS),
    Personal("answers", "note", Kind.WORDS),
    Personal("answers", "subject", Kind.LEFT),
    Personal("answer_evidence", "auditor", Kind.NAME),
    Personal("answer_evidence", "name", Kind.WORDS),
    Personal("answer_files", "given_by", Kind.NAME),
    Personal("answer_files", "name", Kind.WORDS),
    Personal("answer_choices", "auditor", Kind.NAME),
    Personal("answer_choices", "chosen_by", Kind.NAME),
    Personal("answer_choices", "reason", Kind.WORDS),
    Personal("disputes", "answers", Kind.NAMES_INSIDE),
    Personal("disputes", "opened_by", Kind.NAME),
    Personal("disputes", "decided_by", Kind.NAME),
    Personal("disputes", "reason", Kind.WORDS),
    Personal("disputes", "decision_reason", Kind.WORDS),
    Personal("disputes", "proposed", Kind.ANSWER),
    Personal("disputes", "decided_value", Kind.ANSWER),
    Personal("samples", "drawn_by", Kind.NAME),
    Personal("samples", "exclusions", Kind.WORDS_INSIDE, at=2),
    Personal("samples", "units", Kind.LEFT),
    Personal("samples", "strata", Kind.LEFT),
    Personal("calibration_rounds", "opened_by", Kind.NAME),
    Personal("calibration_rounds", "closed_by", Kind.NAME),
    Personal("calibration_rounds", "conclusions", Kind.NAMES_INSIDE, at="auditor"),
    Personal("calibration_rounds", "units", Kind.WORDS_INSIDE, at="title"),
    Personal("calibration_ratings", "rated_by", Kind.NAME),
    Personal("calibration_ratings", "value", Kind.ANSWER),
    Personal("calibration_ratings", "not_applicable", Kind.WORDS),
    Personal("calibration_ratings", "note", Kind.WORDS),
    Personal("calibration_files", "rated_by", Kind.NAME),
    Personal("calibration_files", "name", Kind.WORDS),
    Personal("revisions", "inputs", Kind.NAMES_INSIDE, at="flagged_auditors"),
    Personal("revisions", "changes", Kind.NAMES_INSIDE, prefix="flagged_auditors:"),
    Personal("revision_sites", "manager", Kind.NAME),
    Personal("revision_sites", "title", Kind.LEFT),
    Personal("revision_sites", "attributes", Kind.NAMES_INSIDE),
    Personal("observations", "auditor", Kind.NAME),
    Personal("observations", "subject", Kind.LEFT),
    Personal("observations", "group", Kind.LEFT),
    Personal("results", "auditor", Kind.NAME),
    Personal("results", "subject", Kind.LEFT),
    Personal("results", "group", Kind.LEFT),
    Personal("results", "reason", Kind.WORDS),  # of what does not apply: what the auditor wrote
    Personal("scores", "auditor", Kind.NAME),
    Personal("scores", "subject", Kind.LEFT),
    Personal("sightings", "auditor", Kind.NAME),
    Personal("sightings", "subject", Kind.LEFT),
    Personal("findings", "raised_by", Kind.NAME),
    Personal("findings", "statement", Kind.WORDS),
    Personal("findings", "replied_by", Kind.NAME),
    Personal("findings", "reply_reason", Kind.WORDS),
    Personal("actions", "owner", Kind.NAME),
    *(
        Personal("actions", "content", Kind.NAMES_INSIDE, at=key)
        for key in ("by", "owner", "done_by", "approved_by", "checked_by")
    ),
    *(
        Personal("actions", "content", Kind.WORDS_INSIDE, at=key)
        for key in (
            *("correction", "containment", "consequences", "not_needed", "cause", "evidence", "extent", "escape"),
            *("text", "resources", "changed", "lessons"),
        )
    ),
    Personal("concessions", "owner", Kind.NAME),
    Personal("concessions", "approver", Kind.NAME),
    Personal("concessions", "revoked_by", Kind.NAME),
    Personal("concessions", "reason", Kind.WORDS),
    Personal("concessions", "revoked_because", Kind.WORDS),
    Personal("follow_up_audits", "asked_by", Kind.NAME),
    Personal("rescorings", "recorded_by", Kind.NAME),
    Personal("rescorings", "content", Kind.LEFT),  # kept by its hash
)

OWNERS: Final = {
    **dict.fromkeys(("answers", "answer_evidence", "answer_choices", "disputes", "samples", "findings"), Owner.CYCLE),
    "follow_up_audits": Owner.CYCLE,
    **dict.fromkeys(("revisions", "revision_sites", "observations", "results", "scores"), Owner.REVISION),
    **dict.fromkeys(("sightings", "rescorings"), Owner.REVISION),
    **dict.fromkeys(("calibration_rounds", "calibration_ratings", "calibration_files"), Owner.ROUND),
    **dict.fromkeys(("answer_files", "actions", "concessions"), Owner.ITSELF),
}
# From when on a row that belongs to nothing grows old; an action only once it is closed.
OWN_MOMENTS: Final = {"answer_files": "given_at", "actions": "closed_at", "concessions": "granted_at"}
