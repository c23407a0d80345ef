"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sqaudit.cli.help import option
from sqaudit.errors import Message, msg
from sqaudit.model.score import Level, Status
from sqaudit.model.standard import Severity

SEVERITIES = [severity.value for severity in Severity if severity is not Severity.GOOD_PRACTICE]
STATUSES = [status.value for status in Status]
_VIEW = f"{Level.VIEW.value}:TAG"

period_option = option(
    "--period",
    metavar="PERIOD",
    about=msg(
        "2026, 2026-Q3, 2026-10, 2026-W41 or 2026-10-05, of a trial 2026-10-pilot; default: the last complete one"
    ),
)
sites_option = option("--site", "sites", multiple=True, metavar="SITE", about=msg("only this site; may be repeated"))
output_option = option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", about=msg("write to this file")
)
table_format_option = option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    about=msg("how to write the rows"),
)

now_option = option(
    "--now", "moment", metavar="MOMENT", about=msg("as if it were this moment, such as 2026-11-01T06:00")
)


def as_option(about: Message, *, required: bool = True) -> Callable[[Any], Any]:
    """Who does something: ``--as NAME``, or the environment's SQAUDIT_AS."""
    return option("--as", "who", required=required, envvar="SQAUDIT_AS", metavar="NAME", about=about)


class _LevelName(click.Choice[str]):
    """A level, or a view by its tag, such as ``view:department``."""

    def __init__(self) -> None:
        super().__init__([*(level.value for level in Level if level is not Level.VIEW), _VIEW])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Any tag is a view's: which there are, the standards say."""
        is_view = isinstance(value, str) and value.startswith(f"{Level.VIEW.value}:")
        return value if is_view else super().convert(value, param, ctx)


_FILTERS: dict[str, Callable[[Any], Any]] = {
    "programme": option("--programme", metavar="PROGRAMME", about=msg("only of this programme")),
    "period": option("--period", metavar="PERIOD", about=msg("only of this period")),
    "site": option("--site", metavar="SITE", about=msg("only at this site")),
    "status": option("--status", type=click.Choice(STATUSES), about=msg("only with this status")),
    "severity": option(
        "--severity", type=click.Choice([one.value for one in Severity]), about=msg("only of this severity")
    ),
    "level": option("--level", type=_LevelName(), about=msg("only scores of this level")),
    "criterion": option("--criterion", metavar="CRITERION", about=msg("only of this criterion")),
    "checklist": option("--checklist", metavar="CHECKLIST", about=msg("only of this checklist")),
    "item": option("--item", metavar="ITEM", about=msg("only of this item")),
}


def filters(*names: str, with_format: bool = True) -> Callable[[Any], Any]:
    """Give a list the options that narrow it, and ``--format``."""

    def decorate(function: Any) -> Any:  # noqa: ANN401 click decorates functions and commands
        decorated = table_format_option(function) if with_format else function
        for name in reversed(names):
            decorated = _FILTERS[name](decorated)
        return decorated

    return decorate
