"""What plugins print goes to the standard error with their name, so that the standard output holds our data alone.

``sys.stdout`` belongs to the whole process, so it is not swapped around calls: one object takes its place for good and
looks at every write who it comes from. A thread that runs a plugin is known; in other threads, and once the output is
closed also in the main one (``atexit``), the code that writes is looked for among the callers.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import Any, TextIO, cast

from sqaudit.plugin.workers import plugin_of_thread

_packages: dict[str, str] = {}


def know_plugin(name: str, package: str) -> None:
    """Remember the top package of a plugin's code."""
    _packages.setdefault(package, name)


def guard_output() -> None:
    """Put the guard in front of the standard output, if it does not stand there."""
    if type(sys.stdout) is not GuardedOutput:
        sys.stdout = cast("TextIO", GuardedOutput(sys.stdout))


def end_line() -> None:
    """Write the line that this thread has begun."""
    if type(sys.stdout) is GuardedOutput:
        sys.stdout.end_line()


def close_output() -> None:
    """Let nothing more onto the standard output: what is said from now on, at exit, goes to the standard error."""
    if isinstance(sys.stdout, GuardedOutput):
        sys.stdout.close_to_all()


class GuardedOutput:
    """Stands for the standard output; passes on to it all but what plugins write."""

    def __init__(self, real: TextIO) -> None:
        self._real = real
        self._closed_to_all = False
        self._begun = threading.local()

    def close_to_all(self) -> None:
        """From now on everything goes to the standard error."""
        self._closed_to_all = True

    def write(self, text: str) -> int:
        """Write text where it belongs; lines of a plugin begin with its name."""
        plugin = self._plugin()
        if plugin is None:
            return self._target(None).write(text)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        *lines, rest = (getattr(self._begun, "text", "") + text).split("\n")
        self._begun.text = rest
        for line in lines:
            sys.stderr.write(f"{plugin}: {line}\n")
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush where this thread writes."""
        self.end_line()
        self._target(self._plugin()).flush()

    def end_line(self) -> None:
        """Write what this thread has begun of a line, if it is a plugin's."""
        if getattr(self._begun, "text", ""):
            self.write("\n")

    @property
    def buffer(self) -> Any:  # noqa: ANN401  what stands below a stream of text, if anything
        """What takes bytes where this thread writes."""
        return self._target(self._plugin()).buffer

    def isatty(self) -> bool:
        """Whether this thread writes to a terminal."""
        return self._target(self._plugin()).isatty()

    def fileno(self) -> int:
        """The number of the file that this thread writes to."""
        return self._target(self._plugin()).fileno()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the real one has
        return getattr(self._real, name)

    def _plugin(self) -> str | None:
        name = plugin_of_thread()
        if name is None and (self._closed_to_all or threading.current_thread() is not threading.main_thread()):
            name = _plugin_calling()
        return name

    def _target(self, plugin: str | None) -> TextIO:
        return self._real if plugin is None and not self._closed_to_all else sys.stderr


def _plugin_calling() -> str | None:
    """The plugin whose code is among the callers, if one is."""
    frame = sys._getframe(1)  # noqa: SLF001  the one way to see who calls
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package in _packages:
            return _packages[package]
        frame = frame.f_back  # type: ignore[assignment]
    return None
