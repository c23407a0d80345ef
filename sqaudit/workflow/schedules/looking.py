"""Schedules as rows: what falls due when, and what has become of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct

from sqaudit.documents.building import build_programme
from sqaudit.errors import InvalidDocuments, InvalidInput, Message, SqauditError, msg
from sqaudit.model.duty import Duty, DutyState
from sqaudit.model.schedule import Occurrence
from sqaudit.store.due import CycleProgress
from sqaudit.workflow.context import Context
from sqaudit.workflow.rows import Row
from sqaudit.workflow.schedules.duties import Scheduled, begun_duties, duty_of, next_duty, next_occurrences


class Listing(Struct, frozen=True, kw_only=True):
    """Rows of all programmes with a schedule; ``errors`` are those of programmes that could not be looked at."""

    rows: tuple[Row, ...]
    errors: tuple[SqauditError, ...]


def list_schedules(context: Context) -> Listing:
    """Of every schedule the cycles that are due or missed, the last one that was done and the next one to come."""
    with context.store() as store:
        found, errors = read_scheduled(context, store.list_progress())
    now = context.settings.now
    rows = [_duty_row(duty, duty.state(now)) for scheduled in found for duty in _listed(scheduled, context)]
    return Listing(rows=tuple(rows), errors=tuple(errors))


def preview_schedule(context: Context, programme: str, first: date | None, count: int) -> list[Row]:
    """The next occurrences of one schedule from a day on (default: today), and what happens to them.

    Raises:
        InvalidInput: There is no such programme, its documents have errors, or it has no schedule.
    """
    scheduled = _read_one(context, programme, ())
    start = first or scheduled.local_day(context.settings.now)
    return [_occurrence_row(scheduled, one) for one in next_occurrences(scheduled, start, count)]


def read_scheduled(context: Context, progress: Sequence[CycleProgress]) -> tuple[list[Scheduled], list[SqauditError]]:
    """Every programme with a schedule, by id; what could not be read is told beside them."""
    found: list[Scheduled] = []
    errors: list[SqauditError] = [InvalidDocuments(unread)] if (unread := context.library.unread) else []
    for programme in context.library.scheduled:
        try:
            found.append(_read_one(context, programme, progress))
        except SqauditError as error:
            errors.append(error)
    return found, errors


def _read_one(context: Context, programme: str, progress: Sequence[CycleProgress]) -> Scheduled:
    built = build_programme(context.library.resolved(programme))
    if built.schedule is None:
        raise InvalidInput(
            "SQA741",
            msg("programme '{programme}' has no schedule", programme=programme),
            msg("add 'schedule:' to it, such as {{rrule: \"FREQ=MONTHLY;BYMONTHDAY=1\", window: P5D}}"),
        )
    return Scheduled(
        programme=programme,
        schedule=built.schedule,
        unit=built.period,
        zone=built.timezone,
        progress={one.period: one for one in progress if one.programme == programme},
    )


def _listed(scheduled: Scheduled, context: Context) -> Iterator[Duty]:
    now = context.settings.now
    begun = begun_duties(scheduled, now)
    last_done = next((duty for duty in reversed(begun) if duty.is_done), None)
    yield from (duty for duty in begun if duty is last_done or not duty.is_done)
    coming = next_duty(scheduled, now)
    if coming is not None:
        yield coming


def _duty_row(duty: Duty, state: DutyState) -> Row:
    return {
        "programme": duty.programme,
        "period": duty.period.label,
        "state": state.value,
        "due_from": _written(duty.due_from),
        "due_until": _written(duty.due_until),
        "done_at": None if duty.done_at is None else _written(duty.done_at.astimezone(duty.due_from.tzinfo)),
    }


def _occurrence_row(scheduled: Scheduled, occurrence: Occurrence) -> Row:
    duty = duty_of(scheduled, occurrence)
    held = not occurrence.skipped
    return {
        "programme": scheduled.programme,
        "day": occurrence.on.isoformat(),
        "period": duty.period.label,
        "due_from": _written(duty.due_from) if held else None,
        "due_until": _written(duty.due_until) if held else None,
        "note": _note(occurrence),
    }


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _note(occurrence: Occurrence) -> Message | None:
    if occurrence.skipped:
        return msg("left out by 'skip'")
    if occurrence.on != occurrence.day:
        return msg("moved from {day} by 'move'", day=occurrence.day)
    return msg("the last day of a shorter month") if occurrence.clamped else None
