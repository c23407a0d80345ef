"""Score one collected cycle from the store alone; repeated any day, it gives the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents.building import build_programme
from sqaudit.documents.periods import read_period
from sqaudit.documents.resolving import ResolvedProgramme, resolved_of
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.measures.sampling import MORE_THAN_POPULATION
from sqaudit.model.erasure import LEAD
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Cycle, CycleState, Programme
from sqaudit.model.score import Level, Score, Status
from sqaudit.model.standard import Severity
from sqaudit.workflow.calibration.flagging import flag_warnings
from sqaudit.workflow.collect import source_warnings
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import kept_samples
from sqaudit.workflow.follow_up.places import Places
from sqaudit.workflow.follow_up.raising import Raising
from sqaudit.workflow.judging import ScoredCycle, score_cycle
from sqaudit.workflow.left_out import left_out_warnings
from sqaudit.workflow.measurable import Measurable, make_measurable

if TYPE_CHECKING:
    from sqaudit.store.engine import Store

_EVALUATED = frozenset({Status.PASS, Status.FAIL, Status.ERROR})
_MOST_LISTED = 5
_Counted: TypeAlias = Mapping[tuple[str, Status, str | None], int]
"""How many whole sites have each status, for each reason, by item."""


class SourceProblem(Struct, frozen=True, kw_only=True):
    """Why a dataset could not be used, and what to do."""

    dataset: str
    code: str
    message: Message
    hint: Message | None


class RunSummary(Struct, frozen=True, kw_only=True):
    """What a cycle came to. ``changed`` tells whether it has a new revision, ``changes`` why.

    ``score`` is the programme's. ``scores`` are all those that were made just now: none where it was scored before.
    ``notes`` are worth knowing and nothing to worry about.
    """

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
    scores: tuple[Score, ...] = ()
    notes: tuple[Message, ...] = ()
    problems: tuple[SourceProblem, ...] = ()

    @property
    def evaluated(self) -> bool:
        """Whether anything was looked at; a broken item was, a site without records was not."""
        return any(self.statuses.get(status) for status in _EVALUATED)

    @property
    def incomplete(self) -> bool:
        """Whether an item is in error."""
        return bool(self.statuses.get(Status.ERROR))


def score(
    context: Context,
    programme: str,
    period: str | None = None,
    observations: Sequence[Observation] | None = None,
) -> RunSummary:
    """Score the newest revision of a collected cycle; what a closed cycle came to is judged again but not replaced.

    ``observations`` are those of that revision, where they are at hand; else they are read from the store.

    Raises:
        InvalidInput: The cycle has not been collected.
        Incomplete: A plugin that brought a measure or scorer is not there.
        CannotAccess: The store cannot be read or written.
    """
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        number = cycle.revisions[-1].number
        measurable = frozen_measurable(context, store, cycle, number)
        scored = judge_revision(store, measurable, cycle, number, observations)
        if cycle.state is CycleState.OPEN or not store.is_scored(cycle.programme, cycle.period, number):
            everything = chain(scored.results, scored.parts)
            follow = raising_in(context, store, cycle, measurable).follower(scored.sightings)
            store.save_scored(cycle.programme, cycle.period, number, everything, scored.scores, follow)
        counted = Counter((one.item, one.status, one.reason) for one in scored.results)
        audits = len({one.site for one in scored.results})
        return replace(_summarise(store, cycle, audits, counted, _of_programme(scored.scores)), scores=scored.scores)


def summarise_scored(context: Context, programme: str, period: str) -> RunSummary | None:
    """What a cycle came to when it was scored; ``None`` if its newest revision has not been."""
    with context.store() as store:
        cycle = store.read_cycle(programme, period)
        if cycle is None or not store.is_scored(programme, period, cycle.revisions[-1].number):
            return None
        number = cycle.revisions[-1].number
        whole = _of_programme(score for _, score in store.read_scores(programme, period, level=Level.PROGRAMME))
        audits, counted = store.count_audits(programme, period, number), store.count_results(programme, period, number)
        return _summarise(store, cycle, audits, counted, whole)


def _of_programme(scores: Iterable[Score]) -> Score | None:
    return next((score for score in scores if score.level is Level.PROGRAMME), None)


def collected_cycle(context: Context, store: Store, programme: str, period: str | None) -> Cycle:
    """The cycle of a period (default: the newest one collected, which is never a trial nor a follow-up audit)."""
    cycles = store.list_cycles(programme=programme)
    if period is None:
        regular = (one for one in cycles if one.is_regular)
        cycle = max(regular, key=lambda one: (one.start, one.end), default=None)
    else:
        cycle = next((one for one in cycles if one.period == period), None)
    if cycle is None and period is not None and programme in context.library.programmes:
        planned = build_programme(context.library.resolved(programme))
        label = read_period(period, planned.period, planned.timezone, context.settings.now).label
        cycle = next((one for one in cycles if one.period == label), None)
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
    contents = {
        document.hash: document.content for document in store.read_documents(cycle.programme, cycle.period, number)
    }
    frozen = {role: json.loads(contents[digest]) for role, digest in hashes.items()}
    if LEAD in inputs:  # the name in the document was erased from the answers
        frozen["programme"]["team"]["lead"] = inputs[LEAD]
    return resolved_of(frozen)


def frozen_measurable(context: Context, store: Store, cycle: Cycle, number: int) -> Measurable:
    """The programme of a revision, ready to be measured and judged again."""
    sites = store.read_sites(cycle.programme, cycle.period, number)
    return make_measurable(frozen_documents(store, cycle, number), context.host, sites)


def judge_revision(
    store: Store,
    measurable: Measurable,
    cycle: Cycle,
    number: int,
    observations: Sequence[Observation] | None = None,
) -> ScoredCycle:
    """Results, scores and findings of a revision from its observations, which are read if they are not given."""
    inputs = next(revision.inputs for revision in cycle.revisions if revision.number == number)
    selected, repeated = inputs.get("selected"), inputs.get("repeated")
    return score_cycle(
        measurable,
        store.read_sites(cycle.programme, cycle.period, number),
        store.read_observations(cycle.programme, cycle.period, number) if observations is None else observations,
        selected=frozenset(selected) if isinstance(selected, list) else frozenset(),
        repeated=repeated if isinstance(repeated, Mapping) else {},
        samples=kept_samples(store, cycle, inputs),
    )


def raising_in(context: Context, store: Store, cycle: Cycle, measurable: Measurable) -> Raising:
    """What decides what becomes of the failures of a cycle's newest revision."""
    sites = store.read_sites(cycle.programme, cycle.period, cycle.revisions[-1].number)
    return Raising(
        places=Places(programme=measurable.programme, sites={site.id: site for site in sites}),
        cycle=cycle,
        people=context.project.people,
        concessions=store.list_concessions(cycle.programme),
        former=_former_ids(measurable.programme),
        now=context.settings.now,
    )


