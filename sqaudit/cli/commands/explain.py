"""``sqaudit explain``: why."""

from __future__ import annotations

import re

import click

from sqaudit.cli.fields import RESULTS
from sqaudit.cli.help import make_command
from sqaudit.cli.options import filters
from sqaudit.cli.output import in_words, render_table, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg

_CODE = re.compile(r"SQA\d+", re.IGNORECASE)


@make_command(
    "explain", msg("Explain a problem code, or a criterion, standard, result, finding or programme by its id.")
)
@click.argument("thing")
@filters("period", "site", with_format=False)
def command(thing: str, period: str | None, site: str | None) -> None:
    """Print a title, what there is to say, and the figures."""
    from sqaudit.workflow.explain import explain

    session = current_session()
    context = None
    if not _CODE.fullmatch(thing):
        try:
            context = session.open_context()
        except InvalidInput:
            if session.folder is not None:
                raise
    explanation = explain(context, thing.upper() if context is None else thing, period=period, site=site)
    paragraphs = [in_words(part, session.language) for part in (explanation.title, *explanation.paragraphs)]
    write_text("\n\n".join(paragraphs) + "\n")
    if explanation.table:
        rows = explanation.table
        columns = RESULTS.shown if "status" in rows[0] else list(rows[0])
        write_text("\n" + render_table(rows, columns, session.language))
