"""``sqaudit explain``: why."""

from __future__ import annotations

import re

import click

from sqaudit.cli.fields import ORIGINS, PASSES, RESULTS
from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import filters, table_format_option
from sqaudit.cli.output import in_words, render_rows, render_table, write_lines, write_text
from sqaudit.cli.session import Session, current_session
from sqaudit.errors import InvalidInput, msg

_CODE = re.compile(r"SQA\d+", re.IGNORECASE)


@make_command(
    "explain", msg("Explain a problem code, or a criterion, standard, result, finding or programme by its id.")
)
@click.argument("thing")
@filters("period", "site", with_format=False)
@option("--subject", metavar="SUBJECT", about=msg("only of this subject at the site, such as a call"))
@option("--plan", is_flag=True, about=msg("show how often a run of the programme walks over which records"))
@table_format_option
def command(  # noqa: PLR0913 - one for each option
    thing: str, period: str | None, site: str | None, subject: str | None, format_: str, *, plan: bool
) -> None:
    """Print a title, what there is to say, and the figures."""
    from sqaudit.workflow.explain import explain

    session = current_session()
    if plan:
        _show_plan(session, thing, period, format_)
        return
    context = None
    if not _CODE.fullmatch(thing):
        try:
            context = session.open_context()
        except InvalidInput:
            if session.folder is not None:
                raise
    if subject is not None and site is None:
        raise InvalidInput(
            "SQA712", msg("it is not said at which site '{subject}' is", subject=subject), msg("add --site SITE")
        )
    name = thing.upper() if context is None else thing
    explanation = explain(context, name, period=period, site=site, subject=subject)
    if format_ != "table" and explanation.origins:
        write_text(render_rows(explanation.origins, ORIGINS, format_, session.language))
        return
    paragraphs = [in_words(part, session.language) for part in (explanation.title, *explanation.paragraphs)]
    write_text("\n\n".join(paragraphs) + "\n")
    if explanation.table:
        rows = explanation.table
        columns = RESULTS.shown if "status" in rows[0] else list(rows[0])
        write_text("\n" + render_table(rows, columns, session.language))
    if explanation.origins:
        several = len({row["programme"] for row in explanation.origins}) > 1
        columns = [*(["programme"] if several else []), *ORIGINS.shown]
        write_text("\n" + render_table(explanation.origins, columns, session.language))


def _show_plan(session: Session, programme: str, period: str | None, format_: str) -> None:
    """One row for each walk over a dataset's records."""
    from sqaudit.workflow.passes import planned_passes

    passes = planned_passes(session.open_context(), programme, period)
    rows = [
        {
            "dataset": one.dataset,
            "number": number,
            "kind": one.kind,
            "level": "site" if one.level == "audit" else one.level,
            "items": one.items,
            "groups": ", ".join(one.groups) or None,
            "engine": one.engine,
            "from": one.period.start.isoformat() if one.period else None,
            "before": one.period.end.isoformat() if one.period else None,
            "columns": ", ".join(one.columns),
        }
        for number, one in enumerate(passes, start=1)
    ]
    if format_ == "table":
        write_lines([msg("{programme}: passes over the records: {count}", programme=programme, count=len(rows))])
    write_text(render_rows(rows, PASSES, format_, session.language))
