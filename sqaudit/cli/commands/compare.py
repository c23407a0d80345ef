"""``sqaudit compare``: what changed between two cycles, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.fields import COMPARISONS, Fields
from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import filters
from sqaudit.cli.output import Row, say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg

_SITE, _REGION, _PROGRAMME = "site", "region", "programme"


@make_command("compare", msg("Compare two cycles of PROGRAMME: what changed from BEFORE to AFTER, and how surely."))
@click.argument("programme")
@click.argument("before")
@click.argument("after")
@option(
    "--level",
    type=click.Choice([_SITE, _REGION, _PROGRAMME]),
    about=msg("sites, regions or the programme (the default)"),
)
@filters("site", "item")
def command(  # noqa: PLR0913, PLR0917  one for each argument and option
    programme: str, before: str, after: str, level: str | None, site: str | None, item: str | None, format_: str
) -> None:
    """Print the changes, and how to read them."""
    from sqaudit.workflow.compare import compare_cycles

    if site is not None and level not in {None, _SITE}:
        raise InvalidInput(
            "SQA712",
            msg("'--site' is for results of sites, not of a {level}", level=level),
            msg("leave out '--site', or '--level'"),
        )
    level = level or (_SITE if site is not None else _PROGRAMME)
    context = current_session().open_context()
    compared = compare_cycles(context, programme, before, after, level, site=site, item=item)
    write_rows(compared.rows, _fields_of(compared.rows, level), format_)
    for note in compared.notes:
        say(note)


def _fields_of(rows: Sequence[Row], level: str) -> Fields:
    """A person is not shown the programme's name on every row, nor a column in which there is nothing."""
    left_out = {"place"} if level == _PROGRAMME else set()
    if not any(row["changed"] for row in rows):
        left_out.add("changed")
    return Fields(all=COMPARISONS.all, shown=[name for name in COMPARISONS.shown if name not in left_out])
