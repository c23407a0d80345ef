"""``sqaudit actions``: what is done about findings, by whom and by when, and whether it worked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from sqaudit.cli.action_moves import add_moves
from sqaudit.cli.fields import ACTIONS, ACTIONS_BY_RISK, DEADLINES, HISTORY, NOTICES, ONE_ACTION
from sqaudit.cli.help import make_group, option
from sqaudit.cli.moments import as_of
from sqaudit.cli.options import filters, now_option, output_option, table_format_option
from sqaudit.cli.output import in_words, render_table, say, write_bytes, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg
from sqaudit.model.action import ActionState
from sqaudit.model.masking import mask_within
from sqaudit.reports.tables import json_table

_STATES = [*(state.value for state in ActionState), "all"]

command = make_group(
    "actions", msg("Corrective actions: what is done, by when, and whether it worked."), default="list"
)


@command.add("list", msg("List actions, the first due first: those that something is left to do of."))
@option("--state", type=click.Choice(_STATES), about=msg("only in this state; all: those that are done too"))
@option("--owner", metavar="NAME", about=msg("only of this owner"))
@option("--finding", metavar="ID", about=msg("only for this finding"))
@option("--overdue", is_flag=True, about=msg("only those that are late"))
@option("--by-risk", is_flag=True, about=msg("the greatest risk first, then those whose risk nobody judged"))
@option("--most", type=click.IntRange(1), metavar="N", about=msg("no more than so many"))
@now_option
@filters("programme", "site", "severity")
def list_(moment: str | None, format_: str, **wanted: Any) -> None:  # noqa: ANN401  one for each option
    """Print the actions."""
    from sqaudit.workflow.follow_up.actions import Wanted, list_actions

    context = as_of(current_session().open_context(), moment)
    rows = list_actions(context, Wanted(**wanted))
    write_rows(rows, ACTIONS_BY_RISK if wanted["by_risk"] else ACTIONS, format_)


@command.add("due", msg("List what is due soon or late already; as a calendar file with --format ics."))
@option("--within", default="7d", metavar="TIME", about=msg("how soon, such as 7d or PT24H; default: 7d"))
@option("--owner", metavar="NAME", about=msg("only of this owner"))
@option("--programme", metavar="PROGRAMME", about=msg("only of this programme"))
@option("--site", metavar="SITE", about=msg("only at this site"))
@now_option
@option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv", "ics"]),
    default="table",
    about=msg("how to write the rows"),
)
@output_option
def due(within: str, moment: str | None, format_: str, output: Path | None, **wanted: str | None) -> None:
    """Print the actions, or write their calendar."""
    from sqaudit.workflow.follow_up.actions import list_due, read_within, render_due

    session = current_session()
    context = as_of(session.open_context(), moment)
    rows = list_due(context, read_within(within), **wanted)
    if format_ == "ics":
        write_bytes(render_due(context, rows, session.language), output)
    else:
        write_rows(rows, ACTIONS, format_)


@command.add(
    "notify", msg("List who has to be told of what is due or late, each notice once: a job for every morning.")
)
@option("--again", is_flag=True, about=msg("all there ever were, also those that were told before"))
@now_option
@table_format_option
def notify(moment: str | None, format_: str, *, again: bool) -> None:
    """Print the notices."""
    from sqaudit.workflow.follow_up.actions import list_notices, take_notices

    context = as_of(current_session().open_context(), moment)
    write_rows(list_notices(context) if again else take_notices(context), NOTICES, format_)


@command.add("show", msg("Show the action ID: what was said and done, by when, and what may be done next."))
@click.argument("identity", metavar="ID")
@filters()
def show(identity: str, format_: str) -> None:
    """Print one action."""
    from sqaudit.workflow.follow_up.actions import show_action
    from sqaudit.workflow.follow_up.telling import tell_action

    session = current_session()
    row = show_action(session.open_context(), identity)
    action = row.pop("said")
    if format_ == "json":
        told = {
            **row,
            "said": mask_within(to_builtins(action)),
            "history": mask_within(row["history"]),
            "remedies": [in_words(one, session.language) for one in row["remedies"]],
        }
        write_text(json_table(ONE_ACTION.all, [told]))
        return
    write_rows([row], ACTIONS, format_)
    if format_ == "csv":
        return
    for line in tell_action(action):
        write_text(session.language.text(line) + "\n")
    if row["deadlines"]:
        write_text("\n" + render_table(row["deadlines"], DEADLINES.shown, session.language))
    write_text("\n" + render_table(row["history"], HISTORY.shown, session.language))
    for remedy in row["remedies"]:
        write_text(session.language.text(msg("remedy: {remedy}", remedy=remedy)) + "\n")
    say(msg("allowed now: {moves}", moves=", ".join(row["allowed"])))


add_moves(command)
