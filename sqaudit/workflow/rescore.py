"""Score a collected cycle by another version of its standard: a second result beside the first, which stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents.differences import differences
from sqaudit.documents.renaming import renames_between, under_new_ids
from sqaudit.documents.resolving import ResolvedProgramme, canonical_json
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.model.programme import Cycle, Period, Site
from sqaudit.model.score import ItemResult, Status
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.store.rescorings import Rescoring
from sqaudit.workflow.collect import stored_documents
from sqaudit.workflow.collected import observed_under
from sqaudit.workflow.context import Context
from sqaudit.workflow.judging import ScoredCycle
from sqaudit.workflow.judging.items import NOT_COLLECTED
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.people import person_named
from sqaudit.workflow.plan import is_as_recorded
from sqaudit.workflow.rescoring.carrying import carry_over
from sqaudit.workflow.rescoring.documents import documents_under
from sqaudit.workflow.rescoring.rows import Outcome, outcome_rows
from sqaudit.workflow.rows import Row, result_row, score_row
from sqaudit.workflow.score import collected_cycle, frozen_documents, judge_revision


class Rescored(Struct, frozen=True, kw_only=True):
    """The rows of both results side by side; ``notes`` say what to know of them, and what was kept."""

    rows: tuple[Row, ...]
    notes: tuple[Message, ...]


def rescore(context: Context, programme: str, period: str, standard: str, who: str | None = None) -> Rescored:
    """Score the newest revision of a cycle by the newest standard that ``standard`` (``id@version``) fits.

    What was concluded first is not touched, open or closed; the same asked for again keeps nothing twice. Nothing is
    collected: an item whose measure or question was another then is ``no_data``.

    Raises:
        InvalidInput: The cycle has not been collected, there is no such standard, its documents have errors, or nobody
            is called ``who``.
        Incomplete: A plugin that brought a measure or scorer is not there.
        CannotAccess: The store cannot be read or written.
    """
    who = None if who is None else person_named(context, who)
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        number = cycle.revisions[-1].number
        frozen = frozen_documents(store, cycle, number)
        resolved = documents_under(context, store, frozen, standard)
        renames = renames_between(frozen, resolved)
        sites = store.read_sites(cycle.programme, cycle.period, number)
        before = make_measurable(under_new_ids(frozen, renames), context.host, sites)
        after = _measurable(context, resolved, sites)
        seen = observed_under(renames, store.read_observations(cycle.programme, cycle.period, number))
        carried = carry_over(before, after, seen)
        scored = judge_revision(store, after, cycle, number, carried.observations)
        scored = _with_reasons(scored, frozenset(carried.missing))
        is_new = store.add_rescoring(_kept(context, cycle, resolved, after, scored, who), stored_documents(resolved))
        first = _first(context, store, cycle, frozen, sites)
    shared = {
        "programme": cycle.programme,
        "period": cycle.period,
        "revision": number,
        "standard": after.programme.standard.id,
        "version_before": before.programme.standard.version,
        "version_after": after.programme.standard.version,
    }
    second = Outcome(results=scored.results, scores=scored.scores)
    return Rescored(
        rows=tuple(outcome_rows(shared, first, second, renames, differences(frozen, resolved))),
        notes=(
            _what_was_kept(cycle, is_new=is_new),
            *_without_criterion(after),
            *_not_collected(context, cycle, before, after, carried.missing),
        ),
    )


def _measurable(context: Context, resolved: ResolvedProgramme, sites: Sequence[Site]) -> Measurable:
    try:
        return make_measurable(resolved, context.host, sites)
    except ExpressionProblem as problem:  # of a rating, whose condition reads what this cycle has not
        raise InvalidInput(problem.code, problem.message, problem.hint) from problem


def _with_reasons(scored: ScoredCycle, missing: frozenset[str]) -> ScoredCycle:
    """Where subjects were looked at, an item that was not is told as one without rows; here it is known why."""

    def told(results: Sequence[ItemResult]) -> tuple[ItemResult, ...]:
        return tuple(
            replace(one, reason=NOT_COLLECTED) if one.item in missing and one.status is Status.NO_DATA else one
            for one in results
        )

    return replace(scored, results=told(scored.results), parts=told(scored.parts))


def _first(context: Context, store: Store, cycle: Cycle, frozen: ResolvedProgramme, sites: Sequence[Site]) -> Outcome:
    """What was concluded when the cycle was scored; judged now where it has not been scored."""
    number = cycle.revisions[-1].number
    if store.is_scored(cycle.programme, cycle.period, number):
        place = {"programme": cycle.programme, "period": cycle.period}
        return Outcome(
            results=[one for _, one in store.read_results(**place, revision=number)],
            scores=[one for _, one in store.read_scores(**place, revision=number)],
        )
    scored = judge_revision(store, make_measurable(frozen, context.host, sites), cycle, number)
    return Outcome(results=scored.results, scores=scored.scores)


def _kept(  # noqa: PLR0913, PLR0917 - all that is kept together
    context: Context,
    cycle: Cycle,
    resolved: ResolvedProgramme,
    after: Measurable,
    scored: ScoredCycle,
    who: str | None,
) -> Rescoring:
    standard, number = after.programme.standard, cycle.revisions[-1].number
    key = RevisionKey(programme=cycle.programme, period=cycle.period, number=number)
    documents = {role: one.hash for role, one in stored_documents(resolved).items()}
    content = {
        "documents": documents,
        "plugins": dict(context.host.versions()),
        "results": [result_row(key, one, standard) for one in (*scored.results, *scored.parts)],
        "scores": [score_row(key, one) for one in scored.scores],
    }
    return Rescoring(
        programme=cycle.programme,
        period=cycle.period,
        revision=number,
        standard=standard.id,
        version=standard.version,
        documents=documents,
        content=canonical_json(content),
        recorded_at=context.settings.now,
        recorded_by=who,
    )


def _what_was_kept(cycle: Cycle, *, is_new: bool) -> Message:
    values: Mapping[str, object] = {
        "programme": cycle.programme,
        "period": cycle.period,
        "revision": cycle.revisions[-1].number,
    }
    if is_new:
        return msg("kept beside revision {revision} of '{programme}' {period}, which stays as it is", **values)
    return msg("the same is kept already beside revision {revision} of '{programme}' {period}", **values)


def _without_criterion(after: Measurable) -> Iterator[Message]:
    """What overlays of the cycle change and the other standard does not have."""
    changed = {name for overlay in after.programme.overlays for layer in overlay.layers for name in layer.changes}
    lost = sorted(changed - after.programme.criteria.keys())
    if lost:
        yield msg("overlays change criteria that this standard does not have: {ids}", ids=", ".join(lost))


def _not_collected(
    context: Context, cycle: Cycle, before: Measurable, after: Measurable, missing: Sequence[str]
) -> Iterator[Message]:
    """The items that nothing was collected of then, and where their records have stayed the same since."""
    if not missing:
        return
    yield msg("items that were not collected then, or not in this way: {items}", items=", ".join(missing))
    recorded = cycle.revisions[-1].inputs.get("sources")
    sources = before.programme.sources
    zone = ZoneInfo(before.programme.timezone)
    period = Period(label=cycle.period, start=cycle.start.astimezone(zone), end=cycle.end.astimezone(zone))
    read = {one.item.dataset for one in after.questions if one.item.id in missing and one.item.id in after.asked}
    for dataset in sorted(read):
        if isinstance(recorded, Mapping) and dataset in recorded and dataset in sources:
            is_same = is_as_recorded(context, sources[dataset], period, recorded[dataset])
            yield _told_same(dataset) if is_same else _told_changed(dataset)


def _told_same(dataset: str) -> Message:
    return msg("the records of '{dataset}' are still those of then; rescoring does not read them", dataset=dataset)


def _told_changed(dataset: str) -> Message:
    return msg("the records of '{dataset}' are no longer those of then", dataset=dataset)
