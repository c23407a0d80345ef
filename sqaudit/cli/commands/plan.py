"""``sqaudit plan``: what a run would look at, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sqaudit.cli.fields import PLANNED_SOURCES
from sqaudit.cli.help import make_command
from sqaudit.cli.options import period_option, sites_option
from sqaudit.cli.output import render_rows, write_lines, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import Message, msg

if TYPE_CHECKING:
    from sqaudit.workflow.plan import CyclePlan


@make_command("plan", msg("Show which period, sites, items and files a run of PROGRAMME would look at."))
@click.argument("programme")
@period_option
@sites_option
def command(programme: str, period: str | None, sites: Sequence[str]) -> None:
    """Plan and print."""
    from sqaudit.workflow.plan import plan_cycle

    session = current_session()
    plan = plan_cycle(session.open_context(), programme, period, sites)
    write_lines(_lines(plan))
    rows = [
        {
            "dataset": dataset,
            "files": len(planned.files),
            "bytes": sum(file.size for file in planned.files),
            "problem": planned.problem.message if planned.problem else None,
        }
        for dataset, planned in plan.sources.items()
    ]
    write_text(render_rows(rows, PLANNED_SOURCES, "table", session.language))


def _lines(plan: CyclePlan) -> list[Message]:
    programme = plan.programme
    everything = (item.id for checklist in programme.checklists for item in checklist.items)
    items = len({item for own in plan.repeated.values() for item in own} or set(everything))
    sites = plan.selected or [site.id for site in plan.sites or ()]
    return [
        msg("{programme} {period}", programme=programme.id, period=plan.period.label),
        msg("from {start} to before {end}", start=plan.period.start.isoformat(), end=plan.period.end.isoformat()),
        msg("standard {standard} {version}", standard=programme.standard.id, version=programme.standard.version),
        msg("items: {count}", count=items),
        msg("sites: {count} ({sites})", count=len(sites), sites=", ".join(sites))
        if sites
        else msg("the sites come from a dataset"),
    ]
