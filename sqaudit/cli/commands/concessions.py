"""``sqaudit concessions``: departures that somebody accepted for a while."""

from __future__ import annotations

import click

from sqaudit.cli.fields import CONCESSIONS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.moments import as_of, read_day
from sqaudit.cli.options import as_option, filters, now_option
from sqaudit.cli.output import say, write_lines, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("concessions", msg("Departures from criteria that somebody accepted for a while."), default="list")


@command.add("list", msg("List concessions: those in force, to come, over or revoked, and those that let nothing off."))
@option("--expiring", metavar="TIME", about=msg("only those that end within this time, such as 30d"))
@now_option
@filters("programme", "site", "criterion")
def list_(expiring: str | None, moment: str | None, format_: str, **wanted: str | None) -> None:
    """Print the concessions."""
    from sqaudit.workflow.follow_up.actions import read_within
    from sqaudit.workflow.follow_up.concessions import list_concessions

    context = as_of(current_session().open_context(), moment)
    within = None if expiring is None else read_within(expiring)
    write_rows(list_concessions(context, within, **wanted), CONCESSIONS, format_)


@command.add("grant", msg("Accept that CRITERION of PROGRAMME is not met for a while; what fails is still shown."))
@click.argument("programme")
@click.argument("criterion")
@option("--site", metavar="SITE", about=msg("at which site; default: at all"))
@option("--until", required=True, metavar="DATE", about=msg("the last day, in the zone of the site"))
@option("--from", "first", metavar="DATE", about=msg("the first day; default: today"))
@option("--owner", required=True, metavar="NAME", about=msg("who sees to it that it ends"))
@option("--reason", required=True, metavar="TEXT", about=msg("why"))
@as_option(msg("who approves it; never its owner"))
def grant(  # noqa: PLR0913, PLR0917  one for each option
    programme: str,
    criterion: str,
    site: str | None,
    until: str,
    first: str | None,
    owner: str,
    reason: str,
    who: str,
) -> None:
    """Keep it and name it."""
    from sqaudit.workflow.follow_up.concessions import grant_concession

    granted = grant_concession(
        current_session().open_context(),
        programme,
        criterion,
        site=site,
        first_day=read_day(first),
        last_day=read_day(until),
        owner=owner,
        reason=reason,
        who=who,
    )
    write_lines(
        [
            msg(
                "concession {id} holds from {first} to {last}",
                id=granted.id,
                first=granted.first_day,
                last=granted.last_day,
            )
        ]
    )


@command.add("revoke", msg("End the concession ID before its last day."))
@click.argument("identity", metavar="ID")
@option("--reason", required=True, metavar="TEXT", about=msg("why"))
@as_option(msg("who ends it"))
def revoke(identity: str, reason: str, who: str) -> None:
    """End it."""
    from sqaudit.workflow.follow_up.concessions import revoke_concession

    revoke_concession(current_session().open_context(), identity, reason=reason, who=who)
    say(msg("concession {id} is revoked", id=identity))
