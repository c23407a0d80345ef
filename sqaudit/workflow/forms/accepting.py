"""Answers as they were written, against the questions they are to: what they mean, or what is wrong and where."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidDocuments, InvalidInput, Message, Place, Problem, SqauditError, msg
from sqaudit.forms.form import Form, FormRow, is_same_question, row_id, seal
from sqaudit.forms.labels import NoAnswer, read_answer, read_day
from sqaudit.forms.reading import Filled
from sqaudit.model.answer import ANSWER_CELLS, AnswerKey, Evidence, GivenAnswer, Picture, WrittenAnswer
from sqaudit.model.sample import SampleRecord
from sqaudit.model.suggesting import closest
from sqaudit.reports.labels import show_label
from sqaudit.store.engine import Store
from sqaudit.store.evidence_files import hash_file
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import newest_samples
from sqaudit.workflow.follow_up.repeating import items_to_repeat
from sqaudit.workflow.forms.asking import Asking, find_asking
from sqaudit.workflow.forms.times import Visits

_SHOWN = 60  # characters of what somebody wrote
_MOST_NAMED = 5


class _Audit(Struct):
    """One audit, looked up once: its questions by item and subject, or nothing if there is no such audit."""

    form: Form | None
    rows: dict[tuple[str, str], FormRow]

    def subject(self, text: str | None) -> str | None:
        """The subject that is meant by its id, or as people see it; ``None`` if it is none of this audit's."""
        subjects = dict.fromkeys(subject for _, subject in self.rows)
        if text is None or text in subjects:
            return text or ""
        shown = [subject for subject in subjects if subject and show_label(subject) == text]
        return shown[0] if len(shown) == 1 else None