def _former_ids(programme: Programme) -> dict[str, tuple[str, ...]]:
    """The earlier ids of criteria and items, by those they have now."""
    items = [item for checklist in programme.checklists for item in checklist.items]
    names = [(one.id, one.was) for one in programme.criteria.values()]
    found: dict[str, tuple[str, ...]] = {}
    for identity, was in (*names, *((one.id, one.was) for one in items)):
        if was:
            found[identity] = (*found.get(identity, ()), *was)
    return found


def _summarise(store: Store, cycle: Cycle, audits: int, counted: _Counted, score: Score | None) -> RunSummary:
    number = cycle.revisions[-1].number
    statuses: Counter[Status] = Counter()
    for (_, status, _), sites in counted.items():
        statuses[status] += sites
    return RunSummary(
        programme=cycle.programme,
        period=cycle.period,
        revision=number,
        changed=False,
        changes=(),
        audits=audits,
        items=statuses.total(),
        statuses=statuses,
        findings=store.count_findings(cycle.programme, cycle.period, number),
        score=score,
        warnings=(
            *source_warnings(store.read_sources(cycle.programme, cycle.period, number)),
            *left_out_warnings(cycle.revisions[-1].inputs),
            *flag_warnings(cycle.revisions[-1].inputs),
            *_broken(counted),
            *_more_than_population(counted),
        ),
        problems=_problems(cycle),
    )


def _more_than_population(counted: _Counted) -> Iterator[Message]:
    """How many items have more rows at a site than the population that they were drawn from."""
    items = sorted({item for item, _, reason in counted if reason == MORE_THAN_POPULATION})
    if items:
        listed = ", ".join(items[:_MOST_LISTED])
        yield msg(
            "items with more rows at a site than its population, and no interval there: {count} ({items})",
            count=len(items),
            items=listed if len(items) <= _MOST_LISTED else f"{listed}, …",
        )


def _problems(cycle: Cycle) -> tuple[SourceProblem, ...]:
    noted = cycle.revisions[-1].inputs.get("problems") or {}
    assert isinstance(noted, Mapping)  # noqa: S101 - written by us
    return tuple(
        SourceProblem(
            dataset=dataset,
            code=note["code"],
            message=_message(*note["message"]),
            hint=_message(*note["hint"]) if note["hint"] else None,
        )
        for dataset, note in sorted(noted.items())
    )


def _message(template: str, values: Mapping[str, str | list[Any]], texts: Mapping[str, str] | None = None) -> Message:
    """A kept message; what is no text among its values is one as well."""
    inside = {name: one if isinstance(one, str) else _message(*one) for name, one in values.items()}
    return Message(template, inside, texts or {})


def _broken(counted: _Counted) -> Iterator[Message]:
    """Items that broke while being measured, each with its reason; those without a dataset are told by it."""
    broken = {(item, reason): sites for (item, status, reason), sites in counted.items() if status is Status.ERROR}
    for (item, reason), sites in sorted(broken.items(), key=str):
        if not (reason or "").startswith("SQA5"):
            yield msg(
                "item '{item}' is in error, sites: {sites}, reason: {reason}", item=item, sites=sites, reason=reason
            )
