"""Settings: what the environment and the command line say beside the project file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the commands are told beside documents.

    ``now`` carries a zone. ``plugins_allowed`` is ``None`` where every installed plugin may be loaded, ``store`` where
    the project file decides.
    """

    now: datetime
    plugins_allowed: tuple[str, ...] | None = None
    no_plugins: bool = False
    store: str | None = None


def read_settings(*, environ: Mapping[str, str], now: datetime, no_plugins: bool = False) -> Settings:
    """Settle the settings; nothing below reads the environment or the clock.

    Args:
        environ: ``SQAUDIT_STORE``, ``SQAUDIT_PLUGINS`` (the only plugins that may be loaded, with commas),
            ``SQAUDIT_NO_PLUGINS`` (anything but empty, 0, false or no).
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
    )


def _names(listed: str | None) -> list[str] | None:
    if listed is None:
        return None
    return [name.strip() for name in listed.split(",") if name.strip()]
