"""What one audit asks of people, row by row."""

from __future__ import annotations

import hashlib
import json

from msgspec import Struct
from msgspec.structs import astuple

from sqaudit.model.answer import AnswerForm, AnswerKey, Ask, GivenAnswer
from sqaudit.model.texts import Text

_PARTS = (5, 6)


class FormRow(Struct, frozen=True, kw_only=True):
    """One question: which, in which part of the form, under which condition, and the latest answer there is.

    ``about`` is the subject as people see it; empty where the whole site is meant.
    """

    key: AnswerKey
    part: Text
    ask: Ask
    when: str | None = None
    answer: GivenAnswer | None = None
    about: str = ""


class Form(Struct, frozen=True, kw_only=True):
    """All questions of one audit, in order.

    ``standard`` is id and version, ``zone`` that of the site's clocks. ``command`` takes the answers in, and the files
    beside them if ``takes_evidence``.
    """

    programme: Text
    period: str
    site: Text
    standard: str
    rows: tuple[FormRow, ...]
    command: str = "sqaudit form import FILE --as NAME"
    takes_evidence: bool = True
    zone: str = "UTC"


def row_id(key: AnswerKey) -> str:
    """What a question is known by on a form; it says everything, so that a row may stand anywhere."""
    parts = astuple(key)[:6] if key.subject else astuple(key)[:5]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read_row_id(text: str) -> list[str] | None:
    """The five parts that ``row_id`` wrote, or six where there is a subject; ``None`` if it is none."""
    try:
        parts = json.loads(text)
    except ValueError:
        return None
    is_id = isinstance(parts, list) and len(parts) in _PARTS and all(isinstance(part, str) for part in parts)
    return parts if is_id else None


def seal(row: str, question: str, form: AnswerForm) -> str:
    """A short hash of a row: of the question as it is shown and of what may be answered."""
    options = [option.id for option in form.options]
    told = [row, _folded(question), form.kind.value, options, str(form.minimum), str(form.maximum)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


def is_same_question(one: str, other: str) -> bool:
    """Whether two texts are alike; programs may change blanks and line ends."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return " ".join(text.split())
