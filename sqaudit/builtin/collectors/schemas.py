"""Pieces of parameter schemas that collectors share."""

from __future__ import annotations

from collections.abc import Mapping

_REFERENCE = r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+"
_SECRET_NAMES = (
    r"(?i)^(proxy-)?authorization$|^(set-)?cookie$|(^|[-_.])(pass|password|passwd|pwd|secret|token|signature|sig)$"
    r"|^(x[-_])?(api|access|auth|subscription|client)?[-_]?(key|token|secret)$|api[-_]?key"
)
# In the address itself: a password before the host, or a parameter that holds a secret.
_NO_SECRET = (
    r"(?![^/?#]*:[^/?#@]*@)"
    r"(?!.*[?&;][^=&;]*(?:[Pp]ass(?:word|wd)?|PASS(?:WORD|WD)?|[Pp]wd|PWD|[Ss]ecret|[Tt]oken|[Aa]pi[-_]?[Kk]ey)=)"
)

SECRET: Mapping[str, object] = {
    "type": "string",
    "pattern": f"^({_REFERENCE})$",
    "description": "env:NAME or file:PATH, which hold the secret",
}


def url_schema(schemes: str, examples: list[str], description: str) -> dict[str, object]:
    """A URL without secrets, or a reference to what holds it; ``schemes`` is a regular expression."""
    pattern = rf"^({_REFERENCE}|({schemes})://{_NO_SECRET}.*)$"
    return {"type": "string", "pattern": pattern, "examples": examples, "description": description}


def duration_schema(default: str, description: str) -> dict[str, object]:
    """A duration of whole seconds, such as PT5M."""
    return {"type": "string", "format": "duration", "default": default, "description": description}


def texts_schema(values: Mapping[str, object], description: str) -> dict[str, object]:
    """A mapping of names to ``values``; under names that speak of secrets only references."""
    return {
        "type": "object",
        "patternProperties": {_SECRET_NAMES: SECRET},
        "additionalProperties": values,
        "description": description,
    }
