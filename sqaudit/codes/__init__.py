"""What each problem code means: its title, its cause and its fix, in every language we speak."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

from sqaudit.model.texts import Text

_CATALOGUE = re.compile(r"SQA\dxx\.yaml")


class Explanation(Struct, frozen=True, kw_only=True):
    """What a code means, why it appears, and what to do."""

    code: str
    title: Text
    cause: Text
    fix: Text


def explain_code(code: str) -> Explanation | None:
    """The explanation of a code such as ``SQA101`` (letters of any case); ``None`` if there is no such code."""
    return _explanations().get(code.strip().upper())


def all_codes() -> tuple[str, ...]:
    """Every code that has an explanation, sorted."""
    return tuple(sorted(_explanations()))


@cache
def _explanations() -> Mapping[str, Explanation]:
    import yaml

    found: dict[str, Explanation] = {}
    for file in files("sqaudit.codes").iterdir():
        if _CATALOGUE.fullmatch(file.name):
            entries = yaml.safe_load(file.read_text(encoding="utf-8"))
            for code, entry in entries.items():
                parts = {part: Text(dict(entry[part])) for part in ("title", "cause", "fix")}
                found[code] = Explanation(code=code, **parts)
    return found
