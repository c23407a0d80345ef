"""Personal data made unreadable: what is kept, shown or told must not tell who someone is.

No masker is complete; this one knows Chinese mobile and identity numbers, bank cards and e-mail addresses. Full-width
digits and letters are narrowed first (NFKC), so that they do not slip through. It is down here because every station
needs it: rejected cells, answers that are taken in, reports, and the words in which anything is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from msgspec import structs

from sqaudit.errors import Message

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
# No version of a standard (desk@1.0), and no user in a URL (//audits@db.example.org).
_EMAIL = re.compile(r"(?<![\w.+-])(?<!//)([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,})")
HIDDEN = "***"
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_MARKS = "10X98765432"
_HAN = re.compile(r"[\u3400-\u9fff]+(·[\u3400-\u9fff]+)*")
# Surnames of two characters that are common: a list of all would mistake given names.
_DOUBLE_SURNAMES = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐"),
        *("司徒", "夏侯", "端木", "轩辕", "独孤", "南宫", "长孙", "宇文"),
    }
)
# Values of messages that lead to a thing of ours, or to a file: of no use if a digit is missing.
_LEADS = frozenset({"id", "hash", "path", "file", "files", "url", "place", "code", "round", "seed"})


class Masking(StrEnum):
    """What is masked of an answer and the texts beside it, or of a column of records, before it is kept."""

    TEXTS = "texts"  # numbers and addresses wherever they stand; of a column the whole cell
    NAME = "name"  # these, and the answer or the cell is somebody's name


def mask_personal(text: str) -> str:
    """The text with personal numbers and addresses masked; the rest is left as it is written, and so is a hash."""
    if _HASH.fullmatch(text):
        return text
    narrow = unicodedata.normalize("NFKC", text)
    masked = _EMAIL.sub(r"\1***@\2", narrow)
    masked = _IDENTITY.sub(lambda match: _mask_identity(match[0]), masked)
    masked = _MOBILE.sub(r"\1****\2", masked)
    masked = _CARD.sub(lambda match: _mask_card(match[0]), masked)
    return masked if masked != narrow else text


def mask_name(text: str) -> str:
    """A name of which the surname is left, and of other scripts the first letter; not even its length is told.

    ``张三`` is ``张*``, ``欧阳娜娜`` is ``欧阳*``, ``Anna Li`` is ``A*``.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if len(name) > 2 and _HAN.fullmatch(name) and name[:2] in _DOUBLE_SURNAMES:  # noqa: PLR2004
        return f"{name[:2]}*"
    return f"{name[0]}*" if name else text


def mask_cell(text: str, masking: Masking) -> str:
    """A cell of a column that is declared personal: nothing of it is left but what its mask is known to leave.

    A name keeps its surname (``mask_name``), a number or address that is known keeps its shape; ``***`` is all else.
    """
    if masking is Masking.NAME:
        return mask_name(text)
    narrow = unicodedata.normalize("NFKC", text).strip()
    is_known = any(known.fullmatch(narrow) for known in (_EMAIL, _IDENTITY, _MOBILE, _CARD))
    masked = mask_personal(narrow)
    return masked if is_known and masked != narrow else HIDDEN


def mask_message(message: Message) -> Message:
    """A message whose values are masked, save those that lead to a thing, such as ids and files."""
    masked = {name: value if name in _LEADS else _mask_value(value) for name, value in message.values.items()}
    return message if masked == message.values else structs.replace(message, values=masked)


def _mask_value(value: object) -> object:
    if isinstance(value, str):
        return mask_personal(value)
    return mask_message(value) if isinstance(value, Message) else value


def mask_within(content: object) -> object:
    """Plain JSON whose texts are masked; keys stay."""
    if isinstance(content, Mapping):
        return {key: mask_within(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [mask_within(value) for value in content]
    return _mask_value(content)


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a Chinese resident identity number: MOD 11-2 of GB 11643."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_MARKS[total % 11] == text[17].upper()


def is_card_number(digits: str) -> bool:
    """Whether digits satisfy the Luhn formula of bank cards."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0  # noqa: PLR2004


def _mask_identity(text: str) -> str:
    return f"{text[:3]}{'*' * 13}{text[-2:]}" if is_identity_number(text) else text


def _mask_card(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return f"{'*' * (len(digits) - 4)}{digits[-4:]}" if is_card_number(digits) else text
