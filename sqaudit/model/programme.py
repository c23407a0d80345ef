"""When, where and on which records an audit takes place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sqaudit.model.calendar import Calendar
from sqaudit.model.checklist import Checklist, Summary
from sqaudit.model.dispute import DISPUTE_WINDOW
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.overlay import Overlay
from sqaudit.model.people import Team
from sqaudit.model.sample import SamplePlan
from sqaudit.model.schedule import Schedule
from sqaudit.model.score import Level
from sqaudit.model.standard import Criterion, Standard
from sqaudit.model.texts import Text

# What the labels of a trial evaluation and of a follow-up audit end with.
PILOT, FOLLOW_UP = "-pilot", "-follow-up"
ASIDE = (PILOT, FOLLOW_UP)

# What a condition may read of every site, beside the attributes that some have.
SITE_WORDS = ("id", "region", "manager", "timezone", "weight")


class Site(Struct, frozen=True, kw_only=True):
    """The auditee: a branch, shop, queue or team. ``weight`` counts in the means of regions and programme."""

    id: str
    title: Text
    region: str | None = None
    manager: str | None = None
    timezone: str | None = None
    weight: Decimal = Decimal(1)
    attributes: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)

    @property
    def calendar(self) -> str | None:
        """The calendar that the site names by its attribute ``calendar``."""
        name = self.attributes.get("calendar")
        return str(name) if name is not None else None


class SiteFile(Struct, frozen=True, kw_only=True):
    """Sites in a file, relative to the programme's folder: columns id, title, region, manager, any attributes."""

    path: str


class SiteDataset(Struct, frozen=True, kw_only=True):
    """Sites taken from a dataset: the columns that hold id, title, region; every other column is an attribute."""

    dataset: str
    id: str
    title: str | None = None
    region: str | None = None
    attributes: tuple[str, ...] = ()


class Reading(Struct, frozen=True, kw_only=True):
    """How the files of a source are written. ``dates`` are strptime formats, tried in order after ISO 8601."""

    format: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    quote: str = '"'
    decimal: str = "."
    header: bool = True
    dates: tuple[str, ...] = ()
    sheet: str | None = None
    records: str | None = None


class EngineChoice(Struct, frozen=True, kw_only=True):
    """Which engine holds a dataset's records, with its parameters as written; secrets are references."""

    name: str
    parameters: Mapping[str, object] = field(default_factory=dict)


class Source(Struct, frozen=True, kw_only=True):
    """Where a dataset is, and how its columns are found: in files, in the result of a query, or where an engine is.

    ``columns`` maps a column to a name, a 1-based position or a row expression of the file; columns not named there
    are looked up by their own name. ``site`` and ``time`` name the column that says where and when; no ``time`` is a
    snapshot. ``fresh_seconds`` is how near ``as_of`` the newest row must be. A ``query`` sees the rows of timed sources
    within ``reach_seconds`` of the period's edges, or all of them. An ``engine`` reads a ``table``, or ``paths``.
    """

    dataset: str
    paths: tuple[str, ...]
    collector: str = "file"
    parameters: Mapping[str, object] = field(default_factory=dict)
    site: str | None = None
    time: str | None = None
    columns: Mapping[str, str | int] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    nulls: tuple[str, ...] = ("",)
    key: tuple[str, ...] = ()
    fresh_seconds: int | None = None
    register: bool = False
    as_of: datetime | None = None
    folder: str = "."
    query: str | None = None
    reach_seconds: int | None = None
    engine: EngineChoice | None = None
    table: str | None = None


class PeriodUnit(StrEnum):
    """What one cycle of a programme covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def is_pilot(period: str) -> bool:
    """Whether a period's label is that of a trial evaluation, which stands apart from the real one."""
    return period.endswith(PILOT)


def is_follow_up(period: str) -> bool:
    """Whether a period's label is that of a follow-up audit, which repeats only what was open."""
    return period.endswith(FOLLOW_UP)


