"""Secrets stand in the environment or in a file of their own, never in a document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqaudit.errors import UnusableSource, msg


def fill_secrets(parameters: Mapping[str, object], environ: Mapping[str, str], project: Path) -> dict[str, object]:
    """Parameters with ``env:NAME`` and ``file:PATH`` (relative to the project) replaced by what they hold.

    Raises ``UnusableSource`` (SQA520) if there is no such variable or file.
    """
    return {name: _filled(value, environ, project) for name, value in parameters.items()}


def _filled(value: object, environ: Mapping[str, str], project: Path) -> object:
    if not isinstance(value, str):
        return value
    kind, _, name = value.partition(":")
    if kind == "env":
        if not environ.get(name):
            raise UnusableSource(
                "SQA520",
                msg("the environment has no variable '{name}'", name=name),
                msg("set it before the run; the document only names it, so that the secret stays out of it"),
            )
        return environ[name]
    if kind == "file":
        try:
            return (project / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UnusableSource(
                "SQA520",
                msg("the secret's file '{name}' cannot be read: {reason}", name=name, reason=reason),
                msg("write the secret into it, and let nobody else read it"),
            ) from error
    return value
