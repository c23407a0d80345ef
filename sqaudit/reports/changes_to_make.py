"""What has to change, by area and criterion."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Message
from sqaudit.model.action import ActionState
from sqaudit.model.report import FindingRow, ReportView
from sqaudit.model.report_parts import ActionRow, StepRow
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text
from sqaudit.reports.decisions import open_findings


class Task(Struct, frozen=True, kw_only=True):
    """Something to change at a site (``None``: at many), with the ids of its action and finding, as far as there are.

    ``statement`` says what was found in this cycle, if it was. ``due`` is ISO 8601.
    """

    site: str | None
    site_title: Text
    severity: Severity
    finding: str
    statement: Message | None = None
    action: str | None = None
    state: ActionState | None = None
    owner: str | None = None
    due: str | None = None
    overdue: bool = False
    steps: tuple[StepRow, ...] = ()


class Concern(Struct, frozen=True, kw_only=True):
    """A criterion with what the standard advises, and what has to change about it."""

    criterion: str
    title: Text
    severity: Severity
    remedies: tuple[Text, ...]
    tasks: tuple[Task, ...]


class Area(Struct, frozen=True, kw_only=True):
    """A dimension, or ``None`` for what belongs to none, with its concerns."""

    id: str | None
    title: Text | None
    concerns: tuple[Concern, ...]


def areas_of(view: ReportView) -> tuple[Area, ...]:
    """The areas in the standard's order; in each the heaviest concern first, in it what is overdue or due first."""
    seen = {row.id: row for row in open_findings(view)}
    tasks: dict[tuple[str | None, str], list[Task]] = {}
    for action in view.actions:
        tasks.setdefault((action.dimension, action.criterion), []).append(_task(action, seen.get(action.finding)))
    treated = {action.id for action in view.actions}
    for row in seen.values():
        if row.action not in treated:
            tasks.setdefault((row.dimension, row.criterion), []).append(_untreated(row))
    known = {row.id: row.title for row in view.dimensions}
    remedies = {row.criterion: row.remedies for row in view.findings}
    titles = {row.criterion: row.criterion_title for row in seen.values()}
    titles |= {row.criterion: row.criterion_title for row in view.actions}
    areas = []
    for dimension in (*known, *sorted({name for name, _ in tasks if name is not None} - known.keys()), None):
        concerns = [
            Concern(
                criterion=criterion,
                title=titles[criterion],
                severity=min((task.severity for task in own), key=lambda one: one.rank),
                remedies=remedies.get(criterion, ()),
                tasks=_in_order(own),
            )
            for (area, criterion), own in tasks.items()
            if area == dimension
        ]
        if concerns:
            concerns.sort(key=lambda one: (one.severity.rank, -len(one.tasks), one.criterion))
            areas.append(Area(id=dimension, title=known.get(dimension or ""), concerns=tuple(concerns)))
    return tuple(areas)


def _in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(sorted(tasks, key=lambda one: (not one.overdue, one.due is None, one.due or "", one.site or "")))


def _task(action: ActionRow, found: FindingRow | None) -> Task:
    return Task(
        site=action.site,
        site_title=action.site_title,
        severity=action.severity,
        finding=action.finding,
        statement=None if found is None else found.statement,
        action=action.id,
        state=action.state,
        owner=action.owner,
        due=action.due,
        overdue=action.overdue,
        steps=action.steps,
    )


def _untreated(row: FindingRow) -> Task:
    task = Task(site=row.site, site_title=row.site_title, severity=row.severity, finding=row.id)
    return replace(task, statement=row.statement)
