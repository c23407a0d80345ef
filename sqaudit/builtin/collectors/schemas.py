"""Pieces of parameter schemas that collectors share."""

from __future__ import annotations

from collections.abc import Mapping

_REFERENCE = r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+"
_SENSITIVE = (
    r"(?i)^(proxy-)?authorization$|^(set-)?cookie$|(^|[-_.])(pass|password|passwd|pwd|secret|token|signature|sig)$"
    r"|^(x[-_])?(api|access|auth|subscription|client)?[-_]?(key|token|secret)$|api[-_]?key"
)
# A parameter of the address itself that holds a secret.
_HARMLESS = (
    r"(?!.*[?&;][^=&;]*(?:[Pp]ass(?:word|wd)?|PASS(?:WORD|WD)?|[Pp]wd|PWD|[Ss]ecret|[Tt]oken|[Aa]pi[-_]?[Kk]ey)=)"
)

SECRET: Mapping[str, object] = {
    "type": "string",
    "pattern": f"^({_REFERENCE})$",
    "description": "env:NAME or file:PATH, which hold the secret",
}


def url_schema(start: str, examples: list[str], description: str) -> dict[str, object]:
    """A URL without secrets, or a reference to what holds it; ``start`` is a pattern that knows passwords."""
    pattern = rf"^({_REFERENCE}|{start}{_HARMLESS}.*)$"
    return {"type": "string", "pattern": pattern, "examples": examples, "description": description}


def duration_schema(default: str, description: str) -> dict[str, object]:
    """A duration of whole seconds, such as PT5M."""
    return {"type": "string", "format": "duration", "description": f"{description}; default {default}"}


def texts_schema(values: Mapping[str, object], description: str) -> dict[str, object]:
    """A mapping of names to ``values``; under names that speak of secrets only references."""
    return {
        "type": "object",
        "patternProperties": {_SENSITIVE: SECRET},
        "additionalProperties": values,
        "description": description,
    }
