"""New plugins: a distribution whose tests pass as it stands, to be changed piece by piece."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.workflow.projects import write_new_folder

# Each kind with what its README says of it.
KINDS: Mapping[str, str] = {
    "industry": "A standard in English and Chinese, a checklist, a measure, and a demo with made records.",
    "measure": "A named measure.",
    "collector": "A collector: records from where they are kept.",
    "scorer": "A scorer: a measured value as a score from 0 to 100.",
    "reporter": "A reporter: a new form of the report.",
}
_PARTS: Mapping[str, tuple[str, ...]] = {
    "industry": ("common", "measure", "industry"),
    **{kind: ("common", kind) for kind in KINDS if kind != "industry"},
}
_ENDING = ".tmpl"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def write_plugin(folder: Path, name: str, kind: str, taken: Collection[str] = ()) -> tuple[Path, ...]:
    """Write the distribution ``sqaudit-NAME`` into a folder that is empty or not there.

    Args:
        folder: Where it goes.
        name: The plugin's name: small letters, digits and hyphens.
        kind: One of ``KINDS``.
        taken: The names of the plugins there are.

    Returns:
        The files, sorted.

    Raises:
        InvalidInput: The name cannot be used (SQA432), or the folder is not empty (SQA709).
        CannotAccess: The folder cannot be written.
    """
    wrong = _mistake(name, taken)
    if wrong is not None:
        hint = msg("choose small letters, digits and hyphens, such as spa-hotel")
        raise InvalidInput("SQA432", wrong, hint)
    word = name.replace("-", "_")
    said = {
        "name": name,
        "word": word,
        "package": f"sqaudit_{word}",
        "title": name.replace("-", " ").capitalize(),
        "brings": KINDS[kind],
    }
    skeletons = resources.files("sqaudit.workflow") / "skeletons"
    files = {path: text for part in _PARTS[kind] for path, text in _files(skeletons / part)}
    return write_new_folder(folder, {_filled(path, said): _filled(text, said) for path, text in files.items()})


def _mistake(name: str, taken: Collection[str]) -> Message | None:
    if not _NAME.fullmatch(name):
        return msg("'{name}' cannot be the name of a plugin", name=name)
    if keyword.iskeyword(name):
        return msg("'{name}' is a word of Python and cannot be the name of a plugin", name=name)
    if name in taken:
        return msg("there is a plugin '{name}' already", name=name)
    return None


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_ENDING):
            yield prefix + entry.name.removesuffix(_ENDING), entry.read_text(encoding="utf-8")


def _filled(text: str, said: Mapping[str, str]) -> str:
    for place, words in said.items():
        text = text.replace(f"@{place}@", words)
    return text
