"""One cycle, from documents and records to findings, kept in the store."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sqaudit.workflow.collect import collect
from sqaudit.workflow.context import Context
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
    summary = summary or score(context, programme, collected.period, collected.observations)
    with context.store() as store:
        provisional = tuple(warn_of_cycle(context, store, programme, collected.period))
    warnings = (*collected.warnings, *summary.warnings, *provisional)
    if collected.changed:
        warnings += context.host.cycle_finished(programme, collected.period, collected.revision, summary.scores)
    return replace(summary, changed=collected.changed, changes=collected.changes, warnings=warnings)
