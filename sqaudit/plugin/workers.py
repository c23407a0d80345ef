"""Threads that run the calls into plugins, so that one which does not come back can be left behind.

A thread cannot be stopped from outside. One that hangs is told to end the next time it runs Python, is never used
again, and as a daemon keeps no process from ending. One in a C function that holds the interpreter's lock stops us all.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from threading import get_ident
from time import monotonic

# Ctrl-C is looked for so often: on Windows a lock that is waited for does not notice it.
_TICK = 0.2
# A plugin that is interrupted may tidy up so long before it is left behind.
_GRACE = 0.5

_names: dict[int, str] = {}
_left = False
_started = False


def plugin_of_thread() -> str | None:
    """The name of the plugin whose call this thread runs; ``None`` in all other threads."""
    return _names.get(get_ident())


def any_left_behind() -> bool:
    """Whether a thread was left behind in this process; it may have started others that would keep us from ending."""
    return _left


def any_started() -> bool:
    """Whether code of a plugin has run in this process; it may have something to do when the process ends."""
    return _started


class Hanging(Exception):
    """Raised where a call has not ended within its limit."""


class Worker:
    """One daemon thread that runs calls of a plugin, one after the other; ``at_end`` is called there after each.

    Handing a call over and back costs about 10 µs: two locks, and no queue.
    """

    def __init__(self, name: str, at_end: Callable[[], None]) -> None:
        global _started  # noqa: PLW0603  one process, one answer
        _started = True
        self._name = name
        self._at_end = at_end
        self._wanted = threading.Lock()
        self._wanted.acquire()
        self._done = threading.Lock()
        self._done.acquire()
        self._is_left = False
        self._job: Callable[[], object] | None = None
        self._value: object = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name=f"sqaudit-plugin-{name}", daemon=True)
        self._thread.start()

    def run(self, job: Callable[[], object], limit: float) -> tuple[object, BaseException | None]:
        """The result of ``job``, or the error that it raises, whatever that is.

        Raises:
            Hanging: It has not ended within ``limit`` seconds. The worker must not be used again, nor after an
                interrupt, which passes at once.
        """
        self._job = job
        self._wanted.release()
        try:
            self._wait(limit)
        except BaseException as reason:
            self._leave(SystemExit if isinstance(reason, Hanging) else type(reason))
            raise
        found, self._value, self._error = (self._value, self._error), None, None
        return found

    def _wait(self, limit: float) -> None:
        if self._done.acquire(timeout=min(limit, _TICK)):
            return
        until = monotonic() + limit - _TICK
        while not self._done.acquire(timeout=max(min(until - monotonic(), _TICK), 0)):
            if monotonic() >= until:
                raise Hanging

    def _leave(self, error: type[BaseException]) -> None:
        global _left  # noqa: PLW0603  one process, one answer
        _left = True
        self._is_left = True
        ident = self._thread.ident
        if ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(error))
        if issubclass(error, KeyboardInterrupt):
            self._done.acquire(timeout=_GRACE)

    def _work(self) -> None:
        _names[get_ident()] = self._name
        try:
            self._loop()
        except BaseException:  # noqa: BLE001  a thread that was left behind says nothing any more
            return
        finally:
            _names.pop(get_ident(), None)

    def _loop(self) -> None:
        while True:
            self._wanted.acquire()
            job, self._job = self._job, None
            if job is None:
                return
            try:
                self._value = job()
            except BaseException as error:  # noqa: BLE001  foreign code may raise anything
                self._error = error
            del job
            self._at_end()
            self._done.release()
            if self._is_left:
                return
