"""Settings: what the environment and the command line say beside the project file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqaudit.errors import InvalidInput, msg

_SIZE = re.compile(r"(?P<number>\d+(\.\d+)?)\s?(?P<unit>MB|GB)", re.IGNORECASE)
_UNITS = {"MB": 10**6, "GB": 10**9}
_LEAST_MEMORY = 64 * 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the commands are told beside documents.

    ``now`` carries a zone. ``plugins_allowed`` is ``None`` where every installed plugin may be loaded, ``store`` and
    ``memory_limit`` (bytes) where the project file decides. ``environ`` holds the secrets that documents name.
    """

    now: datetime
    plugins_allowed: tuple[str, ...] | None = None
    no_plugins: bool = False
    store: str | None = None
    memory_limit: int | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_settings(*, environ: Mapping[str, str], now: datetime, no_plugins: bool = False) -> Settings:
    """Settle the settings; nothing below reads the environment or the clock.

    Raises ``InvalidInput`` (SQA133) for a memory limit that is none.

    Args:
        environ: ``SQAUDIT_STORE``, ``SQAUDIT_PLUGINS`` (the only plugins that may be loaded, with commas),
            ``SQAUDIT_NO_PLUGINS`` (anything but empty, 0, false or no), ``SQAUDIT_MEMORY_LIMIT`` (such as
            1GB), and the secrets that documents name.
        now: The moment of the command, with a zone.
        no_plugins: Whether the command line says to load none but our own.
    """
    allowed = _names(environ.get("SQAUDIT_PLUGINS"))
    forbidden = environ.get("SQAUDIT_NO_PLUGINS", "").strip().lower() not in {"", "0", "false", "no"}
    return Settings(
        now=now,
        plugins_allowed=None if allowed is None else tuple(allowed),
        no_plugins=no_plugins or forbidden,
        store=environ.get("SQAUDIT_STORE"),
        memory_limit=_memory(environ.get("SQAUDIT_MEMORY_LIMIT")),
        environ=environ,
    )


def _names(listed: str | None) -> list[str] | None:
    if listed is None:
        return None
    return [name.strip() for name in listed.split(",") if name.strip()]


def read_memory(text: str) -> int | None:
    """The bytes of a size such as ``512MB`` or ``1.5 GB``; ``None`` if it is no size, or too small to work in."""
    found = _SIZE.fullmatch(text.strip())
    size = round(float(found["number"]) * _UNITS[found["unit"].upper()]) if found is not None else 0
    return size if size >= _LEAST_MEMORY else None


def _memory(text: str | None) -> int | None:
    if not text:
        return None
    size = read_memory(text)
    if size is None:
        message = msg("'{text}' is no memory limit", text=text)
        raise InvalidInput("SQA133", message, msg("write SQAUDIT_MEMORY_LIMIT as 1GB or 512MB, at least 64MB"))
    return size
