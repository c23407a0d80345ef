"""``sqaudit answers``: what people answered, which of several answers the lead chooses, and what is doubtful."""

from __future__ import annotations

import click

from sqaudit.cli.fields import ANSWERS, DOUBTS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import as_option, filters, period_option
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("answers", msg("What people answered, which of several answers counts, and what is doubtful."))


@command.add("list", msg("List the answers that count in one cycle of PROGRAMME."))
@click.argument("programme")
@option("--differing", is_flag=True, about=msg("only where auditors do not agree"))
@period_option
@filters("site")
def list_(programme: str, period: str | None, site: str | None, *, differing: bool, format_: str) -> None:
    """Print the answers."""
    from sqaudit.workflow.auditors import list_answers

    context = current_session().open_context()
    write_rows(list_answers(context, programme, period=period, site=site, differing=differing), ANSWERS, format_)


@command.add("choose", msg("Let the answer of one auditor to ITEM of PROGRAMME count; the lead's part."))
@click.argument("programme")
@click.argument("item")
@option("--auditor", required=True, metavar="NAME", about=msg("whose answer"))
@as_option(msg("who chooses: the lead of the team"))
@option("--site", metavar="SITE", about=msg("at which site; not needed where there is one"))
@option("--subject", default="", metavar="SUBJECT", about=msg("of which subject, such as a call"))
@period_option
@option("--reason", metavar="TEXT", about=msg("why"))
def choose(  # noqa: PLR0913, PLR0917  one for each option
    programme: str,
    item: str,
    auditor: str,
    who: str,
    site: str | None,
    subject: str,
    period: str | None,
    reason: str | None,
) -> None:
    """Keep the choice and say what it is."""
    from sqaudit.workflow.auditors import choose_answer

    chosen = choose_answer(
        current_session().open_context(),
        programme,
        item,
        auditor=auditor,
        who=who,
        site=site,
        subject=subject,
        period=period,
        reason=reason,
    )
    say(
        msg(
            "'{item}' at '{site}': the answer of {auditor} counts; the next run takes it up",
            item=chosen.key.item,
            site=chosen.key.site,
            auditor=chosen.auditor,
        )
    )


@command.add("doubts", msg("List what is doubtful in the answers of PROGRAMME; it never changes a score."))
@click.argument("programme")
@filters("period", "site")
def doubts(programme: str, period: str | None, site: str | None, format_: str) -> None:
    """Print the flags, and say what is not known."""
    from sqaudit.reports.policies import pace_in_words
    from sqaudit.workflow.doubts import list_doubts

    rows, found = list_doubts(current_session().open_context(), programme, period, site)
    write_rows(rows, DOUBTS, format_)
    if found.sheets:
        say(pace_in_words(found.sheets, found.untimed))
