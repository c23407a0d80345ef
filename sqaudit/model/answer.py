"""What people are asked, and what they answered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.texts import Text


class AnswerKind(StrEnum):
    """What kind of answer a question asks for."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    MULTI = "multi"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    DEDUCTION = "deduction"


class Option(Struct, frozen=True, kw_only=True):
    """One answer of a list. ``points`` run from 0 to 100."""

    id: str
    title: Text
    points: Decimal


class Need(StrEnum):
    """When a piece of evidence has to stand beside an answer."""

    NEVER = "never"
    ON_FAIL = "on_fail"
    ALWAYS = "always"


class EvidenceRules(Struct, frozen=True, kw_only=True):
    """What has to stand beside an answer: a picture, a note, a file of any kind."""

    photo: Need = Need.NEVER
    note: Need = Need.NEVER
    file: Need = Need.NEVER


class AnswerForm(Struct, frozen=True, kw_only=True):
    """What may be answered: one of ``options``, or a number from ``minimum`` to ``maximum`` where there are bounds."""

    kind: AnswerKind
    options: tuple[Option, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def is_scored(self) -> bool:
        """Texts and dates inform, without points."""
        return self.kind not in {AnswerKind.TEXT, AnswerKind.DATE}


# What parts the options of a MULTI answer, in files and in the store.
SEPARATOR = "; "


class Ask(Struct, frozen=True, kw_only=True):
    """A question to a person: its words, what may be answered, what helps to answer it, what has to stand beside."""

    question: Text
    form: AnswerForm
    guidance: Text | None = None
    evidence: EvidenceRules = EvidenceRules()


class AnswerKey(Struct, frozen=True, kw_only=True):
    """What an answer is about. ``subject`` is empty where the whole site is meant."""

    programme: str
    period: str
    site: str
    checklist: str
    item: str
    subject: str = ""


class Evidence(Struct, frozen=True, kw_only=True):
    """A file that stands beside an answer, known by the sha256 of its content.

    ``captured_on`` is the day it was made, ``effective_on`` the day it speaks of, ``received_at`` the moment it came
    to us; what nobody told is ``None``.
    """

    sha256: str
    name: str
    size: int
    received_at: datetime
    captured_on: date | None = None
    effective_on: date | None = None

    @property
    def is_photo(self) -> bool:
        """Whether it is a picture, by its name."""
        return self.name.rpartition(".")[2].lower() in _PICTURES


_PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "bmp", "tif", "tiff"})


class GivenAnswer(Struct, frozen=True, kw_only=True):
    """One version of an answer; later ones stand beside it and never in its place.

    ``value`` is a text: ``yes`` or ``no``, the id of an option (several parted by ``"; "``), a number, an ISO date, a
    text. It is ``None`` where the question does not apply, for the reason in ``not_applicable``.
    """

    key: AnswerKey
    value: str | None
    given_by: str
    given_at: datetime
    not_applicable: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    version: int = 1
