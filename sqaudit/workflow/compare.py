"""What changed between two cycles of a programme, from what the store keeps of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.programme import Cycle
from sqaudit.model.score import Status
from sqaudit.reports.numbers import show_share
from sqaudit.store.engine import Store
from sqaudit.workflow.collected import read_cycles
from sqaudit.workflow.comparing.changes import (
    ALPHA,
    ONLY_AFTER,
    ONLY_BEFORE,
    PERIODS_OVERLAP,
    SCORING_CHANGED,
    Change,
    Kind,
    Windows,
    compare_results,
    compare_scores,
    judge_changes,
)
from sqaudit.workflow.comparing.rows import change_row
from sqaudit.workflow.comparing.sameness import (
    changes_of_question,
    changes_of_standard,
    changes_of_target,
    is_same_item,
    is_scored_alike,
    judged_otherwise,
)
from sqaudit.workflow.comparing.sides import PlaceScore, Side, read_side
from sqaudit.workflow.context import Context
from sqaudit.workflow.rows import Row
from sqaudit.workflow.score import collected_cycle

_OUT = frozenset({Status.NOT_APPLICABLE, Status.NOT_SELECTED})


class Compared(Struct, frozen=True, kw_only=True):
    """The rows of a comparison: scores first, then items; ``notes`` say how to read them."""

    rows: tuple[Row, ...]
    notes: tuple[Message, ...]


def compare_cycles(  # noqa: PLR0913 - what people narrow it by
    context: Context,
    programme: str,
    before: str,
    after: str,
    level: str,
    *,
    site: str | None = None,
    item: str | None = None,
) -> Compared:
    """Compare the newest revisions of two cycles at a level: ``site``, ``region`` or ``programme``.

    ``site`` leaves one site, ``item`` one item. What is tested is adjusted for how many tests there are in the table.

    Raises:
        InvalidInput: A cycle has not been collected, is a trial evaluation, or both are the same.
    """
    with context.store() as store:
        cycles = _two_cycles(context, store, programme, before, after)
        read = read_cycles(context, store, cycles)
        sides = [read_side(store, cycle, collected, level) for cycle, collected in zip(cycles, read, strict=True)]
    if item is not None:
        item = next((one.renames.items[item] for one in read if item in one.renames.items), item)
    return compare_sides(sides[0], sides[1], level, site=site, item=item)


def compare_sides(before: Side, after: Side, level: str, *, site: str | None, item: str | None) -> Compared:
    """Compare two cycles that were read; the same in any order of their sites."""
    windows = Windows(
        overlap=before.cycle.start < after.cycle.end and after.cycle.start < before.cycle.end,
        equal=before.days == after.days,
    )
    found = [] if item is not None else list(_scores(before, after, windows))
    found += _items(before, after, windows, level, item)
    changes = judge_changes([change for change in found if site is None or change.place == site])
    return Compared(
        rows=tuple(change_row(change, before, after, level) for change in changes),
        notes=tuple(_notes(before, after, windows, changes, site)),
    )


def _two_cycles(context: Context, store: Store, programme: str, before: str, after: str) -> tuple[Cycle, Cycle]:
    first = collected_cycle(context, store, programme, before)
    second = collected_cycle(context, store, programme, after)
    pilot = next((cycle for cycle in (first, second) if cycle.is_pilot), None)
    if pilot is not None:
        raise InvalidInput(
            "SQA762",
            msg("{period} of '{programme}' is a trial evaluation", period=pilot.period, programme=programme),
            msg("compare two real cycles; `sqaudit cycle list` shows which are trials"),
        )
    follow_up = next((cycle for cycle in (first, second) if cycle.is_follow_up), None)
    if follow_up is not None:
        raise InvalidInput(
            "SQA762",
            msg("{period} of '{programme}' is a follow-up audit", period=follow_up.period, programme=programme),
            msg("it looked only at what was open; compare two whole cycles"),
        )
    if first.period == second.period:
        raise InvalidInput(
            "SQA761",
            msg("{period} of '{programme}' cannot be compared with itself", period=first.period, programme=programme),
            msg("name two cycles; `sqaudit cycle list --programme {programme}` shows them", programme=programme),
        )
    return first, second


def _scores(before: Side, after: Side, windows: Windows) -> Iterator[Change]:
    is_alike = is_scored_alike(before.measurable, after.measurable)
    otherwise = judged_otherwise(before.measurable, before.sites, after.measurable, after.sites)
    standard = tuple(changes_of_standard(before.measurable, after.measurable))
    keys = dict.fromkeys((*after.scores, *before.scores))
    for key in sorted(keys, key=lambda key: (key[0], key[1] is not Kind.SCORE)):
        place, kind, identity = key
        was, became = before.scores.get(key), after.scores.get(key)
        reason = _why_scores_differ(was, became, windows, is_alike=is_alike and place not in otherwise)
        coverage = _coverage(was, became)
        yield compare_scores(
            kind,
            place,
            identity,
            None if was is None else was.score,
            None if became is None else became.score,
            reason=reason,
            changed=standard if coverage is None else (*standard, coverage),
        )


def _why_scores_differ(
    was: PlaceScore | None, became: PlaceScore | None, windows: Windows, *, is_alike: bool
) -> str | None:
    if was is None or became is None:
        return ONLY_AFTER if was is None else ONLY_BEFORE
    if not is_alike:
        return SCORING_CHANGED
    missing = next((one.reason for one in (was, became) if one.score is None), None)
    return missing or (PERIODS_OVERLAP if windows.overlap else None)


def _coverage(was: PlaceScore | None, became: PlaceScore | None) -> Message | None:
    """Scores of which other parts could be scored are not of the same things."""
    if was is None or became is None or was.coverage == became.coverage:
        return None
    old, new = show_share(was.coverage), show_share(became.coverage)
    return None if old == new else msg("coverage {before} → {after}", before=old, after=new)


def _items(before: Side, after: Side, windows: Windows, level: str, item: str | None) -> Iterator[Change]:
    standard = tuple(changes_of_standard(before.measurable, after.measurable))
    ids = dict.fromkeys(
        question.item.id
        for side in (after, before)
        for question in side.measurable.questions
        if item in {None, question.item.id}
    )
    is_same = {one: is_same_item(before.measurable, after.measurable, one, level) for one in ids}
    changed = {one: tuple(changes_of_question(before.measurable, after.measurable, one)) for one in ids}
    places = sorted({place for side in (before, after) for place, _ in side.results})
    for place in places:
        for one in ids:
            was, became = before.results.get((place, one)), after.results.get((place, one))
            if all(result is None or result.status in _OUT for result in (was, became)):
                continue
            yield compare_results(
                place,
                was,
                became,
                windows,
                is_same=is_same[one],
                changed=(*standard, *changes_of_target(was, became), *changed[one]),
            )


def _notes(
    before: Side, after: Side, windows: Windows, changes: Sequence[Change], site: str | None
) -> Iterator[Message]:
    tested = sum(change.contrast.p is not None for change in changes)
    if tested:
        yield msg(
            "tested: {count}; p is adjusted for that by Benjamini and Hochberg, and judged at {alpha}",
            count=tested,
            alpha=ALPHA,
        )
    if any(change.kind is not Kind.ITEM for change in changes):
        yield msg("scores are made of many values and their weights: their change is shown, not tested")
    if windows.overlap:
        yield msg("warning: the periods overlap, so that both rest on the same records: nothing is tested")
    elif not windows.equal:
        yield msg(
            "warning: the periods have {before} and {after} days; counts are not compared, seasons may differ",
            before=before.days,
            after=after.days,
        )
    only = {one.id for one in before.sites} ^ {one.id for one in after.sites}
    if only and site is None:
        yield msg("warning: sites that only one of the cycles has: {count}", count=len(only))
