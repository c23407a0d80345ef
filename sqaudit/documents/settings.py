"""Settings: the project file, overruled by the environment, overruled by the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqaudit.documents.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the commands are told beside documents.

    ``now`` carries a zone. ``plugins_allowed`` is ``None`` where every installed plugin may be loaded; ``language``
    and ``store`` are ``None`` where nobody said and the project file was not at hand.
    """

    language: str | None
    now: datetime
    plugins_allowed: tuple[str, ...] | None = None
    no_plugins: bool = False
    store: str | None = None


def read_settings(  # noqa: PLR0913 - every source of a setting by its own name
    *,
    environ: Mapping[str, str],
    now: datetime,
    project: Project | None = None,
    language: str | None = None,
    store: str | None = None,
    plugins: Sequence[str] | None = None,
    no_plugins: bool = False,
) -> Settings:
    """Settle the settings; nothing below reads the environment or the clock.

    Args:
        environ: ``SQAUDIT_LANG``, ``SQAUDIT_STORE``, ``SQAUDIT_PLUGINS`` (the only plugins that may be loaded, with
            commas), ``SQAUDIT_NO_PLUGINS`` (anything but empty, 0, false or no).
        now: The moment of the command, with a zone.
        project: The project file.
        language: From the command line; so are ``store``, ``plugins`` and ``no_plugins``.
        store: The database's address.
        plugins: The only plugins that may be loaded.
        no_plugins: Whether to load none but our own.
    """
    allowed = plugins if plugins is not None else _names(environ.get("SQAUDIT_PLUGINS"))
    forbidden = environ.get("SQAUDIT_NO_PLUGINS", "").strip().lower() not in {"", "0", "false", "no"}
    return Settings(
        language=language or environ.get("SQAUDIT_LANG") or (project.language if project else None),
        now=now,
        plugins_allowed=None if allowed is None else tuple(allowed),
        no_plugins=no_plugins or forbidden,
        store=store or environ.get("SQAUDIT_STORE") or (project.store if project else None),
    )


def _names(listed: str | None) -> list[str] | None:
    if listed is None:
        return None
    return [name.strip() for name in listed.split(",") if name.strip()]
