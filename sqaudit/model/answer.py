"""What people are asked, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sqaudit.errors import Place
from sqaudit.model.masking import Masking, mask_name, mask_personal
from sqaudit.model.texts import Text

_MOST_DIGITS = 15  # before the point: so many a float keeps


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

    @property
    def least(self) -> Decimal | None:
        """The smallest number that may be answered, if there is one: nothing occurs less than never."""
        return Decimal(0) if self.kind is AnswerKind.DEDUCTION else self.minimum

    def takes(self, number: Decimal) -> bool:
        """Whether a number may be answered: within bounds, whole for scales and deductions, short enough to keep."""
        if not number.is_finite() or number.adjusted() >= _MOST_DIGITS:
            return False
        is_whole = self.kind is AnswerKind.NUMBER or number == number.to_integral_value()
        is_above = self.least is None or number >= self.least
        return is_whole and is_above and (self.maximum is None or number <= self.maximum)


# What parts the options of a MULTI answer, in files and in the store.
SEPARATOR = "; "


class Ask(Struct, frozen=True, kw_only=True):
    """A question to a person: its words, what may be answered, what helps to answer it, what has to stand beside.

    ``mask`` says what is masked in the texts of an answer before it is kept.
    """

    question: Text
    form: AnswerForm
    guidance: Text | None = None
    evidence: EvidenceRules = EvidenceRules()
    mask: Masking | None = None

    def mask_answer(self, value: str | None) -> str | None:
        """The answer as it is kept; only free texts are masked."""
        if value is None or self.mask is None or self.form.kind is not AnswerKind.TEXT:
            return value
        return mask_name(value) if self.mask is Masking.NAME else mask_personal(value)

    def mask_text(self, text: str | None) -> str | None:
        """What is written beside an answer, as it is kept."""
        return text if text is None or self.mask is None else mask_personal(text)


class AnswerKey(Struct, frozen=True, kw_only=True):
    """What an answer is about. ``subject``, as in ``Observation``, is empty where the whole site is meant.

    ``auditor`` tells apart the answers of several auditors; it is empty where a question has one series of answers.
    """

    programme: str
    period: str
    site: str
    checklist: str
    item: str
    subject: str = ""
    auditor: str = ""


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
    text. It is ``None`` where the question does not apply, for the reason in ``not_applicable``. ``began_at`` and
    ``finished_at`` are the edges of the visit or review at which it was given, where somebody told them. ``dispute`` is
    the id of the dispute that decided on it.
    """

    key: AnswerKey
    value: str | None
    given_by: str
    given_at: datetime
    not_applicable: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    began_at: datetime | None = None
    finished_at: datetime | None = None
    version: int = 1
    dispute: str | None = None

    @property
    def auditor(self) -> str:
        """Whose answer it is where several auditors answer."""
        return self.key.auditor or self.given_by

    @property
    def told(self) -> tuple[object, ...]:
        """What it says, whoever gave it and whenever."""
        beside = [(one.sha256, one.name, one.captured_on, one.effective_on) for one in self.evidence]
        return self.value, self.not_applicable, self.note, sorted(beside, key=str)


class AnswerChoice(Struct, frozen=True, kw_only=True):
    """That the lead took one auditor's answer for the item's: of the answer ``key``, the ``version`` there was then."""

    key: AnswerKey
    version: int
    chosen_by: str
    chosen_at: datetime
    reason: str | None = None


class Cell(Struct, frozen=True):
    """What somebody wrote in one place of a file."""

    text: str
    place: Place


class Picture(Struct, frozen=True, kw_only=True):
    """A picture inside a form, named as it is there."""

    name: str
    content: bytes


class WrittenAnswer(Struct, frozen=True, kw_only=True):
    """One answer as it stands in a file, before anything is made of it.

    ``cells`` go by ``programme``, ``period``, ``site``, ``checklist``, ``item``, ``subject`` (which question, about
    what) and ``answer``, ``not_applicable``, ``note``, ``evidence``, ``captured_on``, ``effective_on`` (what was
    answered); what is empty is not there. ``began_at`` and ``finished_at`` may stand beside them. A row of a form also
    has the ``question`` it shows, the ``seal`` that was made of it, and the ``pictures`` that lie over it.
    """

    place: Place
    cells: Mapping[str, Cell]
    question: Cell | None = None
    seal: str | None = None
    pictures: tuple[Picture, ...] = ()

    def text(self, name: str) -> str | None:
        """What stands in one of the cells."""
        cell = self.cells.get(name)
        return None if cell is None else cell.text

    def place_of(self, name: str) -> Place:
        """Where a cell is; the whole row where it is empty."""
        cell = self.cells.get(name)
        return self.place if cell is None else cell.place


# Which question an answer is to, and what is answered.
QUESTION_CELLS = ("programme", "period", "site", "checklist", "item", "subject")
ANSWER_CELLS = ("answer", "not_applicable", "note", "evidence", "captured_on", "effective_on")
# When the visit or review began and ended; they say nothing by themselves.
TIME_CELLS = ("began_at", "finished_at")
