"""Project templates that lie as files in a folder of a package, with records that are made rather than kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable

from msgspec import Struct

from sqaudit.model.ports import Story

_COMMENT = re.compile(r"(?P<indent>\s*)#(?P<language>[a-z]{2}): (?P<text>.*)")
_LANGUAGE = "$LANGUAGE"


def _no_records() -> Mapping[str, str]:
    return {}


def _no_stories(language: str) -> Sequence[Story]:  # noqa: ARG001 - what is asked of stories
    return ()


class FolderTemplate(Struct, kw_only=True):
    """A project template: the text files of a ``folder``, such as ``resources.files(__package__) / "clinic"``.

    In its files a line ``#en: text`` is a comment for readers of English only, and ``$LANGUAGE`` stands for the code of
    the language asked for. ``records`` makes further files, by path relative to the project's folder; ``tell`` says
    what was done about its findings.
    """

    name: str
    folder: Traversable
    programme: str
    periods: Sequence[str]
    records: Callable[[], Mapping[str, str]] = _no_records
    tell: Callable[[str], Sequence[Story]] = _no_stories

    def files(self, language: str) -> Mapping[str, str]:
        """The files to write, by path relative to the project's folder, sorted by path."""
        kept = {path: in_language(text, language) for path, text in _texts(self.folder)}
        return dict(sorted({**kept, **self.records()}.items()))

    def stories(self, language: str) -> Sequence[Story]:
        """What was done about its findings, in a language."""
        return self.tell(language)


def in_language(text: str, language: str) -> str:
    """``text`` with the comments of one language only, and its code in place of ``$LANGUAGE``."""
    lines = []
    for line in text.splitlines(keepends=True):
        comment = _COMMENT.match(line)
        if comment is None:
            lines.append(line.replace(_LANGUAGE, language))
        elif comment["language"] == language:
            lines.append(f"{comment['indent']}# {comment['text']}\n")
    return "".join(lines)


def _texts(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_text(encoding="utf-8")
