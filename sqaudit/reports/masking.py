"""The borders at which what people wrote leaves the store: the view of reporters, and the rows of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Message, msg
from sqaudit.model.masking import mask_within
from sqaudit.model.report import ReportView

# The fields of rows that people write; ids, hashes and files are not among them, as they have to be found again.
FREE_TEXTS = frozenset(
    {
        *("answer", "note", "not_applicable", "reason", "proposed", "decision_reason", "decided", "evidence"),
        *("why", "before", "after", "statement", "reply_reason"),
    }
)
# Of each part of a view the texts that people or records bring into it.
_OF_VIEW: Mapping[str, tuple[str, ...]] = {
    "results": ("reason",),
    "findings": ("statement",),
    "doubts": ("statement",),
    "corrections": ("before", "after"),
    "concessions": ("reason",),
}

_Part = TypeVar("_Part", bound=Struct)


def mask_row(row: Mapping[str, object]) -> dict[str, object]:
    """A row of a list whose free texts are masked."""
    return {field: mask_within(cell) if field in FREE_TEXTS else cell for field, cell in row.items()}


def mask_view(view: ReportView) -> ReportView:
    """The view with all free texts masked, and how many of them that changed."""
    counted = _Counted()
    parts = {
        part: tuple(counted.mask_fields(one, fields) for one in getattr(view, part))
        for part, fields in _OF_VIEW.items()
    }
    sentences = {name: tuple(counted.mask_all(getattr(view, name))) for name in ("notes", "rules", "warnings")}
    actions = tuple(
        replace(one, steps=tuple(counted.mask_fields(step, ("text",)) for step in one.steps)) for one in view.actions
    )
    return replace(view, **parts, **sentences, actions=actions, masked=counted.changed)


def masked_in_words(count: int) -> Message:
    """What a report says of its masks."""
    return msg("texts in which something personal was masked: {count}; no masker finds everything", count=count)


class _Counted:
    """Masks texts, and counts those that it changed."""

    def __init__(self) -> None:
        self.changed = 0

    def mask_fields(self, part: _Part, fields: Iterable[str]) -> _Part:
        new = {name: self._mask(getattr(part, name)) for name in fields}
        return part if all(new[name] is getattr(part, name) for name in new) else replace(part, **new)

    def mask_all(self, messages: Iterable[Message]) -> Iterable[Message]:
        for message in messages:
            masked = self._mask(message)
            assert isinstance(masked, Message)  # noqa: S101 - as it was
            yield masked

    def _mask(self, text: object) -> object:
        masked = mask_within(text)
        if masked == text:
            return text
        self.changed += 1
        return masked
