"""Secrets stand in the environment or in a file of their own, never in a document, and never in a message."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from msgspec.structs import replace

from sqaudit.errors import Message, SqauditError, UnusableSource, msg

_HIDDEN = "…"
_SHORTEST = 3  # what is shorter stands in any sentence


def fill_secrets(parameters: Mapping[str, object], environ: Mapping[str, str], project: Path) -> dict[str, object]:
    """Parameters with ``env:NAME`` and ``file:PATH`` (relative to the project) replaced by what they hold.

    Mappings inside are filled too. Raises ``UnusableSource`` (SQA520) if there is no such variable or file.
    """
    return {name: _filled(value, environ, project) for name, value in parameters.items()}


@contextlib.contextmanager
def hiding_secrets(written: Mapping[str, object], filled: Mapping[str, object]) -> Iterator[None]:
    """Take what was ``filled`` into the ``written`` parameters out of every error of ours that is raised inside.

    The errors that caused it are dropped with it: nobody knows what they repeat.
    """
    secrets = sorted({form for one in _secrets(written, filled) for form in _forms(one)}, key=len, reverse=True)
    try:
        yield
    except SqauditError as error:
        if not secrets:
            raise
        error.message = _hidden(error.message, secrets)
        error.hint = None if error.hint is None else _hidden(error.hint, secrets)
        error.args = (error.code, error.message, error.hint)
        error.__context__ = None
        raise error from None


def _secrets(written: Mapping[str, object], filled: Mapping[str, object]) -> Iterator[str]:
    for name, value in filled.items():
        before = written[name]
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            yield from _secrets(before, value)
        elif isinstance(value, str) and value != before:
            yield value


def _forms(secret: str) -> set[str]:
    """The ways in which a library may repeat a secret: whole, in parts, and as they stand in URLs and headers."""
    parts = {secret, secret.strip(), *(word for word in secret.split() if len(word) > 2 * _SHORTEST)}
    parts |= set(re.findall(r"://[^:/@]*:(.*)@", secret))  # whatever somebody forgot to quote
    with contextlib.suppress(ValueError):
        found = urlsplit(secret.strip())
        parts |= {
            found.password or "",
            found.netloc.rpartition("@")[0],
            *(value for _, value in parse_qsl(found.query)),
        }
    parts |= {unquote(part) for part in parts}
    encoded = {base64.b64encode(part.encode()).decode() for part in parts}
    forms = {written for part in parts for written in (part, quote(part, safe=""), quote_plus(part), repr(part)[1:-1])}
    return {form for form in forms | encoded if len(form) >= _SHORTEST}


def _hidden(message: Message, secrets: Iterable[str]) -> Message:
    values = {
        name: _hidden(value, secrets) if isinstance(value, Message) else _without(value, secrets)
        for name, value in message.values.items()
    }
    return replace(
        message,
        template=str(_without(message.template, secrets)),
        values=values,
        texts={language: str(_without(text, secrets)) for language, text in message.texts.items()},
    )


def _without(value: object, secrets: Iterable[str]) -> object:
    """The value itself if it repeats no secret, else its text without them."""
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return value if text == str(value) else text


def _filled(value: object, environ: Mapping[str, str], project: Path) -> object:
    if isinstance(value, Mapping):
        return fill_secrets(value, environ, project)
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
