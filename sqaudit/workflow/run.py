"""One cycle, from documents and records to findings, kept in the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sqaudit.errors import Message, msg
from sqaudit.model.programme import Cycle
from sqaudit.store.engine import Store
from sqaudit.workflow.collect import collect
from sqaudit.workflow.context import Context
from sqaudit.workflow.corrections import corrections_of
from sqaudit.workflow.doubts import doubt_warnings, read_doubts
from sqaudit.workflow.provisional import warn_of_cycle
from sqaudit.workflow.reading import Progress
from sqaudit.workflow.score import RunSummary, score, summarise_scored


def run(
    context: Context,
    programme: str,
    period: str | None = None,
    sites: Sequence[str] = (),
    progress: Progress | None = None,
) -> RunSummary:
    """Collect and score one cycle.

    The same input changes nothing; changed input makes a new revision of an open cycle. A run that was interrupted
    between the two steps is completed by the next one.

    Raises:
        InvalidInput: Documents with errors, an unknown programme or site, an unusable period.
        Incomplete: A required plugin is missing, or the sites cannot be listed.
        CannotAccess: The store or a folder cannot be read or written.
    """
    collected = collect(context, programme, period, sites, progress)
    summary = None if collected.changed else summarise_scored(context, programme, collected.period)
    if summary is not None and summary.incomplete:  # what a plugin could not judge then, it may be able to now
        summary = None
    summary = summary or score(context, programme, collected.period, collected.observations)
    with context.store() as store:
        provisional = tuple(warn_of_cycle(context, store, programme, collected.period))
        cycle = store.read_cycle(programme, collected.period)
        notes = tuple(_corrected(store, cycle)) if cycle is not None else ()
        doubtful = tuple(doubt_warnings(read_doubts(store, cycle))) if cycle is not None else ()
    warnings = (*collected.warnings, *summary.warnings, *provisional, *doubtful)
    if collected.changed:
        warnings += context.host.cycle_finished(programme, collected.period, collected.revision, summary.scores)
    return replace(summary, changed=collected.changed, changes=collected.changes, warnings=warnings, notes=notes)


def _corrected(store: Store, cycle: Cycle) -> Iterator[Message]:
    """How many corrections a trial evaluation led to, of a cycle that followed one."""
    corrections = corrections_of(store, cycle)
    if corrections is not None:
        since, count = corrections.since, len(corrections.changes)
        yield msg("corrections since the trial evaluation {period}: {count}", period=since, count=count)
