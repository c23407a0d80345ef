"""``sqaudit schema``: the shape of a document, for editors."""

from __future__ import annotations

from importlib.resources import files

import click

from sqaudit.cli.help import make_command
from sqaudit.cli.output import write_text
from sqaudit.errors import msg

_KINDS = ("project", "standard", "checklist", "programme")


@make_command("schema", msg("Print the JSON Schema of a kind of document: project, standard, checklist or programme."))
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND")
def command(kind: str) -> None:
    """Print the schema as it is shipped."""
    schema = files("sqaudit.documents") / "schemas" / f"{kind}.schema.json"
    write_text(schema.read_text(encoding="utf-8"))
