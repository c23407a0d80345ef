"""``sqaudit results``: what came of the items, and the records behind one."""

from __future__ import annotations

import click

from sqaudit.cli.fields import RESULTS, Fields
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import filters
from sqaudit.cli.output import say, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg
from sqaudit.reports.numbers import ABSENT
from sqaudit.reports.tables import aligned_table

command = make_group("results", msg("Item results, and the records behind them."), default="list")


@command.add("list", msg("List item results, of the newest revision of each cycle."))
@filters("programme", "period", "site", "status", "criterion", "item")
def list_(format_: str, **wanted: str | None) -> None:
    """Print the results."""
    from sqaudit.workflow.look_up import list_results

    write_rows(list_results(current_session().open_context(), **wanted), RESULTS, format_)


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
