"""Collect one cycle: what was read and observed becomes a revision of it, unless nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from sqaudit.documents.resolving import ResolvedProgramme, canonical_json
from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.programme import CycleState, Revision
from sqaudit.workflow.answers import observe_answers, with_answers
from sqaudit.workflow.calibration.flagging import FLAGGED, with_flags
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import newest_samples, with_samples
from sqaudit.workflow.evidence import collect_evidence
from sqaudit.workflow.overlay_problems import refuse_contradictions
from sqaudit.workflow.plan import CyclePlan, plan_cycle
from sqaudit.workflow.reading import Progress
from sqaudit.workflow.unchanged import keep_unchanged, measured_inputs

if TYPE_CHECKING:
    from sqaudit.store.documents import StoredDocument
    from sqaudit.store.engine import Store

_CHANGES: Mapping[str, Callable[[str], Message]] = {
    "written": lambda name: msg("document changed: {name}", name=name),
    "sources": lambda name: msg("records changed: {name}", name=name),
    "answers": lambda name: (
        msg("answers changed: {name}", name=name) if name else msg("questions to people were added or removed")
    ),
    "samples": lambda name: (
        msg("another sample drawn: {name}", name=name) if name else msg("what is looked at was drawn")
    ),
    FLAGGED: lambda name: msg("the calibration of an auditor changed: {name}", name=name),
    "failing": lambda name: msg("what a plugin cannot measure changed: {name}", name=name),
    "plugins": lambda name: msg("plugin changed: {name}", name=name),
    "sites": lambda _name: msg("the list of sites changed"),
    "selected": lambda _name: msg("other sites were selected"),
    "repeated": lambda name: msg("something else is looked at again: {name}", name=name),
}


class CollectSummary(Struct, frozen=True, kw_only=True):
    """Which revision a collecting came to, and why it is a new one (``changed``), with what was observed then."""

    programme: str
    period: str
    revision: int
    changed: bool
    changes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    observations: tuple[Observation, ...] | None = None


def collect(
    context: Context,
    programme: str,
    period: str | None = None,
    sites: Sequence[str] = (),
    progress: Progress | None = None,
) -> CollectSummary:
    """Collect the records of one cycle as a new revision; the same input makes none.

    A closed cycle takes nothing up: what would have changed is told as a warning.

    Raises:
        InvalidInput: Documents with errors, an unknown programme or site, an unusable period, overlays that contradict
            each other at a site.
        Incomplete: A required plugin is missing, or the sites cannot be listed.
        CannotAccess: The store or a folder cannot be read or written.
    """
    plan = plan_cycle(context, programme, period, sites)
    with context.store() as store:
        answers = store.read_latest_answers(programme, plan.period.label)
        samples = newest_samples(store, plan.programme, plan.period.label)
        choices = store.read_choices(programme, plan.period.label)
        plan = with_flags(with_samples(with_answers(plan, answers, choices), samples), answers, store)
        cycle = store.read_cycle(programme, plan.period.label)
        latest = cycle.revisions[-1] if cycle and cycle.revisions else None
        if latest is not None and latest.fingerprint == plan.fingerprint:
            return _unchanged(plan, latest)
        changes = () if latest is None else _changes(latest.inputs, plan.inputs)
        if cycle is not None and latest is not None and cycle.state is CycleState.CLOSED:
            return _closed(plan, latest, changes)
        digests = measured_inputs(plan)
        evidence = collect_evidence(plan, context, keep_unchanged(plan, latest, store, digests), progress)
        refuse_contradictions(context.library, plan.programme, evidence.sites)
        answered = observe_answers(
            plan.measurable, evidence.sites, plan.selected, answers, samples, choices, plan.repeated
        )
        observations = (*evidence.observations, *answered)
        measured = {dataset: digest for dataset, digest in digests.items() if dataset not in evidence.problems}
        revision = Revision(
            number=1 if latest is None else latest.number + 1,
            fingerprint=plan.fingerprint,
            recorded_at=context.settings.now,
            inputs={
                **plan.inputs,
                "problems": _noted(evidence.problems),
                "measured": measured,
                "left_out": {checklist: asdict(rows) for checklist, rows in evidence.left_out.items()},
                **_pilot(plan, store),
            },
            changes=tuple(":".join(change) for change in changes),
        )
        store.add_revision(
            programme=programme,
            period=plan.period,
            revision=revision,
            documents=list(stored_documents(plan.resolved).values()),
            sites=evidence.sites,
            sources=evidence.sources,
            observations=observations,
        )
    return CollectSummary(
        programme=programme,
        period=plan.period.label,
        revision=revision.number,
        changed=True,
        changes=tuple(change_messages(revision.changes)),
        observations=observations,
    )


def change_messages(changes: Iterable[str]) -> Iterable[Message]:
    """The recorded changes of a revision in words."""
    for change in changes:
        kind, _, name = change.partition(":")
        yield _CHANGES[kind](name)


def source_warnings(records: Iterable[SourceRecord]) -> Iterable[Message]:
    """What a reader must know about the records behind a cycle; records of another engine leave no file to see."""
    for record in records:
        if record.rejected:
            values = {"dataset": record.dataset, "rejected": record.rejected, "read": record.read}
            yield (
                msg("{dataset}: rows rejected: {rejected} of {read}", **values)
                if record.rejects is None
                else msg("{dataset}: rows rejected: {rejected} of {read}, see {file}", **values, file=record.rejects)
            )
        invalid = {name: counts.invalid for name, counts in record.columns.items() if counts.invalid}
        for name in sorted(invalid):
            values = {"dataset": record.dataset, "column": name, "count": invalid[name]}
            yield (
                msg("{dataset}: invalid cells in column '{column}': {count}", **values)
                if record.rejects is None
                else msg(
                    "{dataset}: invalid cells in column '{column}': {count}, see {file}", **values, file=record.rejects
                )
            )
        if record.unknown_sites:
            yield msg(
                "{dataset}: rows of unknown sites left out: {count} ({names})",
                dataset=record.dataset,
                count=sum(record.unknown_sites.values()),
                names=", ".join(sorted(record.unknown_sites)[:5]),
            )
        if record.stale:
            yield msg(
                "{dataset}: the records are stale, the newest is of {newest}",
                dataset=record.dataset,
                newest=record.newest,
            )


def stored_documents(resolved: ResolvedProgramme) -> dict[str, StoredDocument]:
    """The documents of a programme as the store keeps them, by the role they play."""
    from sqaudit.store.documents import store_document

    return {
        role: store_document(
            kind=role.partition(":")[0],
            id=content["id"],
            version=content.get("version", ""),
            content=canonical_json(content),
        )
        for role, content in resolved.documents().items()
    }


def _pilot(plan: CyclePlan, store: Store) -> dict[str, object]:
    """Which trial evaluation a real cycle follows, if nothing real was collected since; no part of the fingerprint."""
    cycles = [one for one in store.list_cycles(plan.programme.id) if not one.is_follow_up]
    collected = [(one, cycle) for cycle in cycles for one in cycle.revisions]
    newest = max(collected, key=lambda one: one[0].recorded_at, default=None)
    if not plan.period.is_regular or newest is None or not newest[1].is_pilot:
        return {}
    return {"pilot": {"period": newest[1].period, "revision": newest[0].number}}


def _noted(problems: Mapping[str, UnusableSource]) -> dict[str, object]:
    return {
        dataset: {"code": problem.code, "message": _kept(problem.message), "hint": _kept(problem.hint)}
        for dataset, problem in sorted(problems.items())
    }


def _kept(message: Message | None) -> list[object] | None:
    """A message, and those inside it, as they can be kept and still be translated."""
    if message is None:
        return None
    values = message.values.items()
    kept: list[object] = [
        message.template,
        {name: _kept(one) if isinstance(one, Message) else str(one) for name, one in values},
    ]
    return [*kept, dict(message.texts)] if message.texts else kept


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    changed: list[tuple[str, str]] = []
    for kind in _CHANGES:
        nothing: Mapping[str, object] | None = (
            {} if kind in {FLAGGED, "failing"} else None
        )  # that nobody is flagged, and that nothing fails, is not written down
        old, new = before.get(kind, nothing), after.get(kind, nothing)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            changed += [(kind, name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        elif old != new:
            changed.append((kind, ""))
    return tuple(changed)


def _unchanged(plan: CyclePlan, latest: Revision) -> CollectSummary:
    return CollectSummary(programme=plan.programme.id, period=plan.period.label, revision=latest.number, changed=False)


def _closed(plan: CyclePlan, latest: Revision, changes: Sequence[tuple[str, str]]) -> CollectSummary:
    return CollectSummary(
        programme=plan.programme.id,
        period=plan.period.label,
        revision=latest.number,
        changed=False,
        warnings=(
            msg("the cycle is closed; what has changed since was not taken up"),
            *change_messages(":".join(change) for change in changes),
        ),
    )
