"""``sqaudit findings``: criteria that were not met."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.fields import FINDINGS, ONE_FINDING, RESULTS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import as_option, filters, period_option
from sqaudit.cli.output import render_table, say, write_lines, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg
from sqaudit.locale.words import WORDS
from sqaudit.model.finding import FindingStatus
from sqaudit.model.standard import Severity

command = make_group("findings", msg("Criteria that were not met."), default="list")


@command.add("list", msg("List findings, each once as it was seen last; of a period, as they were seen in it."))
@option("--status", type=click.Choice([one.value for one in FindingStatus]), about=msg("only with this status"))
@filters("programme", "period", "site", "severity", "criterion")
def list_(format_: str, **wanted: str | None) -> None:
    """Print the findings."""
    from sqaudit.workflow.follow_up.findings import list_findings

    write_rows(list_findings(current_session().open_context(), **wanted), FINDINGS, format_)


@command.add("show", msg("Show the finding ID with what was measured and what the standard advises."))
@click.argument("identity", metavar="ID")
@filters()
def show(identity: str, format_: str) -> None:
    """Print one finding."""
    from sqaudit.workflow.follow_up.findings import show_finding

    session = current_session()
    finding = show_finding(session.open_context(), identity)
    write_rows([finding], ONE_FINDING, format_)
    if format_ == "table":
        write_text("\n" + render_table(finding["results"], RESULTS.shown, session.language))
        for one in finding["evidence"]:
            text = msg("evidence: {name} (sha256 {sha256})", name=one["name"], sha256=one["sha256"])
            write_text(f"\n{session.language.text(text)}\n")
        for one in finding["asked"]:
            text = msg("follow-up audit {period}, asked for by {who}: {state}", **one)
            write_text(f"\n{session.language.text(text)}\n")
        for remedy in finding["remedies"]:
            write_text(f"\n{session.language.text(msg('remedy: {remedy}', remedy=remedy))}\n")


@command.add("follow-up", msg("Have the findings ID looked at again, in an audit that repeats only what was open."))
@click.argument("identities", metavar="ID...", nargs=-1, required=True)
@option("--period", required=True, metavar="PERIOD", about=msg("from when until when: 2026-11-16/2026-11-20, 2026-12"))
@as_option(msg("who asks: an auditor, a lead or a verifier"))
def follow_up(identities: Sequence[str], period: str, who: str) -> None:
    """Keep what is asked for, and say how it goes on."""
    from sqaudit.workflow.follow_up.repeating import ask_for_follow_up

    asked = ask_for_follow_up(current_session().open_context(), identities, period=period, who=who)
    names = {"programme": asked.programme, "period": asked.period}
    write_lines([msg("follow-up audit of {programme}: {period}", **names)])
    for site, items in asked.items.items():
        write_text(f"  {site}: {', '.join(items)}\n")
    say(
        msg("forms: `sqaudit form export {programme} --period {period}`", **names)
        if asked.asks_people
        else msg("once it is over: `sqaudit run {programme} --period {period}`", **names)
    )


@command.add("reply", msg("Accept or decline the opportunity for improvement ID; it is answered within 30 days."))
@click.argument("identity", metavar="ID")
@click.argument("answer", type=click.Choice([FindingStatus.ACCEPTED.value, FindingStatus.DECLINED.value]))
@option("--reason", required=True, metavar="TEXT", about=msg("why"))
@as_option(msg("who answers: an owner or a manager"))
def reply(identity: str, answer: str, reason: str, who: str) -> None:
    """Keep the reply."""
    from sqaudit.workflow.follow_up.replying import reply_to_opportunity

    status = FindingStatus(answer)
    reply_to_opportunity(current_session().open_context(), identity, status, reason=reason, who=who)
    write_lines([msg("finding {id} is {status}", id=identity, status=WORDS[status])])


@command.add("add", msg("Write down what no item of PROGRAMME shows: a failure, an opportunity, a good practice."))
@click.argument("programme")
@option("--site", required=True, metavar="SITE", about=msg("at which site"))
@option("--criterion", metavar="CRITERION", about=msg("which criterion is not met; opinions have none"))
@option(
    "--severity", type=click.Choice([one.value for one in Severity]), required=True, about=msg("how much it weighs")
)
@option("--statement", required=True, metavar="TEXT", about=msg("what was found"))
@period_option
@as_option(msg("which auditor found it"))
def add(  # noqa: PLR0913, PLR0917  one for each option
    programme: str, site: str, criterion: str | None, severity: str, statement: str, period: str | None, who: str
) -> None:
    """Keep the finding and name it."""
    from sqaudit.workflow.follow_up.by_hand import add_finding

    found = add_finding(
        current_session().open_context(),
        programme,
        site=site,
        criterion=criterion,
        severity=Severity(severity),
        statement=statement,
        who=who,
        period=period,
    )
    write_lines([msg("finding {id} was written down", id=found.id)])
    if found.action is not None:
        say(msg("action {id} is open", id=found.action))
