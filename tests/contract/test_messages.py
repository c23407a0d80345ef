"""Every message that the code marks is in the catalogues."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

import sqaudit

LOCALE = Path(sqaudit.__file__).parent / "locale"


def _templates(sources: list[Path]) -> Iterator[tuple[str, str, set[str]]]:
    """Where a message is made, its template, and the holes that are filled."""
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "msg" and node.args:
                template = node.args[0]
                if isinstance(template, ast.Constant) and isinstance(template.value, str):
                    filled = {keyword.arg or "**" for keyword in node.keywords}
                    yield f"{path.name}:{node.lineno}", template.value, filled


def _catalogue(file: Path) -> set[str]:
    with file.open("rb") as opened:
        return {str(message.id) for message in read_po(opened) if isinstance(message.id, str)}


def test_every_message_is_in_the_template(sources):
    known = _catalogue(LOCALE / "sqaudit.pot")
    assert [f"{place} {template}" for place, template, _ in _templates(sources) if template not in known] == []


def test_every_message_is_in_every_catalogue(sources):
    for file in LOCALE.glob("*/LC_MESSAGES/sqaudit.po"):
        known = _catalogue(file)
        missing = [f"{place} {template}" for place, template, _ in _templates(sources) if template not in known]
        assert missing == [], file


def test_every_hole_that_is_filled_is_there(sources):
    """A value without a hole would be lost; a hole may be filled later, when the message is used as a form."""
    lost = [
        f"{place} {sorted(filled - holes)}"
        for place, template, filled in _templates(sources)
        if (filled - {"**"}) - (holes := {name for _, name, _, _ in string.Formatter().parse(template) if name})
    ]
    assert lost == []
