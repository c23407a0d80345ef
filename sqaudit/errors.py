"""What can go wrong, told in words a person can act on.

    SqauditError                        exit code
    ├── InvalidInput                     2   a command line, document or period that cannot be used
    │   └── InvalidDocuments             2   carries every problem of every file
    │       └── InvalidAnswers           2   the same of files that people filled
    ├── NothingEvaluated                 4   a run that looked at nothing
    ├── Incomplete                       3   something required is missing
    │   ├── UnusableSource               3   a dataset's file or column: its items become ``error``
    │   ├── PluginFailed                 3   an object of a plugin: its items become ``error``
    │   └── NotInstalled                 3   a library or font that what was asked for needs
    └── CannotAccess                    74   a store, folder or service that cannot be read or written

Nothing below the command line prints or translates: messages are values, made with ``msg`` and put into words by
``sqaudit.locale``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field


class Message(Struct, frozen=True):
    """A sentence with holes. ``template`` is the English text and the key of the catalogues.

    ``texts`` holds the sentence by language where it stands in no catalogue of ours.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format_map({name: str(value) for name, value in self.values.items()})


def msg(template: str, /, **values: object) -> Message:
    """Make a message; its template is collected for translation. Values may be messages themselves."""
    return Message(template, values)


def told(texts: Mapping[str, str], /, **values: object) -> Message:
    """Make a message of a plugin by language code, with English: ``told({"en": "no {x}", "zh": "没有{x}"}, x=…)``."""
    return Message(texts["en"], values, texts)


class Gravity(StrEnum):
    """How much a problem weighs: an error stops, a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


class Place(Struct, frozen=True):
    """Where a problem is: a file, and a 1-based line and column where they are known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class Problem(Struct, frozen=True):
    """One thing wrong in one place, and what to do about it."""

    place: Place
    code: str
    message: Message
    hint: Message | None = None
    gravity: Gravity = Gravity.ERROR


class SqauditError(Exception):
    """The root of every error we raise on purpose."""

    exit_code = 70

    def __init__(self, code: str, message: Message, hint: Message | None = None) -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


class InvalidInput(SqauditError):
    """A command line, document or period that cannot be used."""

    exit_code = 2


class InvalidDocuments(InvalidInput):
    """Documents with problems; ``problems`` holds all of them, in the order of file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("SQA100", msg("the documents have problems: {count}", count=len(problems)))
        self.problems = tuple(problems)


class InvalidAnswers(InvalidDocuments):
    """Files of answers with problems; nothing of any of them was taken in."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.code = "SQA800"
        self.message = msg("nothing was taken in; problems: {count}", count=len(problems))
        self.hint = msg("correct them and import all the files again")


class NothingEvaluated(SqauditError):
    """A run that looked at nothing is not a success."""

    exit_code = 4


class Incomplete(SqauditError):
    """Something that the run needs is missing."""

    exit_code = 3


class UnusableSource(Incomplete):
    """A dataset whose file or column cannot be used; the items that rely on it become ``error``."""


class PluginFailed(Incomplete):
    """An object of a plugin that raised, did not end or gave what cannot be used; its items become ``error``.

    ``phase`` is what it was called for, such as ``score``; ``reason`` is what went wrong, in its own words where it had
    any.
    """

    def __init__(self, *, plugin: str, version: str, phase: str, reason: Message) -> None:
        super().__init__(
            "SQA408",
            msg(
                "the plugin '{plugin}', version {version}, failed in {phase}: {reason}",
                plugin=plugin,
                version=version,
                phase=phase,
                reason=reason,
            ),
            msg("report this to the author of its plugin; `sqaudit plugins list` names it"),
        )
        self.plugin = plugin
        self.version = version
        self.phase = phase
        self.reason = reason


class NotInstalled(Incomplete):
    """A library or font that what was asked for needs; everything else works without it."""


class CannotAccess(SqauditError):
    """A store, folder or service that cannot be read or written."""

    exit_code = 74


def cannot_write(path: object, reason: object) -> CannotAccess:
    """What to raise where a file cannot be written."""
    return CannotAccess(
        "SQA601",
        msg("'{path}' cannot be written: {reason}", path=path, reason=reason),
        msg("see that the folder exists, that you may write there and that the disk has space"),
    )
