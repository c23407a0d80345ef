"""``sqaudit run --due``: what schedules ask for, told run by run."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqaudit.cli.boundary import INTERRUPTED, show_error
from sqaudit.cli.moments import as_of
from sqaudit.cli.output import say, write_lines
from sqaudit.cli.progress import shown_progress
from sqaudit.cli.session import current_session
from sqaudit.cli.summary import FINDINGS, exit_code_of, show_summary
from sqaudit.errors import CannotAccess, Incomplete, InvalidInput, NothingEvaluated, msg
from sqaudit.model.standard import Severity

if TYPE_CHECKING:
    from sqaudit.workflow.schedules.running import DueRun, Missed

_WORST_FIRST = (
    INTERRUPTED,
    CannotAccess.exit_code,
    InvalidInput.exit_code,
    NothingEvaluated.exit_code,
    Incomplete.exit_code,
    FINDINGS,
)


def run_what_is_due(moment: str | None, fail_on: Severity | None) -> int:
    """Run it, summarise each run, and judge by the worst."""
    from sqaudit.workflow.schedules.running import Claimant, DueRun, run_due

    session = current_session()
    context = as_of(session.open_context(), moment)
    claimant = Claimant(host=platform.node(), pid=os.getpid(), clock=lambda: datetime.now(UTC))
    codes: list[int] = []
    with shown_progress(session.language) as progress:
        for event in run_due(context, claimant, progress):
            if isinstance(event, DueRun):
                codes.append(_tell(event, fail_on))
            else:
                _tell_missed(event)
    if not codes:
        there_are = bool(context.library.scheduled)
        write_lines([msg("nothing is due") if there_are else msg("no programme has a schedule")])
    return worst(codes)


def worst(codes: list[int]) -> int:
    """The exit code of several runs together."""
    return next((code for code in _WORST_FIRST if code in codes), 0)


def _tell(ran: DueRun, fail_on: Severity | None) -> int:
    if ran.summary is not None:
        show_summary(ran.summary)
        return exit_code_of(ran.summary, fail_on)
    if ran.held_by is not None:
        say(
            msg(
                "{programme} {period} is being run by process {pid} on {host}, since {since}",
                programme=ran.programme,
                period=ran.period,
                pid=ran.held_by.pid,
                host=ran.held_by.host,
                since=ran.held_by.claimed_at.isoformat(timespec="seconds"),
            )
        )
        return 0
    assert ran.error is not None  # noqa: S101 it is one of the three
    if ran.programme is not None:
        say(msg("{programme} {period} cannot be run", programme=ran.programme, period=ran.period))
    show_error(ran.error, current_session())
    return ran.error.exit_code


def _tell_missed(missed: Missed) -> None:
    say(
        msg(
            "warning: {programme} missed {periods}; `sqaudit run {programme} --period {first}` makes up for one",
            programme=missed.programme,
            periods=", ".join(missed.periods),
            first=missed.periods[0],
        )
    )
