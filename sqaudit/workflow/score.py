"""Score one collected cycle from the store alone; repeated any day, it gives the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqaudit.documents.periods import read_period
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.programme import Cycle
from sqaudit.model.score import Level, Score, Status
from sqaudit.model.standard import Severity
from sqaudit.workflow.collect import source_warnings
from sqaudit.workflow.context import Context
from sqaudit.workflow.judging import ScoredCycle, score_cycle
from sqaudit.workflow.measurable import Measurable, make_measurable

if TYPE_CHECKING:
    from sqaudit.store.engine import Store

_EVALUATED = frozenset({Status.PASS, Status.FAIL, Status.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a cycle came to. ``changed`` tells whether it has a new revision, ``changes`` why."""

    programme: str
    period: str
    revision: int
    changed: bool
    changes: tuple[Message, ...]
    audits: int
    items: int
    statuses: Mapping[Status, int]
    findings: Mapping[Severity, int]
    score: Score | None
    warnings: tuple[Message, ...]

    @property
    def evaluated(self) -> bool:
        """Whether anything was looked at; a broken item was, a site without records was not."""
        return any(self.statuses.get(status) for status in _EVALUATED)

    @property
    def incomplete(self) -> bool:
        """Whether an item is in error."""
        return bool(self.statuses.get(Status.ERROR))


def score(context: Context, programme: str, period: str | None = None) -> RunSummary:
    """Score the newest revision of a collected cycle.

    Raises:
        InvalidInput: The cycle has not been collected.
        Incomplete: A plugin that brought a measure or scorer is not there.
        CannotAccess: The store cannot be read or written.
    """
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        number = cycle.revisions[-1].number
        measurable = frozen_measurable(context, store, cycle, number)
        scored = judge_revision(store, measurable, cycle, number)
        store.save_scored(
            cycle.programme, cycle.period, number, results=scored.results, scores=scored.scores, findings=scored.findings
        )
        warnings = tuple(source_warnings(store.read_sources(cycle.programme, cycle.period, number)))
    return _summarise(cycle, scored, warnings)


def collected_cycle(context: Context, store: Store, programme: str, period: str | None) -> Cycle:
    """The cycle of a period (default: the newest one collected)."""
    if period is None:
        cycles = store.list_cycles(programme=programme)
        cycle = max(cycles, key=lambda c: c.start, default=None)
    else:
        frozen = context.library.resolved(programme).programme
        label = read_period(period, frozen["period"], frozen["timezone"], context.settings.now).label
        cycle = store.read_cycle(programme, label)
    if cycle is None or not cycle.revisions:
        raise InvalidInput(
            "SQA706",
            msg("programme '{programme}' has no collected cycle {period}", programme=programme, period=period or ""),
            msg("run `sqaudit run {programme}` first", programme=programme),
        )
    return cycle


def frozen_documents(store: Store, cycle: Cycle, number: int) -> ResolvedProgramme:
    """The documents a revision was made with, as they were then."""
    inputs = next(revision.inputs for revision in cycle.revisions if revision.number == number)
    hashes = inputs["documents"]
    assert isinstance(hashes, Mapping)  # noqa: S101 - written by us
    return ResolvedProgramme.of_documents({role: store.read_document(digest) for role, digest in hashes.items()})


def frozen_measurable(context: Context, store: Store, cycle: Cycle, number: int) -> Measurable:
    """The programme of a revision, ready to be measured and judged again."""
    sites = store.read_sites(cycle.programme, cycle.period, number)
    return make_measurable(frozen_documents(store, cycle, number), context.host, sites)


def judge_revision(store: Store, measurable: Measurable, cycle: Cycle, number: int) -> ScoredCycle:
    """Results, scores and findings of a revision from its observations."""
    inputs = next(revision.inputs for revision in cycle.revisions if revision.number == number)
    selected = inputs.get("selected")
    return score_cycle(
        measurable,
        cycle.period,
        store.read_sites(cycle.programme, cycle.period, number),
        store.read_observations(cycle.programme, cycle.period, number),
        selected=frozenset(selected) if isinstance(selected, list) else frozenset(),
    )


def _summarise(cycle: Cycle, scored: ScoredCycle, warnings: tuple[Message, ...]) -> RunSummary:
    return RunSummary(
        programme=cycle.programme,
        period=cycle.period,
        revision=cycle.revisions[-1].number,
        changed=False,
        changes=(),
        audits=len({result.site for result in scored.results}),
        items=len(scored.results),
        statuses=Counter(result.status for result in scored.results),
        findings=Counter(finding.severity for finding in scored.findings),
        score=next((s for s in scored.scores if s.level is Level.PROGRAMME), None),
        warnings=warnings,
    )