def is_regular(period: str) -> bool:
    """Whether a period's label is that of a cycle which counts in trends: neither a trial nor a follow-up audit."""
    return not period.endswith(ASIDE)


class Period(Struct, frozen=True, kw_only=True):
    """A stretch of time, half open; both edges carry the project's zone."""

    label: str
    start: datetime
    end: datetime

    @property
    def is_pilot(self) -> bool:
        """Whether it is that of a trial evaluation."""
        return is_pilot(self.label)

    @property
    def is_follow_up(self) -> bool:
        """Whether it is that of a follow-up audit."""
        return is_follow_up(self.label)

    @property
    def is_regular(self) -> bool:
        """Whether it is that of a cycle which counts in trends."""
        return is_regular(self.label)


class Programme(Struct, frozen=True, kw_only=True):
    """Arrangements for a set of audits: resolved, with its standard and checklists.

    ``summary`` lifts site scores to regions and programme. ``levels`` (region, programme) are those above the site
    where quantiles and counts of different values are measured too; what can be added up is pooled at every level.
    ``calendars`` are those that sites may name, ``calendar`` is that of the sites that name none. ``samples`` says how
    the subjects of a checklist, or else its sites, are drawn. The ``team`` audits; a result may be disputed within the
    ``dispute_window``. The ``schedule`` says when audits fall due. With ``follow_up``, findings open actions.
    ``overlays`` change the ``standard``, which is that of every other site and of all sites together.
    """

    id: str
    title: Text
    standard: Standard
    checklists: tuple[Checklist, ...]
    sites: tuple[Site, ...] | SiteFile | SiteDataset
    period: PeriodUnit
    sources: Mapping[str, Source]
    timezone: str
    folder: str
    requires: tuple[str, ...] = ()
    summary: Summary = field(default_factory=Summary)
    levels: tuple[Level, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    calendar: str | None = None
    samples: Mapping[str, SamplePlan] = field(default_factory=dict)
    team: Team = Team()
    dispute_window: timedelta = DISPUTE_WINDOW
    schedule: Schedule | None = None
    follow_up: FollowUp | None = None
    overlays: tuple[Overlay, ...] = ()

    @property
    def criteria(self) -> Mapping[str, Criterion]:
        """The criteria of the standard as it stands in it, and those that overlays add, by id."""
        if not self.overlays:
            return self.standard.criteria
        layers = [layer for overlay in self.overlays for layer in overlay.layers]
        added = {name: one for layer in layers for name, one in layer.added.items()}
        known = self.standard.criteria
        return {**known, **{name: one for name, one in added.items() if name not in known}}

    def calendar_of(self, site: Site) -> Calendar | None:
        """The calendar by which a site's open time is counted; ``None`` if there is none."""
        return self.calendars.get(site.calendar or self.calendar or "")


class CycleState(StrEnum):
    """While a cycle is open, changed documents or records make a new revision; once closed, nothing does."""

    OPEN = "open"
    CLOSED = "closed"


class Revision(Struct, frozen=True, kw_only=True):
    """One complete collecting and scoring of a cycle. ``fingerprint`` covers documents, sources, sites and plugins."""

    number: int
    fingerprint: str
    recorded_at: datetime
    inputs: Mapping[str, object]
    changes: tuple[str, ...] = ()


class Cycle(Struct, frozen=True, kw_only=True):
    """One period of a programme, with its revisions, oldest first; the edges are half open, in UTC."""

    programme: str
    period: str
    start: datetime
    end: datetime
    state: CycleState
    revisions: tuple[Revision, ...] = ()

    @property
    def is_pilot(self) -> bool:
        """Whether it is a trial evaluation: scored and reported, never counted in trends."""
        return is_pilot(self.period)

    @property
    def is_follow_up(self) -> bool:
        """Whether it is a follow-up audit: only what was open is looked at, and actions may rest on what it shows."""
        return is_follow_up(self.period)

    @property
    def is_regular(self) -> bool:
        """Whether it counts in trends: neither a trial evaluation nor a follow-up audit."""
        return is_regular(self.period)
