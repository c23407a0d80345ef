"""``sqaudit plugins``: what is installed, and what is wrong with it."""

from __future__ import annotations

from sqaudit.cli.fields import PLUGINS
from sqaudit.cli.help import make_group
from sqaudit.cli.options import filters
from sqaudit.cli.output import write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("plugins", msg("The plugins, our own first."), default="list")


@command.add("list", msg("List the plugins, what they bring and what is wrong with them."))
@filters()
def list_(format_: str) -> None:
    """Print the plugins."""
    host = current_session().open_host()
    rows = [
        {
            "name": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "state": plugin.state.value,
            "offers": "; ".join(f"{kind}: {' '.join(names)}" for kind, names in plugin.offers.items()),
            "reason": plugin.reason,
        }
        for plugin in host.plugins()
    ]
    write_rows(rows, PLUGINS, format_)
