"""The walks over the records that a run of a programme takes: what `explain --plan` shows."""

from __future__ import annotations

from msgspec import Struct

from sqaudit.documents.periods import read_period
from sqaudit.measures.planning import plan_passes
from sqaudit.model.programme import Period
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.measurable import make_measurable
from sqaudit.workflow.needed import needed_window
from sqaudit.workflow.reading_order import order_reading
from sqaudit.workflow.sites import known_sites

IN_PROCESS = "duckdb"


class PlannedPass(Struct, frozen=True, kw_only=True):
    """One walk over a dataset's rows: what it computes for how many items, at which level, and what it reads.

    ``groups`` are the columns that rows are grouped by within a place; ``columns`` those that are read beside the site.
    ``period`` is the stretch of time that is looked at, ``None`` if it is all of it.
    """

    dataset: str
    engine: str
    kind: str
    level: str
    items: int
    groups: tuple[str, ...]
    columns: tuple[str, ...]
    period: Period | None


def planned_passes(context: Context, programme_id: str, period_text: str | None = None) -> tuple[PlannedPass, ...]:
    """The passes of a programme over one period, by dataset, in the order in which they run. Reads no record.

    Raises:
        InvalidInput: Unknown programme, unusable period, documents with errors.
        Incomplete: A required plugin is missing.
    """
    resolved, programme = sound_programme(context, programme_id)
    period = read_period(period_text, programme.period, programme.timezone, context.settings.now)
    requests = make_measurable(resolved, context.host, known_sites(programme, context.folder)).all_requests
    queries = order_reading(programme, requests).queries
    planned = []
    for dataset in sorted(requests):
        engine = programme.sources[dataset].engine
        window = needed_window(programme, dataset, requests[dataset], queries, period)
        planned += [
            PlannedPass(
                dataset=dataset,
                engine=IN_PROCESS if engine is None else engine.name,
                kind=one.kind,
                level=one.grain.level,
                items=len(one.requests),
                groups=one.grain.keys,
                columns=one.columns,
                period=None if window is None else Period(label=period.label, start=window.start, end=window.end),
            )
            for one in plan_passes(requests[dataset], programme.levels)
        ]
    return tuple(planned)
