"""Which stored cycles a list of pooled results is about, and its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqaudit.model.programme import Cycle
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.workflow.collected import read_cycles
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import pool_cycles
from sqaudit.workflow.rows import Row, pooled_row
from sqaudit.workflow.score import frozen_measurable
from sqaudit.workflow.spans import cycles_within, read_span


def list_pooled(context: Context, store: Store, level: str, programme: str | None, period: str | None) -> list[Row]:
    """The pooled results of a level, cycle by cycle; of a longer period its cycles together.

    Trial evaluations and follow-up audits are there only if their own period is asked for.

    Raises:
        InvalidInput: Not every cycle of a longer period has been collected.
    """
    rows: list[Row] = []
    cycles = [cycle for cycle in store.list_cycles(programme=programme) if cycle.revisions]
    for _, own in groupby(cycles, key=lambda cycle: cycle.programme):
        for label, together in _chosen(context, store, list(own), period):
            read = read_cycles(context, store, together)
            number = together[-1].revisions[-1].number if len(together) == 1 else 0
            key = RevisionKey(programme=together[0].programme, period=label, number=number)
            standard = read[-1].measurable.programme.standard
            rows += [pooled_row(key, one, standard) for one in pool_cycles(read, level)]
    return rows


def _chosen(
    context: Context, store: Store, cycles: Sequence[Cycle], period: str | None
) -> Iterator[tuple[str, list[Cycle]]]:
    """Each cycle of a programme by itself, the one of the period, or all that make it up."""
    real = [cycle for cycle in cycles if cycle.is_regular]
    alone = real if period is None else [cycle for cycle in cycles if cycle.period == period]
    if alone or period is None or not real:
        yield from ((cycle.period, [cycle]) for cycle in alone)
        return
    newest = frozen_measurable(context, store, real[-1], real[-1].revisions[-1].number).programme
    span = read_span(period, newest.timezone, context.settings.now)
    together = cycles_within(real, span, newest.period, newest.timezone) if span is not None else []
    if together:
        yield period, together
