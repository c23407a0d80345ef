"""``sqaudit results``: what came of the items, and the records behind one."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.fields import AUDITOR_RESULTS, PART_RESULTS, POOLED_RESULTS, RESULTS, Fields
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import filters
from sqaudit.cli.output import Row, say, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg
from sqaudit.reports.numbers import ABSENT
from sqaudit.reports.tables import aligned_table

_LEVELS = ("site", "region", "programme")
_NOT_MERGEABLE = "not_mergeable"

command = make_group("results", msg("Item results, and the records behind them."), default="list")


@command.add("list", msg("List item results, of the newest revision of each cycle."))
@option(
    "--level",
    type=click.Choice(_LEVELS),
    default=_LEVELS[0],
    about=msg("results of sites (the default), or pooled over regions or the programme"),
)
@filters("programme", "period", "site", "status", "criterion", "item")
def list_(format_: str, level: str, site: str | None, **wanted: str | None) -> None:
    """Print the results; what is pooled from several sites or periods has fields of its own."""
    context = current_session().open_context()
    if level == _LEVELS[0]:
        from sqaudit.workflow.look_up import list_results

        rows = list_results(context, site=site, **wanted)
    elif site is None:
        from sqaudit.workflow.look_up import list_levels

        rows = list_levels(context, level, **wanted)
    else:
        raise InvalidInput(
            "SQA712",
            msg("'--site' is for results of sites, not of a {level}", level=level),
            msg("leave out '--site', or '--level'"),
        )
    write_rows(rows, _fields_of(rows, level), format_)
    _say_what_cannot_be_merged(rows)


def _fields_of(rows: Sequence[Row], level: str) -> Fields:
    if level != _LEVELS[0] or any("place" in row for row in rows):
        return POOLED_RESULTS
    if any(row["auditor"] for row in rows):
        return AUDITOR_RESULTS
    return PART_RESULTS if any(row["subject"] or row["group"] for row in rows) else RESULTS


def _say_what_cannot_be_merged(rows: Sequence[Row]) -> None:
    """How to come by the values that cannot be had from those of the parts."""
    for row in rows:
        if row["reason"] != _NOT_MERGEABLE:
            continue
        if row["revision"] is None:
            say(
                msg(
                    "hint: quantiles and counts of different values cannot be pooled; run {period} itself: "
                    "`sqaudit run {programme} --period {period}`",
                    programme=row["programme"],
                    period=row["period"],
                )
            )
        else:
            say(
                msg(
                    "hint: quantiles and counts of different values cannot be pooled; write '{level}' under 'levels:' "
                    "of the programme and run it again",
                    level=row["level"],
                )
            )
        return


@command.add("records", msg("List the records that count against the result ID."))
@click.argument("identity", metavar="ID")
@option("--limit", type=click.IntRange(min=1), default=100, metavar="N", about=msg("at most so many; default: 100"))
@filters()
def records(identity: str, limit: int, format_: str) -> None:
    """Print the rows of the source."""
    from sqaudit.workflow.records import find_records

    found = find_records(current_session().open_context(), identity, limit)
    if format_ == "table" and found.rows:
        # Beside the file and the row, headings and cells are the reader's own and stay as they are.
        place, columns = found.headers[:2], found.headers[2:]
        headings = [*(current_session().language.word(name) for name in place), *columns]
        cells = [[str(cell) or ABSENT for cell in row] for row in found.rows]
        right = [name == "row" for name in place] + [False for _ in columns]
        write_text(aligned_table(headings, cells, right=right) + "\n")
    else:
        rows = [dict(zip(found.headers, row, strict=True)) for row in found.rows]
        write_rows(rows, Fields(all=found.headers, shown=found.headers), format_)
    if found.note is not None:
        say(found.note)
