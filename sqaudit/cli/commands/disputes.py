"""``sqaudit disputes``: doubts about answers, and how they were decided."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.fields import DISPUTES
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import as_option, filters, period_option
from sqaudit.cli.output import Row, say, write_lines, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.dispute import DisputeState

command = make_group("disputes", msg("Disputes of answers, and their decisions."), default="list")
# For people; "accepted" and "rejected" are also words for rows, which other languages keep apart.
_STATES = {
    "open": msg("open"),
    "accepted": msg("accepted in full"),
    "partly": msg("accepted in part"),
    "rejected": msg("turned down"),
}
_as_option = as_option(msg("who does this"))
_reason_option = option("--reason", required=True, metavar="TEXT", about=msg("why"))


@command.add("list", msg("List disputes with the scores before and after."))
@option("--state", type=click.Choice([state.value for state in DisputeState]), about=msg("only in this state"))
@filters("programme")
def list_(state: str | None, programme: str | None, format_: str) -> None:
    """Print the disputes."""
    from sqaudit.workflow.disputes import list_disputes

    _write(list_disputes(current_session().open_context(), programme=programme, state=state), format_)


@command.add("show", msg("Show the dispute ID: why it was opened, and what was decided."))
@click.argument("identity", metavar="ID")
@filters()
def show(identity: str, format_: str) -> None:
    """Print one dispute."""
    from sqaudit.workflow.disputes import show_dispute

    row = show_dispute(current_session().open_context(), identity)
    _write([row], format_)
    if format_ != "table":
        return
    lines = [
        msg("opened by {who} at {when}: {reason}", who=row["opened_by"], when=row["opened_at"], reason=row["reason"])
    ]
    if row["proposed"] is not None:
        lines.append(msg("proposed answer: {answer}", answer=row["proposed"]))
    if row["decided_by"] is not None:
        reason = row["decision_reason"]
        lines.append(
            msg("decided by {who} at {when}: {reason}", who=row["decided_by"], when=row["decided_at"], reason=reason)
        )
    if row["decided"] is not None:
        lines.append(msg("decided answer: {answer}", answer=row["decided"]))
    for line in lines:
        write_lines([line])


@command.add("open", msg("Dispute the answer to ITEM of PROGRAMME."))
@click.argument("programme")
@click.argument("item")
@option("--site", required=True, metavar="SITE", about=msg("at which site"))
@option("--subject", default="", metavar="SUBJECT", about=msg("of which subject, such as a call"))
@period_option
@_as_option
@_reason_option
@option("--answer", metavar="VALUE", about=msg("what the answer should be, as a form would say it"))
def open_(  # noqa: PLR0913, PLR0917  one for each option
    programme: str,
    item: str,
    site: str,
    subject: str,
    period: str | None,
    who: str,
    reason: str,
    answer: str | None,
) -> None:
    """Keep the dispute and name it."""
    from sqaudit.workflow.disputes import open_dispute

    dispute = open_dispute(
        current_session().open_context(),
        programme,
        item,
        site=site,
        who=who,
        reason=reason,
        subject=subject,
        period=period,
        answer=answer,
    )
    write_lines([msg("dispute {id} is open", id=dispute.id)])


@command.add("decide", msg("Decide the dispute ID: accept it, accept it in part, or reject it."))
@click.argument("identity", metavar="ID")
@option("--accept", is_flag=True, about=msg("the proposed answer stands from now on"))
@option("--partly", metavar="VALUE", about=msg("this answer stands from now on"))
@option("--reject", is_flag=True, about=msg("the answer stays as it is"))
@_as_option
@_reason_option
def decide(  # noqa: PLR0913  one for each option
    identity: str, partly: str | None, who: str, reason: str, *, accept: bool, reject: bool
) -> None:
    """Keep the decision and say what follows."""
    from sqaudit.workflow.disputes import decide_dispute

    if [accept, partly is not None, reject].count(True) != 1:
        raise InvalidInput(
            "SQA712",
            msg("a decision is one of '--accept', '--partly VALUE' and '--reject'"),
            msg("write exactly one of them"),
        )
    state = DisputeState.ACCEPTED if accept else DisputeState.REJECTED if reject else DisputeState.PARTLY
    context = current_session().open_context()
    dispute = decide_dispute(context, identity, state, who=who, reason=reason, answer=partly)
    if reject:
        say(msg("dispute {id} is rejected; the answer stays", id=dispute.id))
    else:
        say(
            msg(
                "dispute {id} is decided; `sqaudit run {programme} --period {period}` takes the answer up",
                id=dispute.id,
                programme=dispute.key.programme,
                period=dispute.key.period,
            )
        )


def _write(rows: Sequence[Row], format_: str) -> None:
    if format_ == "table":
        rows = [{**row, "state": _STATES[str(row["state"])]} for row in rows]
    write_rows(rows, DISPUTES, format_)
