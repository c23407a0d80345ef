"""A view, or a part of it, as plain values for programs: nothing rounded, codes in English."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sqaudit.errors import Message
from sqaudit.model.language import Language
from sqaudit.model.report import ResultRow
from sqaudit.model.texts import Text


def plain(part: object, language: Language) -> object:  # noqa: PLR0911 one for each kind
    """Numbers, strings, lists and objects; titles and sentences in ``language``."""
    match part:
        case Message():
            return language.text(part)
        case Text():
            return language.said(part)
        case StrEnum():
            return part.value
        case Decimal():
            return int(part) if part == part.to_integral_value() else float(part)
        case tuple():
            return [plain(each, language) for each in part]
        case Struct():
            return {name: plain(getattr(part, name), language) for name in part.__struct_fields__}
    return part


def result_fields(row: ResultRow, language: Language) -> dict[str, object]:
    """One result by field."""
    return {name: plain(getattr(row, name), language) for name in row.__struct_fields__}
