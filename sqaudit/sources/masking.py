"""Personal data made unreadable: what is kept of a rejected cell must not tell who someone is.

No masker is complete; this one knows Chinese mobile and identity numbers, bank cards and e-mail addresses. Full-width
digits and letters are narrowed first (NFKC), so that they do not slip through.
"""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_EMAIL = re.compile(r"([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_MARKS = "10X98765432"


def mask_personal(text: str) -> str:
    """The text with personal numbers and addresses masked; the rest is left as it is written."""
    narrow = unicodedata.normalize("NFKC", text)
    masked = _EMAIL.sub(r"\1***@\2", narrow)
    masked = _IDENTITY.sub(lambda match: _mask_identity(match[0]), masked)
    masked = _MOBILE.sub(r"\1****\2", masked)
    masked = _CARD.sub(lambda match: _mask_card(match[0]), masked)
    return masked if masked != narrow else text


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
