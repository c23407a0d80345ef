"""``sqaudit scores``: from the criterion up to the programme."""

from __future__ import annotations

from sqaudit.cli.fields import SCORES
from sqaudit.cli.help import make_group
from sqaudit.cli.options import filters
from sqaudit.cli.output import write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("scores", msg("Scores at every level."), default="list")


@command.add("list", msg("List scores, of the newest revision of each cycle."))
@filters("programme", "period", "site", "level")
def list_(format_: str, **wanted: str | None) -> None:
    """Print the scores."""
    from sqaudit.workflow.look_up import list_scores

    write_rows(list_scores(current_session().open_context(), **wanted), SCORES, format_)
