"""All that a reporter may read. Plain values, filled once; a reporter computes nothing and asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from sqaudit.model.doubt import DoubtKind
from sqaudit.model.event import Head
from sqaudit.model.programme import CycleState
from sqaudit.model.report_parts import (
    ActionRow,
    AtTarget,
    Audience,
    ConcessionRow,
    CriterionRow,
    DecisionRow,
    DocumentRow,
    ItemRow,
    ReferenceRow,
    StrengthRow,
    TrendRow,
)
from sqaudit.model.score import Status
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text

if TYPE_CHECKING:
    from sqaudit.errors import Message

_WITHOUT_VERDICT = (Status.NO_DATA, Status.ERROR, Status.UNANSWERED, Status.NOT_SELECTED)


class Figures(Struct, frozen=True, kw_only=True):
    """A score as a report shows it: 0 to 100 and exact, or ``None`` with a ``reason``.

    ``raw_score`` is the score before a critical failure changed it; ``coverage`` the scored share of the weight (0 to
    1); ``items`` how many items it rests on; ``critical_failed`` how many critical criteria failed. ``previous`` is the
    score of the cycle before and ``change`` how much it rose since, where the two were made alike; else
    ``change_reason`` says why there is none, if there was a cycle before. ``usual`` tells whether the score lies within
    its usual variation; ``None`` where that is not known. Figures that are not told have no counts either.
    """

    score: Decimal | None
    raw_score: Decimal | None = None
    rating: str | None = None
    rating_title: Text | None = None
    coverage: Decimal | None = None
    items: int | None = 0
    critical_failed: int | None = 0
    reason: str | None = None
    previous: Decimal | None = None
    change: Decimal | None = None
    change_reason: str | None = None
    usual: bool | None = None


class DimensionRow(Struct, frozen=True, kw_only=True):
    """One dimension, or group of a view, of the programme or of a site.

    ``weight`` is that which the standard gives a dimension; of a group, what its criteria count at a site together,
    ``None`` over all sites.
    """

    id: str
    title: Text
    weight: Decimal | None
    figures: Figures


class ViewRow(Struct, frozen=True, kw_only=True):
    """The criteria of the programme or of a site put together by a tag (``id``), one row for each group."""

    id: str
    title: Text
    groups: tuple[DimensionRow, ...]


class RegionRow(Struct, frozen=True, kw_only=True):
    """The sites of one region together."""

    id: str
    sites: int
    figures: Figures


class SiteRow(Struct, frozen=True, kw_only=True):
    """One site's audit; ``findings`` counts its findings, ``criteria`` go from the one that cost most points down.

    ``rank`` is 1 for the highest score as it is shown, and equal ones share it; ``rank_low`` and ``rank_high`` are
    the best and the worst place that its score is compatible with, and ``low`` and ``high`` the interval of the
    score, where these are known. ``stands_out`` is true where its score is better than chance explains, false where
    it is worse.
    """

    id: str
    title: Text
    figures: Figures
    region: str | None = None
    manager: str | None = None
    dimensions: tuple[DimensionRow, ...] = ()
    views: tuple[ViewRow, ...] = ()
    findings: int | None = 0
    criteria: tuple[CriterionRow, ...] = ()
    trend: tuple[TrendRow, ...] = ()
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    stands_out: bool | None = None
    low: Decimal | None = None
    high: Decimal | None = None


class ResultRow(Struct, frozen=True, kw_only=True):
    """One item at one site.

    ``value``, ``low`` and ``high`` are in ``unit`` (``share`` 0 to 1, ``s`` seconds); ``target`` is what the author
    wrote; ``score`` 0 to 100. Absent things are ``None``, with a ``reason``.
    """

    site: str
    site_title: Text
    checklist: str
    item: str
    item_title: Text
    criterion: str | None
    dimension: str | None
    severity: Severity
    status: Status
    value: float | None
    unit: str
    n: int
    missing: int = 0
    invalid: int = 0
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    formula: str = ""
    target: str | None = None
    score: Decimal | None = None
    weight: Decimal = Decimal(1)
    stale: bool = False
    reason: str | None = None


class FindingRow(Struct, frozen=True, kw_only=True):
    """One criterion that was not met, the items that failed it, and what the standard advises.

    ``site`` is ``None`` where it stands for many sites, ``dimension`` where no criterion is known. ``repeats`` counts
    how often it came back after a fix.
    """

    id: str
    site: str | None
    site_title: Text
    criterion: str
    criterion_title: Text
    severity: Severity
    items: tuple[str, ...]
    status: str
    statement: Message
    remedies: tuple[Text, ...] = ()
    repeats: int = 0
    conceded: bool = False
    action: str | None = None
    dimension: str | None = None


class SourceRow(Struct, frozen=True, kw_only=True):
    """What was read of one dataset; accepted + rejected = read. ``earliest`` and ``newest`` are ISO 8601, in UTC.

    ``unknown_sites`` counts accepted rows by a site that the programme does not list; ``rejects`` is the reject file.
    """

    dataset: str
    files: int
    read: int
    accepted: int
    rejected: int
    blank: int = 0
    duplicates: int = 0
    unknown_sites: int = 0
    stale: bool = False
    earliest: str | None = None
    newest: str | None = None
    rejects: str | None = None
    fingerprint: str = ""


class FlaggedRow(Struct, frozen=True, kw_only=True):
    """An auditor whose answers to a checklist count, and whom its newest calibration round found unacceptable.

    The figures are of that round, 0 to 1; ``None`` is unknown.
    """

    auditor: str
    checklist: str
    round: str
    effectiveness: float | None
    miss_rate: float | None
    false_alarm_rate: float | None


class DoubtRow(Struct, frozen=True, kw_only=True):
    """What makes the answers of a person doubtful, at a site or everywhere (``None``). It changes no score."""

    kind: DoubtKind
    site: str | None
    site_title: Text | None
    checklist: str | None
    subject: str | None
    person: str
    statement: Message


class CorrectionRow(Struct, frozen=True, kw_only=True):
    """One place of the documents that was corrected since the trial evaluation of the period ``since``."""

    since: str
    document: str
    path: str
    before: str | None
    after: str | None


class ReportView(Struct, frozen=True, kw_only=True):
    """One revision of one cycle, ready to be shown.

    ``starts`` and ``ends`` are the edges of the period (half open), ISO 8601 in ``timezone``. Only what is said of
    ``actions`` depends on the moment of the report, of which ``as_of`` is the day: the same store makes the same
    report at the same moment. ``sites`` goes from the lowest score up, sites without a score last; ``findings``
    from the heaviest severity down; ``results`` by site, checklist and item; ``actions`` from the first due on;
    ``criteria`` from the one that cost most points down. ``previous_period`` is that of the cycle before, with
    which figures are compared, ``usual_unknown`` says why nobody knows whether the score lies within its usual
    variation, ``references`` what others reach; ``trend`` ends with this cycle; ``ranked`` counts the sites that
    have a rank. ``decisions`` are at most three, the most pressing first. ``audience`` and ``site`` say to whom and
    where a report was narrowed; what others read is not in it then. ``notes`` say how the scores were made,
    ``rules`` how what the report adds to them was; ``warnings`` what a reader should know before trusting them;
    ``flagged`` whose answers count although a calibration round found them unacceptable. A ``pilot`` is a trial
    evaluation and counts in no trend, nor does a ``follow_up`` audit, which looked only at what was open;
    ``corrections`` are what a trial led to, in the first cycle after it. A sheet is what one person answered of one
    checklist at one site about one subject; ``doubts`` change no score. ``masked`` counts the texts in which
    something personal was masked. ``log`` is the event by which this revision was recorded: what is printed and
    handed out proves later that nothing up to it was changed.
    """

    project: str
    project_title: Text
    programme: str
    programme_title: Text
    standard: str
    standard_title: Text
    standard_version: str
    period: str
    starts: str
    ends: str
    timezone: str
    revision: int
    state: CycleState
    figures: Figures
    dimensions: tuple[DimensionRow, ...] = ()
    views: tuple[ViewRow, ...] = ()
    regions: tuple[RegionRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    results: tuple[ResultRow, ...] = ()
    sources: tuple[SourceRow, ...] = ()
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    flagged: tuple[FlaggedRow, ...] = ()
    pilot: bool = False
    follow_up: bool = False
    corrections: tuple[CorrectionRow, ...] = ()
    doubts: tuple[DoubtRow, ...] = ()
    sheets: int = 0
    sheets_without_times: int = 0
    masked: int = 0
    log: Head | None = None
    audience: Audience = Audience.FULL
    site: str | None = None
    as_of: str = ""
    previous_period: str | None = None
    usual_unknown: Message | None = None
    references: tuple[ReferenceRow, ...] = ()
    at_target: AtTarget | None = None
    ranked: int = 0
    decisions: tuple[DecisionRow, ...] = ()
    strengths: tuple[StrengthRow, ...] = ()
    trend: tuple[TrendRow, ...] = ()
    criteria: tuple[CriterionRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    items: tuple[ItemRow, ...] = ()
    concessions: tuple[ConcessionRow, ...] = ()
    documents: tuple[DocumentRow, ...] = ()
    plugins: tuple[tuple[str, str], ...] = ()
    rules: tuple[Message, ...] = ()

    @property
    def critical_failures(self) -> Sequence[ResultRow]:
        """The failed items of critical criteria."""
        return [row for row in self.results if row.status is Status.FAIL and row.severity is Severity.CRITICAL]

    @property
    def overdue(self) -> Sequence[ActionRow]:
        """The actions whose next step should have been done."""
        return [row for row in self.actions if row.overdue]

    @property
    def without_verdict(self) -> Sequence[ResultRow]:
        """The items that could not be judged, each with its reason; not the ones that did not apply.

        What a follow-up audit did not look at is most of a cycle, and left out.
        """
        left_out = {Status.NOT_SELECTED} if self.follow_up else set[Status]()
        return [row for row in self.results if row.status in _WITHOUT_VERDICT and row.status not in left_out]
