"""What those who lead have to decide, by a stated rule: at most three things, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqaudit.errors import Message, msg
from sqaudit.model.finding import FindingStatus
from sqaudit.model.report import FindingRow, ReportView
from sqaudit.model.report_parts import ActionRow, DecisionKind, DecisionRow
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text
from sqaudit.reports.labels import show_due
from sqaudit.reports.numbers import show_score

MOST_DECISIONS = 3


def decide(view: ReportView) -> tuple[DecisionRow, ...]:
    """The decisions that a view asks for.

    First each critical criterion with an open action, or with an open finding that is not conceded, the one at most
    sites first; then all overdue actions together; then those without an owner; then the criteria that were missed
    somewhere, the one that cost most points first, those already named left out.
    """
    return tuple(islice(_decisions(view), MOST_DECISIONS))


def decisions_in_words() -> Message:
    """The rule of ``decide``."""
    return msg(
        "decisions to take, three at most: what is critical and open, then overdue actions, then actions without an "
        "owner, then the missed criteria that cost the most points"
    )


def open_findings(view: ReportView) -> list[FindingRow]:
    """The findings about which something has to change: open, not conceded, and no good practice."""
    return [
        row
        for row in view.findings
        if row.status == FindingStatus.OPEN.value and not row.conceded and row.severity is not Severity.GOOD_PRACTICE
    ]


def _decisions(view: ReportView) -> Iterator[DecisionRow]:
    critical: dict[str, list[FindingRow | ActionRow]] = {}
    pending: list[FindingRow | ActionRow] = [*open_findings(view), *view.actions]
    for one in pending:
        if one.severity is Severity.CRITICAL:
            critical.setdefault(one.criterion, []).append(one)
    for criterion, rows in sorted(critical.items(), key=lambda one: (-len(_places(one[1])), one[0])):
        yield DecisionRow(
            kind=DecisionKind.CRITICAL,
            what=msg("Contain the critical failure: {criterion}", criterion=rows[0].criterion_title),
            why=msg("places where it is open: {count}", count=len(_places(rows))),
            sites=_places(rows),
            due=_first_due(view, criterion),
        )
    late = view.overdue
    if late:
        yield DecisionRow(
            kind=DecisionKind.OVERDUE,
            what=msg("Free overdue actions, or give them to others: {count}", count=len(late)),
            why=msg(
                "the longest overdue was due {day}; owners: {owners}",
                day=show_due(_earliest(late)),
                owners=", ".join(sorted({row.owner or "-" for row in late})),
            ),
            sites=_places(late),
        )
    unowned = [row for row in view.actions if row.owner is None]
    if unowned:
        yield DecisionRow(
            kind=DecisionKind.UNOWNED,
            what=msg("Name an owner for actions that have none: {count}", count=len(unowned)),
            why=msg("about: {criteria}", criteria=_criteria(unowned)),
            sites=_places(unowned),
            due=_earliest(unowned),
        )
    for row in view.criteria:
        if row.missed and row.id not in critical:
            yield DecisionRow(
                kind=DecisionKind.COSTLY,
                what=msg("Decide how to raise: {criterion}", criterion=row.title),
                why=msg(
                    "it cost {points} points of the score; missed at {missed} of {sites} sites",
                    points=show_score(row.lost),
                    missed=row.missed,
                    sites=row.sites,
                ),
                sites=_missing(view, row.id),
                due=_first_due(view, row.id),
            )


def _criteria(actions: Sequence[ActionRow]) -> Message:
    """Their criteria by title, each once."""
    titles = list({row.criterion: row.criterion_title for row in actions}.values())
    joined = msg("{criterion}", criterion=titles[0])
    for title in titles[1:]:
        joined = msg("{first}; {second}", first=joined, second=title)
    return joined


def _places(rows: Sequence[FindingRow | ActionRow]) -> tuple[Text, ...]:
    return tuple({row.site: row.site_title for row in rows}.values())


def _missing(view: ReportView, criterion: str) -> tuple[Text, ...]:
    """The sites where a criterion was missed, the one that lost most by it first."""
    found = [(row.lost, site) for site in view.sites for row in site.criteria if row.id == criterion and row.missed]
    return tuple(site.title for _, site in sorted(found, key=lambda one: (-one[0], one[1].id)))


def _first_due(view: ReportView, criterion: str) -> str | None:
    return _earliest([row for row in view.actions if row.criterion == criterion])


def _earliest(actions: Sequence[ActionRow]) -> str | None:
    return min((row.due for row in actions if row.due is not None), key=datetime.fromisoformat, default=None)
