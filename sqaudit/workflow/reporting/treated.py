"""What is done about findings, and what is let off: actions as they stand now, concessions as they stood then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqaudit.model.action import CorrectiveAction
from sqaudit.model.concession import Concession
from sqaudit.model.programme import Cycle
from sqaudit.model.report_parts import ActionRow, ConcessionRow, StepRow
from sqaudit.model.texts import plain
from sqaudit.workflow.follow_up.actions import action_row
from sqaudit.workflow.follow_up.places import Places


def action_rows(actions: Iterable[CorrectiveAction], places: Places, now: datetime) -> tuple[ActionRow, ...]:
    """Actions as a report shows them, in the order given."""
    return tuple(_action(one, places, now) for one in actions)


def _action(action: CorrectiveAction, places: Places, now: datetime) -> ActionRow:
    programme = places.programme
    criterion, site = programme.criteria.get(action.criterion), places.sites.get(action.site or "")
    told = action_row(action, now, places.zone_of(action.site))
    title = programme.title if action.site is None else plain(action.site)
    return ActionRow(
        id=action.id,
        finding=action.finding,
        site=action.site,
        site_title=title if site is None else site.title,
        criterion=action.criterion,
        criterion_title=plain(action.criterion) if criterion is None else criterion.title,
        dimension=None if criterion is None else criterion.dimension,
        severity=action.severity,
        state=action.state,
        owner=action.owner,
        due=told["due"],
        due_for=action.due_for,
        overdue=told["overdue"],
        steps=_steps(action),
    )


def _steps(action: CorrectiveAction) -> tuple[StepRow, ...]:
    if action.plan is not None:
        return tuple(
            StepRow(
                text=step.text,
                owner=step.owner,
                due=step.due.isoformat(),
                done_on=None if step.done_on is None else step.done_on.isoformat(),
            )
            for step in action.plan.steps
        )
    contained = action.containment
    if contained is None or contained.correction is None:
        return ()
    return (StepRow(text=contained.correction, owner=contained.by, done_on=contained.on.isoformat()),)


def concession_rows(concessions: Iterable[Concession], places: Places, cycle: Cycle) -> tuple[ConcessionRow, ...]:
    """Those in force on the last day of a cycle, by criterion and site."""
    held = [one for one in concessions if one.is_in_force(places.last_day(cycle, one.site), places.zone_of(one.site))]
    return tuple(
        ConcessionRow(
            id=one.id,
            criterion=one.criterion,
            site=one.site,
            reason=one.reason,
            owner=one.owner,
            approver=one.approver,
            first_day=one.first_day.isoformat(),
            last_day=one.last_day.isoformat(),
        )
        for one in sorted(held, key=lambda one: (one.criterion, one.site or "", one.id))
    )
