"""What was read, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct, field

from sqaudit.model.answer import GivenAnswer
from sqaudit.model.score import Level

Number: TypeAlias = int | Decimal | float
Statistics: TypeAlias = Mapping[str, Number | None]


class SourceFile(Struct, frozen=True, kw_only=True):
    """One file as it was read: name relative to the project, size in bytes, sha256 of its content."""

    name: str
    size: int
    sha256: str


class CellCounts(Struct, frozen=True, kw_only=True):
    """Cells of one column over the accepted rows: valid + invalid + missing = accepted."""

    valid: int
    invalid: int
    missing: int


class SourceRecord(Struct, frozen=True, kw_only=True):
    """What collecting learnt about one dataset: accepted + rejected = read; blank lines are counted apart.

    ``earliest`` and ``newest`` are the moments of the accepted rows, in UTC. ``rejects`` is the reject file, relative
    to the project, or ``None`` if nothing was rejected or invalid. ``unknown_sites`` counts accepted rows by a site
    that the programme does not list.
    """

    dataset: str
    fingerprint: str
    files: tuple[SourceFile, ...]
    read: int
    accepted: int
    rejected: int
    blank: int = 0
    duplicates: int = 0
    columns: Mapping[str, CellCounts] = field(default_factory=dict)
    earliest: datetime | None = None
    newest: datetime | None = None
    stale: bool = False
    rejects: str | None = None
    unknown_sites: Mapping[str, int] = field(default_factory=dict)

    def had_begun(self, moment: datetime) -> bool:
        """Whether the records had begun by a moment; before, their silence says nothing."""
        return self.earliest is None or self.earliest < moment


class Observation(Struct, frozen=True, kw_only=True):
    """One recorded fact: the statistics of an item at a site over a period; a reference, never a copy of the records.

    It is about the whole site, or about one ``subject`` or one ``group`` (the values of the columns as a JSON array).
    At the ``level`` of a region or the programme, ``site`` is the region's name or the programme's id.
    ``n`` counts rows whose value is known, ``missing`` and ``invalid`` those whose value is not there or not usable;
    ``rows`` all rows of the site in the period, before ``where``. ``reason`` says why there are no statistics;
    ``failed`` tells a crash from an absence. Of a question to a person it holds the ``answer`` instead of statistics,
    or none while there is none; ``auditor`` is the series of that answer, ``chosen_version`` the version of it that the
    lead chose last, where it is this auditor's that was chosen.
    """

    site: str
    checklist: str
    item: str
    rows: int = 0
    n: int = 0
    missing: int = 0
    invalid: int = 0
    statistics: Statistics = field(default_factory=dict)
    stale: bool = False
    failed: bool = False
    reason: str | None = None
    subject: str = ""
    group: str = ""
    level: Level = Level.AUDIT
    answer: GivenAnswer | None = None
    auditor: str = ""
    chosen_version: int | None = None
