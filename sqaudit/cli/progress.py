"""How far a long step has come, told on a terminal and only when it takes a while."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from sqaudit.errors import Message
from sqaudit.model.language import Language
from sqaudit.reports.tables import display_width

Progress = Callable[[float, Message], None]

_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.1


@contextmanager
def shown_progress(
    language: Language, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """A callback that takes the done share (0 to 1) and what is being done, and keeps one line up to date.

    Nothing is written in the first second, or where nobody watches. The line is gone at the end, also after an error.
    """
    out = sys.stderr if stream is None else stream
    if not out.isatty():
        yield lambda _share, _message: None
        return
    line = _Line(out, clock)
    try:
        yield lambda share, message: line.show(f"{share:4.0%} {language.text(message)}")
    finally:
        line.clear()


class _Line:
    """The last line of a terminal. Blanks wipe it, as escape sequences would be colour to some."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._due = clock() + _PATIENCE_SECONDS
        self._width = 0

    def show(self, text: str) -> None:
        if self._clock() < self._due:
            return
        self._due = self._clock() + _PAUSE_SECONDS
        while display_width(text) >= shutil.get_terminal_size().columns:
            text = text[:-1]
        self.clear()
        self._stream.write(text)
        self._stream.flush()
        self._width = display_width(text)

    def clear(self) -> None:
        if self._width:
            self._stream.write(f"\r{' ' * self._width}\r")
            self._stream.flush()
            self._width = 0
