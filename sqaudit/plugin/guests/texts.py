"""Files and texts that plugins make."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

from sqaudit.errors import msg
from sqaudit.plugin.guarding import Unusable, shown, wanted


def made_content(given: object) -> str | bytes:
    """A text that can be written as UTF-8, or bytes.

    Raises:
        Unusable: It is neither.
    """
    if isinstance(given, bytes):
        return bytes(given)
    return made_text("what it made", given)


def made_text(what: str, given: object) -> str:
    """A text that can be written as UTF-8.

    Raises:
        Unusable: It is none.
    """
    if not isinstance(given, str):
        raise wanted(what, "a text", given)
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise Unusable(msg("{what} is a text that cannot be written as UTF-8", what=what)) from error
    return str(given)


def made_files(given: object) -> dict[str, str | bytes]:
    """Files by name, each within the folder that they are written to.

    Raises:
        Unusable: They are none, or a name leads out of the folder.
    """
    if not isinstance(given, Mapping):
        raise wanted("the files", "a mapping of names to contents", given)
    files: dict[str, str | bytes] = {}
    for name, content in given.items():
        if not isinstance(name, str) or not _stays_inside(name):
            raise Unusable(msg("'{name}' is no name of a file within its folder", name=shown(name)))
        files[name] = made_content(content)
    return files


def _stays_inside(name: str) -> bool:
    if not name or not name.isprintable() or "\\" in name or PureWindowsPath(name).drive:
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.name != ""
