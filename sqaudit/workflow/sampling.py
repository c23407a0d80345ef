"""Drawing a sample by a programme's ``samples``, keeping it, and drawing it again to see that it was so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sqaudit.documents.periods import read_period
from sqaudit.errors import Incomplete, InvalidInput, NothingEvaluated, msg
from sqaudit.model.checklist import Checklist
from sqaudit.model.ids import short_id
from sqaudit.model.programme import Period
from sqaudit.model.sample import TIME_STRATA, Exclusion, SamplePlan, SampleRecord, Unit
from sqaudit.reports.labels import show_label
from sqaudit.sampling.drawing import draw
from sqaudit.sampling.ordering import frame_hash
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.frames import RECORDS, SITES, Frame, Looking, list_frame, list_sites, site_frame, subject_frame
from sqaudit.workflow.inspection import inspections_before
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.people import person_named
from sqaudit.workflow.registers import request_for_subjects
from sqaudit.workflow.rows import Row
from sqaudit.workflow.sample_rows import sample_row
from sqaudit.workflow.sites import known_sites


class _Ground(Struct, frozen=True, kw_only=True):
    """What a draw stands on: the documents as they are now, and the period."""

    context: Context
    measurable: Measurable
    checklist: Checklist
    period: Period


def draw_sample(  # noqa: PLR0913 - what a person may decide
    context: Context,
    programme: str,
    checklist: str,
    *,
    period: str | None = None,
    seed: str,
    frame: str | None = None,
    excluded: Mapping[str, str] | None = None,
    drawn_by: str | None = None,
) -> SampleRecord:
    """Draw the subjects of a checklist, or its sites where it has no subject, and keep what was drawn.

    Args:
        context: The project.
        programme: Which programme.
        checklist: One of its checklists that ``samples`` speaks of.
        period: A period such as ``2026-10``; default: the last complete one.
        seed: Any text; it decides which units are drawn.
        frame: A list in the project to draw from, instead of the records or the sites.
        excluded: What must not be drawn, ``ID`` or ``SITE/ID``, with the reason.
        drawn_by: Who draws.

    Raises:
        InvalidInput: The programme says nothing of such a sample, or something named is not there.
        NothingEvaluated: There is nothing to draw from.
        Incomplete: The records cannot be read.
    """
    if drawn_by is not None:
        drawn_by = person_named(context, drawn_by)
    ground = _ground(context, programme, checklist, period)
    plan = ground.measurable.programme.samples.get(checklist)
    if plan is None:
        raise InvalidInput(
            "SQA731",
            msg("programme '{programme}' says nothing of a sample for '{name}'", programme=programme, name=checklist),
            msg("add it under 'samples:', such as {{{name}: {{size: 3}}}}", name=checklist),
        )
    found = _find(ground, plan, frame)
    units, exclusions = _without(found, excluded or {})
    if not units:
        raise NothingEvaluated(
            "SQA734",
            msg("there is nothing to draw from for '{name}' in {period}", name=checklist, period=ground.period.label),
            msg("look at the period and the checklist's conditions; left out: {count}", count=len(exclusions)),
        )
    now = context.settings.now
    with context.store() as store:
        inspections = {}
        if plan.acceptance is not None:
            inspections = inspections_before(store, programme, checklist, ground.period.start)
        drawn = draw(units, plan, seed, exclusions, inspections)
        parts = (programme, checklist, ground.period.label, found.origin, drawn.frame_hash, seed, now.isoformat())
        record = SampleRecord(
            id=short_id("s", *parts),
            programme=programme,
            checklist=checklist,
            period=ground.period.label,
            frame=found.origin,
            draw=drawn,
            drawn_at=now,
            drawn_by=drawn_by,
        )
        store.add_sample(record)
    return record


def redraw_sample(context: Context, identity: str) -> SampleRecord:
    """Draw a kept sample again from its frame as it is now; returns what is kept, if it comes to the same.

    Raises:
        InvalidInput: There is no such sample, or its documents are no longer there.
        Incomplete: The frame is not what it was, or what is kept is not what frame and seed come to.
    """
    record = find_sample(context, identity)
    kept = record.draw
    ground = _ground(context, record.programme, record.checklist, record.period)
    file = None if record.frame in {RECORDS, SITES} else record.frame
    found = _find(ground, kept.plan, file)
    left_out = {(one.site, one.id) for one in kept.exclusions}
    units = [unit for unit in found.units if (unit.site, unit.id) not in left_out]
    if frame_hash(units) != kept.frame_hash:
        raise Incomplete(
            "SQA735",
            msg(
                "the frame of '{id}' has changed: it had {then} units and has {now}, or others",
                id=identity,
                then=kept.frame_size,
                now=len(units),
            ),
            msg("the sample is kept as it was drawn: `sqaudit sample show {id}`", id=identity),
        )
    inspections = {lot.site: lot.inspection for lot in kept.strata if lot.inspection is not None}
    if draw(units, kept.plan, kept.seed, kept.exclusions, inspections) != kept:
        raise Incomplete(
            "SQA736",
            msg("what is kept of '{id}' is not what its frame and seed come to", id=identity),
            msg("the store was changed: `sqaudit store verify`, and compare with a backup"),
        )
    return record


def find_sample(context: Context, identity: str) -> SampleRecord:
    """A sample of the store; raises ``InvalidInput`` if it is not there."""
    with context.store() as store:
        found = store.find_sample(identity)
    if found is None:
        raise InvalidInput("SQA707", msg("no sample is called '{id}'", id=identity), msg("`sqaudit sample` lists them"))
    return found


def list_samples(
    context: Context, *, programme: str | None = None, period: str | None = None, checklist: str | None = None
) -> list[Row]:
    """The samples of the store, as they were drawn one after the other."""
    with context.store() as store:
        found = store.list_samples(programme, period, checklist)
    return [sample_row(record) for record in found]


def _ground(context: Context, programme: str, checklist: str, period: str | None) -> _Ground:
    resolved, built = sound_programme(context, programme)
    one = next((one for one in built.checklists if one.id == checklist), None)
    if one is None:
        raise InvalidInput(
            "SQA731",
            msg("programme '{programme}' has no checklist '{checklist}'", programme=programme, checklist=checklist),
            msg("its checklists are {checklists}", checklists=", ".join(other.id for other in built.checklists)),
        )
    return _Ground(
        context=context,
        measurable=make_measurable(resolved, context.host, known_sites(built, context.folder)),
        checklist=one,
        period=read_period(period, built.period, built.timezone, context.settings.now),
    )


def _find(ground: _Ground, plan: SamplePlan, file: str | None) -> Frame:
    context, programme, subject = ground.context, ground.measurable.programme, ground.checklist.subject
    if file is not None:
        sites = [site.id for site in list_sites(context, programme, ground.period)]
        return list_frame(context, file, subject, plan, sites)
    if not subject:
        return site_frame(context, programme, ground.period, plan)
    columns = [name for name in (*plan.strata, plan.neyman) if name is not None and name not in TIME_STRATA]
    return subject_frame(context, programme, _looking(ground, columns), ground.period, plan)


def _looking(ground: _Ground, columns: Iterable[str]) -> Looking:
    """The dataset with the subjects and most of the columns, the first of those alike, and what looks at it."""
    checklist, programme = ground.checklist, ground.measurable.programme
    datasets = programme.standard.datasets
    by_dataset = {
        dataset: tuple(one for one in requests if one.checklist == checklist.id and one.subject)
        for dataset, requests in ground.measurable.requests.items()
    }
    if checklist.dataset is not None:
        of_questions = request_for_subjects(programme, checklist, checklist.dataset)
        by_dataset[checklist.dataset] = (*by_dataset.get(checklist.dataset, ()), of_questions)
    found = [Looking(dataset=dataset, requests=requests) for dataset, requests in by_dataset.items() if requests]
    if not found:
        raise InvalidInput(
            "SQA733",
            msg("no dataset of checklist '{checklist}' has its subjects", checklist=ground.checklist.id),
            msg("give a list with `--frame`"),
        )
    wanted = set(columns)
    return max(found, key=lambda one: len(datasets[one.dataset].columns.keys() & wanted))


def _without(found: Frame, excluded: Mapping[str, str]) -> tuple[list[Unit], list[Exclusion]]:
    exclusions, left_out = list(found.exclusions), set()
    for name, reason in excluded.items():
        unit = _named(found.units, name)
        left_out.add(unit)
        exclusions.append(Exclusion(site=unit.site, id=unit.id, reason=reason))
    return [unit for unit in found.units if unit not in left_out], exclusions


def _named(units: Sequence[Unit], name: str) -> Unit:
    """The one unit that is called so: by its id, or by site and id."""
    fitting = [unit for unit in units if name in _names(unit)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InvalidInput(
            "SQA737",
            msg("'{name}' is at several sites: {sites}", name=name, sites=", ".join(unit.site for unit in fitting)),
            msg("write SITE/ID"),
        )
    raise InvalidInput(
        "SQA737", msg("'{name}' cannot be left out: it is not in the frame", name=name), msg("write ID or SITE/ID")
    )


def _names(unit: Unit) -> tuple[str, ...]:
    if not unit.id:
        return (unit.site,)
    shown = show_label(unit.id)
    return (shown, f"{unit.site}/{shown}")
