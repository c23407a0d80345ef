"""Run what schedules ask for: each cycle once, by one process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from sqaudit.errors import SqauditError
from sqaudit.model.duty import Claim, Duty, DutyState
from sqaudit.workflow.context import Context
from sqaudit.workflow.reading import Progress
from sqaudit.workflow.run import run
from sqaudit.workflow.schedules.duties import begun_duties, duties_to_run
from sqaudit.workflow.schedules.looking import read_scheduled
from sqaudit.workflow.score import RunSummary

# A run that takes longer may be taken over; the store then lets one of the two record its revision.
CLAIM_LASTS = timedelta(hours=6)


class Claimant(Struct, frozen=True, kw_only=True):
    """The process that asks, and its clock: what is claimed is claimed by real time, whatever time is asked about."""

    host: str
    pid: int
    clock: Callable[[], datetime]

    def claims(self) -> Claim:
        """A claim as of this moment."""
        return Claim(host=self.host, pid=self.pid, claimed_at=self.clock())

    def may_take_over(self, held: Claim) -> bool:
        """Whether the process that holds a claim is gone, or has held it for too long."""
        if self.clock() - held.claimed_at > CLAIM_LASTS:
            return True
        return held.host == self.host and (held.pid == self.pid or not _is_running(held.pid))


class DueRun(Struct, frozen=True, kw_only=True):
    """What became of one cycle that was due: a ``summary``, an ``error``, or a process that ``held_by`` names has it.

    Without a programme, ``error`` is about documents that nobody could read.
    """

    programme: str | None = None
    period: str | None = None
    summary: RunSummary | None = None
    error: SqauditError | None = None
    held_by: Claim | None = None


class Missed(Struct, frozen=True, kw_only=True):
    """The periods of a programme that were missed and are not caught up."""

    programme: str
    periods: tuple[str, ...]


def run_due(context: Context, claimant: Claimant, progress: Progress | None = None) -> Iterator[DueRun | Missed]:
    """Run every cycle that a schedule asks for by now and that is not done, one after the other.

    Raises:
        CannotAccess: The store cannot be read or written.
    """
    with context.store() as store:
        found, errors = read_scheduled(context, store.list_progress())
    yield from (DueRun(error=error) for error in errors)
    now = context.settings.now
    for scheduled in found:
        begun = begun_duties(scheduled, now)
        wanted = duties_to_run(begun, scheduled.schedule.catch_up, now)
        missed = [duty for duty in begun if duty.state(now) is DutyState.MISSED and duty not in wanted]
        if missed:
            yield Missed(programme=scheduled.programme, periods=tuple(duty.period.label for duty in missed))
        for duty in wanted:
            ran = _run_once(context, claimant, duty, progress)
            if ran is not None:
                yield ran


def _run_once(context: Context, claimant: Claimant, duty: Duty, progress: Progress | None) -> DueRun | None:
    """Claim the cycle, run it and let go; ``None`` if another process has done it in the meantime."""
    programme, period = duty.programme, duty.period.label
    claim = claimant.claims()
    with context.store() as store:
        standing = store.claim_due(programme, period, claim, claimant.may_take_over)
    if standing is None:
        return None
    if standing != claim:
        return DueRun(programme=programme, period=period, held_by=standing)
    try:
        return DueRun(programme=programme, period=period, summary=run(context, programme, period, (), progress))
    except SqauditError as error:
        return DueRun(programme=programme, period=period, error=error)
    finally:
        with context.store() as store:
            store.release_due(programme, period, claim)


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # there os.kill would end it; claims run out by their age alone
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