class Accepting:
    """Gathers what all files of one import hold: answers ``given``, their ``files`` and ``pictures``, ``problems``."""

    def __init__(self, context: Context, store: Store, who: str) -> None:
        self.problems: list[Problem] = []
        self.files: dict[Path, str] = {}
        self.pictures: dict[str, Picture] = {}
        self._context = context
        self._store = store
        self._who = who
        self._askings: dict[str, Asking | None] = {}
        self._audits: dict[tuple[str, ...], _Audit] = {}
        self._kept: dict[tuple[str, str], tuple[dict[AnswerKey, GivenAnswer], dict[str, SampleRecord]]] = {}
        self._given: dict[str, tuple[GivenAnswer, Place]] = {}
        self._visits = Visits(context.settings.now, self.problems)

    @property
    def given(self) -> list[GivenAnswer]:
        """The answers that are sound, in the order of the files."""
        return [answer for answer, _ in self._given.values()]

    def has_several(self, filled: Filled) -> bool:
        """Whether a file holds answers to questions that every auditor answers alone."""
        try:
            return any(
                self._asking(programme).has_several
                for programme in {written.text("programme") or "" for written in filled.answers}
            )
        except SqauditError:
            return False  # told where the answers are looked at

    def accept(self, filled: Filled, folder: Path) -> None:
        """Take the answers of one file; its evidence lies in ``folder``."""
        audits: dict[tuple[str, ...], set[tuple[str, str]]] = {}
        keys = [_audit_key(written) for written in filled.answers]
        own = max(keys, key=keys.count, default=())
        for written, key in zip(filled.answers, keys, strict=True):
            if filled.is_whole and key != own:
                message = msg("this row is of another audit: {audit}", audit=", ".join(key))
                hint = msg("one form holds one audit, this one {audit}; remove the row", audit=", ".join(own))
                self._tell(written.place, "SQA804", message, hint)
                continue
            audits.setdefault(key, set()).add((written.text("item") or "", written.text("subject") or ""))
            audit = self._audit(written, key)
            if audit.form is not None:
                self._take(written, audit, folder)
        for key, there in audits.items() if filled.is_whole else ():
            self._tell_missing(filled.name, self._audits[key], there)

    def _tell(self, place: Place, code: str, message: Message, hint: Message | None) -> None:
        self.problems.append(Problem(place, code, message, hint))

    def _audit(self, written: WrittenAnswer, key: tuple[str, ...]) -> _Audit:
        if key not in self._audits:
            form = self._find_form(written, key)
            rows = {} if form is None else {(row.key.item, row.key.subject): row for row in form.rows}
            self._audits[key] = _Audit(form, rows)
        return self._audits[key]

    def _find_form(self, written: WrittenAnswer, key: tuple[str, ...]) -> Form | None:
        """The questions of an audit; what is wrong with its name is told once, at the first row that has it."""
        programme, period_text, site_id = key
        for name, text in zip(("programme", "period", "site"), key, strict=True):
            if not text:
                message = msg("'{name}' is missing", name=name)
                self._tell(written.place, "SQA802", message, msg("say which audit the answer belongs to"))
                return None
        place = written.place_of("programme")
        try:
            asking = self._asking(programme)
            self._see_that_in_team(asking)
            place = written.place_of("period")
            period = asking.period(self._context, period_text)
            place = written.place_of("site")
            site = asking.site(site_id)
            place = written.place_of("period")
            repeated = items_to_repeat(self._store, asking.measurable, period, asking.sites)
        except InvalidDocuments:
            raise
        except SqauditError as error:
            self._tell(place, error.code, error.message, error.hint)
            return None
        if (programme, period.label) not in self._kept:
            answers = self._store.read_latest_answers(programme, period.label)
            samples = newest_samples(self._store, asking.programme, period.label)
            self._kept[programme, period.label] = (asking.answers_of(self._who, answers), samples)
        return asking.form(period, site, *self._kept[programme, period.label], self._who, repeated)

    def _see_that_in_team(self, asking: Asking) -> None:
        """Where every name makes a series of answers, a name misspelt would be one more auditor."""
        team = asking.programme.team
        if asking.has_several and team.members and self._who not in team.members:
            message = msg("'{name}' is not in the team of '{programme}'", name=self._who, programme=asking.programme.id)
            raise InvalidInput("SQA841", message, did_you_mean(self._who, team.members))

    def _asking(self, programme: str) -> Asking:
        known = self._askings.get(programme)
        if known is None:
            known = self._askings[programme] = find_asking(self._context, programme)
        return known

    def _take(self, written: WrittenAnswer, audit: _Audit, folder: Path) -> None:
        item, subject = written.text("item") or "", audit.subject(written.text("subject"))
        row = None if subject is None else audit.rows.get((item, subject))
        if row is None or written.text("checklist") not in {None, row.key.checklist}:
            self._tell_unknown(written, audit, item)
            return
        told = len(self.problems)
        self.problems += find_seal_problems(written, row)
        if not written.pictures and not any(name in written.cells for name in ANSWER_CELLS):
            return
        zone = "UTC" if audit.form is None else audit.form.zone
        answer = self._visits.with_times(self._answer(written, row, folder), written, row.answer, zone)
        if answer is not None and len(self.problems) == told:
            if row.answer is not None and row.answer.dispute is not None and row.answer.told != answer.told:
                message = msg(
                    "the answer to '{item}' was decided by the dispute {id}", item=item, id=row.answer.dispute
                )
                hint = msg("leave the row empty, or write a new form; only another dispute changes it")
                self._tell(written.place_of("answer"), "SQA842", message, hint)
                return
            self._keep(answer, written)

    def _tell_unknown(self, written: WrittenAnswer, audit: _Audit, item: str) -> None:
        """A question that is not asked here, or not about this subject."""
        subjects = [subject for one, subject in audit.rows if one == item]
        about = written.text("subject")
        place, hint = written.place_of("item"), msg("write a new form and use that")
        if about is not None and any(subjects):
            place = written.place_of("subject")
            message = msg("'{subject}' was not drawn here", subject=_shown_subject(about))
            hint = msg("drawn were {subjects}; if that has changed, write a new form", subjects=_first(subjects))
        elif any(subjects):
            message = msg("it is not said which subject the answer to '{item}' is about", item=item)
            hint = msg("add 'subject', one of {subjects}", subjects=_first(subjects))
        elif subjects and about is not None:
            place = written.place_of("subject")
            message = msg("'{item}' is asked of the whole site, not about '{subject}'", item=item, subject=about)
            hint = msg("leave 'subject' out")
        else:
            message = msg("this audit asks no question called '{item}'", item=item)
            near = closest(item, {one for one, _ in audit.rows})
            hint = msg("did you mean '{name}'?", name=near) if near else hint
        self._tell(place, "SQA802", message, hint)

    def _keep(self, answer: GivenAnswer, written: WrittenAnswer) -> None:
        identity = row_id(answer.key)
        first, place = self._given.setdefault(identity, (answer, written.place))
        if first is not answer and first != answer:
            message = msg("'{item}' is answered differently at {place}", item=answer.key.item, place=place)
            self._tell(written.place, "SQA806", message, msg("keep one of the two answers"))

    def _answer(self, written: WrittenAnswer, row: FormRow, folder: Path) -> GivenAnswer | None:
        text, reason = written.text("answer"), written.text("not_applicable")
        if (text is None) == (reason is None):
            self._tell_neither_or_both(written, is_both=text is not None)
            return None
        try:
            value = None if text is None else read_answer(row.ask.form, text)
        except NoAnswer as wrong:
            shown = (text or "")[:_SHOWN]
            message = msg("'{text}' is no answer to '{item}'", text=shown, item=row.key.item)
            self._tell(written.place_of("answer"), "SQA805", message, wrong.hint)
            return None
        return GivenAnswer(
            key=row.key,
            value=row.ask.mask_answer(value),
            not_applicable=row.ask.mask_text(reason),
            note=row.ask.mask_text(written.text("note")),
            evidence=tuple(self._evidence(written, row, folder)),
            given_by=self._who,
            given_at=self._context.settings.now,
        )

    def _tell_neither_or_both(self, written: WrittenAnswer, *, is_both: bool) -> None:
        if is_both:
            message = msg("there is an answer and a reason why the question does not apply")
            self._tell(written.place_of("not_applicable"), "SQA805", message, msg("keep one of the two"))
        else:
            message = msg("there is something beside the answer, and no answer")
            hint = msg("write the answer, or why the question does not apply")
            self._tell(written.place, "SQA805", message, hint)

    def _evidence(self, written: WrittenAnswer, row: FormRow, folder: Path) -> Iterator[Evidence]:
        """The files beside an answer; a name that already stands beside the latest one may stay as it is."""
        before = {one.name: one for one in row.answer.evidence} if row.answer is not None else {}
        captured, effective = self._day(written, "captured_on"), self._day(written, "effective_on")
        found: dict[str, Evidence] = {}
        for name in _names(written.text("evidence") or ""):
            path = folder / name
            if name in before and not path.is_file():
                found.setdefault(before[name].sha256, before[name])
            elif (sha256 := self._hash(path, name, folder, written.place_of("evidence"))) is not None:
                found.setdefault(sha256, self._received(sha256, path.name, path.stat().st_size))
        for picture in written.pictures:
            sha256 = hashlib.sha256(picture.content).hexdigest()
            self.pictures[sha256] = picture
            found.setdefault(sha256, self._received(sha256, picture.name, len(picture.content)))
        for one in found.values():
            yield replace(one, captured_on=captured, effective_on=effective)

    def _received(self, sha256: str, name: str, size: int) -> Evidence:
        return Evidence(sha256=sha256, name=name, size=size, received_at=self._context.settings.now)

    def _hash(self, path: Path, name: str, folder: Path, place: Place) -> str | None:
        if not path.resolve().is_relative_to(folder.resolve()):
            message = msg("the evidence '{name}' lies outside the folder of this file", name=name)
            self._tell(place, "SQA807", message, msg("copy it beside the file"))
            return None
        try:
            sha256 = hash_file(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = msg("the evidence '{name}' cannot be read: {reason}", name=name, reason=reason)
            self._tell(place, "SQA807", message, msg("put it beside the file; several names are parted by ';'"))
            return None
        self.files[path] = sha256
        return sha256

    def _day(self, written: WrittenAnswer, name: str) -> date | None:
        text = written.text(name)
        try:
            return None if text is None else read_day(text)
        except NoAnswer as wrong:
            self._tell(written.place_of(name), "SQA805", msg("'{text}' is no day", text=text), wrong.hint)
            return None

    def _tell_missing(self, file: str, audit: _Audit, there: set[tuple[str, str]]) -> None:
        for (item, subject), row in audit.rows.items():
            if (item, subject) not in there:
                named = f"{item} ({show_label(subject)})" if subject else item
                question = row.ask.question
                message = msg("the row of '{item}' is missing: {question}", item=named, question=question)
                hint = msg("bring the row back, or write a new form if the checklist has a new question")
                self._tell(Place(file), "SQA804", message, hint)


def _first(subjects: Iterable[str]) -> str:
    shown = [show_label(subject) for subject in subjects]
    return ", ".join(shown[:_MOST_NAMED]) + (", …" if len(shown) > _MOST_NAMED else "")


def _shown_subject(text: str) -> str:
    """A subject as people see it, also where a form's hidden id names it."""
    return show_label(text) if text.startswith('["') and text.endswith("]") else text


def _audit_key(written: WrittenAnswer) -> tuple[str, ...]:
    return tuple(written.text(name) or "" for name in ("programme", "period", "site"))


def _names(text: str) -> list[str]:
    parts = (part.strip() for part in text.replace("；", ";").replace("\n", ";").split(";"))
    return [part for part in parts if part]


def find_seal_problems(written: WrittenAnswer, row: FormRow) -> Iterator[Problem]:
    """Whether a form's row still asks what it asked when it was written, and what the checklist asks now."""
    if written.question is None:
        return
    identity, shown, form = row_id(row.key), written.question.text, row.ask.form
    now = set(row.ask.question.by_language.values())
    place = written.question.place
    if seal(identity, shown, form) == written.seal:
        if not any(is_same_question(shown, text) for text in now):
            message = msg("the checklist asks '{item}' in other words now", item=row.key.item)
            yield Problem(place, "SQA808", message, msg("write a new form and answer the question as it is now"))
    elif any(seal(identity, text, form) == written.seal for text in now):
        message = msg("the question '{item}' was edited in the form", item=row.key.item)
        hint = msg("write it as it was: {question}", question=row.ask.question)
        yield Problem(place, "SQA808", message, hint)
    else:
        message = msg("the question '{item}' or its answers have changed since the form was written", item=row.key.item)
        yield Problem(place, "SQA808", message, msg("write a new form and answer the question as it is now"))
