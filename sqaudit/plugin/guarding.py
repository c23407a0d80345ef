"""The one door into the code of plugins: every call is timed, kept apart, and fails in the same words."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar, cast

from sqaudit.errors import Message, PluginFailed, SqauditError, msg
from sqaudit.model.texts import Text
from sqaudit.plugin.limits import MOST_HANGS, Phase, limit_of
from sqaudit.plugin.streams import end_line, guard_output, know_plugin
from sqaudit.plugin.workers import Hanging, Worker, plugin_of_thread

T = TypeVar("T")


class Guard:
    """Calls the code of one plugin in a thread of its own, the same one as long as it behaves.

    ``allowed`` errors are those that an object may raise by its contract; all others become ``PluginFailed``.
    """

    def __init__(self, plugin: str, version: str | None) -> None:
        self.plugin = plugin
        self.version = version or "unknown"
        self.interrupted = False
        self._idle: list[Worker] = []
        self._hangs: Counter[tuple[str, Phase]] = Counter()

    def call(
        self,
        phase: Phase,
        what: str,
        function: Callable[[], T],
        *,
        allowed: tuple[type[Exception], ...] = (),
        limit: float | None = None,
    ) -> T:
        """What ``function`` returns, as the work of ``phase``.

        Args:
            phase: What the plugin is called for; it decides how long that may take.
            what: The object, such as ``scorer 'stars'``.
            function: Calls the plugin, and looks at what it gives as far as that runs code of the plugin.
            allowed: Errors that are let through.
            limit: Seconds that it may take instead of the phase's.

        Raises:
            PluginFailed: It raised anything else, or did not end.
        """
        if plugin_of_thread() == self.plugin:  # an object that uses another one of its own plugin
            return function()
        if self._hangs[what, phase] >= MOST_HANGS:
            raise self.failed(phase, what, msg("it has hung too often and is not asked again"))
        guard_output()
        worker = self._idle.pop() if self._idle else Worker(self.plugin, end_line)
        seconds = limit_of(phase) if limit is None else limit
        try:
            value, error = worker.run(function, seconds)
        except Hanging:
            self._hangs[what, phase] += 1
            raise self.failed(phase, what, msg("it did not end within {limit} s", limit=f"{seconds:g}")) from None
        except BaseException:
            self.interrupted = True
            raise
        self._idle.append(worker)
        if error is not None:
            raise self._translated(error, phase, what, allowed) from error
        return cast("T", value)

    def attempt(self, phase: Phase, what: str, function: Callable[[], T]) -> T | Message:
        """What ``function`` returns, or the reason for which it does not."""
        try:
            return self.call(phase, what, function)
        except PluginFailed as failure:
            return failure.reason

    def failed(self, phase: str, what: str, reason: Message) -> PluginFailed:
        """The error of an object that cannot be used."""
        return PluginFailed(
            plugin=self.plugin, version=self.version, phase=f"{phase} ({what})" if what else phase, reason=reason
        )

    def _translated(
        self, error: BaseException, phase: Phase, what: str, allowed: tuple[type[Exception], ...]
    ) -> BaseException:
        if isinstance(error, Unusable):
            return self.failed(phase, what, error.reason)
        if isinstance(error, PluginFailed) or (isinstance(error, allowed) and _made_plain(error)):
            return error
        return self.failed(phase, what, words_of(error))


class Unusable(Exception):
    """Raised where a plugin gives what cannot be used; the reason says what."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def wanted(what: str, wish: str, given: object) -> Unusable:
    """The error of something of the wrong type."""
    return Unusable(
        msg("{what} must be {wish}, not {given}", what=what, wish=wish, given=f"{type(given).__name__} {shown(given)}")
    )


def shown(given: object, most: int = 60) -> str:
    """A value in a few characters, whatever its own code does."""
    text = repr(given) if isinstance(given, str | int | float | None) else ""
    return text if len(text) <= most else f"{text[:most]}…"


def words_of(error: BaseException) -> Message:
    """What was raised, in one line."""
    return msg("{kind}: {text}", kind=type(error).__name__, text=_line(error))


def guarded(call: Callable[[], T]) -> T | Message:
    """The result of our own plugin's code, or a message with what it raised; only an interrupt passes."""
    try:
        return call()
    except (Exception, SystemExit) as error:  # noqa: BLE001  what it loads may raise anything
        return words_of(error)


def remember_code(plugin: str, thing: object) -> None:
    """Remember where a plugin's code lives, to know it where it prints."""
    module = thing.__name__ if inspect.ismodule(thing) else type(thing).__module__
    package = str(module).partition(".")[0]
    if package not in {"builtins", "types", "sqaudit"}:
        know_plugin(plugin, package)


def plain_message(given: object) -> Message:
    """A message that a plugin made, with nothing of the plugin's left in it.

    Raises:
        Unusable: It is none.
    """
    if not isinstance(given, Message) or not isinstance(given.template, str):
        raise wanted("a problem", "a message made with msg()", given)
    values = {
        name: plain_message(each) if isinstance(each, Message) else _value(each) for name, each in given.values.items()
    }
    message = Message(given.template, values)
    if _line(message) == "-":
        raise Unusable(msg("its message cannot be put into words: {template}", template=shown(given.template)))
    return Message(given.template, values, _own_texts(given, values))


def _own_texts(given: Message, values: Mapping[str, object]) -> Mapping[str, str]:
    """The sentence by language, as the plugin brings it, without those that cannot be put into words."""
    return {
        str(language): str(text)
        for language, text in given.texts.items()
        if isinstance(text, str) and _line(Message(text, values)) != "-"
    }


def _value(given: object) -> object:
    return given if type(given) in {str, int, float, bool, Decimal, Text} else str(given)


def _made_plain(error: Exception) -> bool:
    """Make the parts of an allowed error plain; whether it has those that we tell it by."""
    told: Any = error
    if isinstance(error, SqauditError) and not isinstance(error.code, str):
        return False
    try:
        if hasattr(told, "message"):
            told.message = plain_message(told.message)
            told.hint = None if told.hint is None else plain_message(told.hint)
    except Exception:  # noqa: BLE001  its parts are foreign code
        return False
    return True


def _line(thing: object) -> str:
    try:
        return " ".join(str(thing).split()) or "-"
    except Exception:  # noqa: BLE001  even an exception's own text is foreign code
        return "-"
