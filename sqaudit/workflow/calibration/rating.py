"""Ratings taken in from files: all of them, or none if anything is wrong with any."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec.structs import replace

from sqaudit.documents.answer_files import read_rating_file
from sqaudit.errors import Gravity, InvalidAnswers, InvalidInput, Message, Place, Problem, msg
from sqaudit.forms.form import FormRow
from sqaudit.forms.labels import NoAnswer, read_answer
from sqaudit.forms.reading import Filled, read_csv, read_workbook
from sqaudit.model.answer import ANSWER_CELLS, WrittenAnswer
from sqaudit.model.calibration import Rating, RoundState
from sqaudit.model.suggesting import closest
from sqaudit.store.answers import AnswerFile
from sqaudit.store.calibration import closed_already
from sqaudit.workflow.calibration.forms import round_form
from sqaudit.workflow.calibration.rounds import OpenRound, find_round
from sqaudit.workflow.context import Context
from sqaudit.workflow.forms.accepting import find_seal_problems
from sqaudit.workflow.forms.importing import ImportSummary, read_content, taken_before
from sqaudit.workflow.people import person_named

_ANSWER = ("answer", "not_applicable", "note")
_COLUMNS = ("unit", "item", *_ANSWER)
_OF_EVIDENCE = tuple(name for name in ANSWER_CELLS if name not in _ANSWER)
_SHOWN = 60  # characters of what somebody wrote


def rate(
    context: Context, identity: str, paths: Sequence[Path], rater: str, *, is_reference: bool = False
) -> ImportSummary:
    """Take in files of one person's ratings, in one transaction.

    Raises:
        InvalidInput: There is no such round, it is closed, the rater has another part in it, or anything is wrong in
            any of the files (``InvalidAnswers``); then nothing was taken in.
        CannotAccess: A file or the store cannot be read or written.
    """
    who, now = person_named(context, rater), context.settings.now
    blank = Rating(unit="", item="", value=None, rated_by=who, rated_at=now, is_reference=is_reference)
    with context.store() as store:
        found = find_round(context, store, identity)
        _require_part(found, who, is_reference=is_reference)
        accepting = _Accepting(found, blank)
        files: dict[str, AnswerFile] = {}
        warnings: list[Message] = []
        for path in paths:
            content = read_content(path)
            digest = hashlib.sha256(content).hexdigest()
            before = files.get(digest) or store.find_rating_file(identity, who, digest)
            if before is not None:
                warnings.append(taken_before(path, before))
                continue
            files[digest] = AnswerFile(sha256=digest, name=path.name, given_by=who, given_at=now)
            accepting.accept(_read(content, path))
        if any(problem.gravity is Gravity.ERROR for problem in accepting.problems):
            raise InvalidAnswers(accepting.problems)
        warnings += [
            msg("{place}: {code} {message}", place=one.place, code=one.code, message=one.message)
            for one in accepting.problems
        ]
        added = store.add_ratings(identity, accepting.ratings, files.values())
    return ImportSummary(
        files=len(files),
        added=sum(rating.version == 1 for rating in added),
        corrected=sum(rating.version > 1 for rating in added),
        unchanged=len(accepting.ratings) - len(added),
        warnings=tuple(warnings),
    )


def _require_part(found: OpenRound, who: str, *, is_reference: bool) -> None:
    """That a rater is an auditor or the reference, never both, and that there is but one reference."""
    if found.round.state is RoundState.CLOSED:
        raise closed_already(found.round.id)
    reference = found.reference
    if is_reference and reference not in {None, who}:
        raise InvalidInput(
            "SQA854",
            msg("the reference of this round is given by '{name}'", name=reference),
            msg("a panel agrees on one rating and hands it in under one name"),
        )
    if not is_reference and who == reference:
        raise InvalidInput(
            "SQA854",
            msg("'{name}' gives the reference of this round and is not held against it", name=who),
            msg("add '--reference' to correct the reference"),
        )
    if is_reference and any(rating.rated_by == who and not rating.is_reference for rating in found.ratings):
        raise InvalidInput(
            "SQA854",
            msg("'{name}' has rated in this round as an auditor, and cannot be its reference", name=who),
            msg("let somebody else give the reference"),
        )


def _read(content: bytes, path: Path) -> Filled:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return read_workbook(content, path.name)
    if suffix == ".csv":
        return read_csv(content, path.name, _COLUMNS)
    if suffix in {".yaml", ".yml"}:
        answers, problems = read_rating_file(content, path.name)
        return Filled(name=path.name, answers=answers, problems=problems)
    raise InvalidInput(
        "SQA801",
        msg("'{file}' is neither XLSX nor CSV nor YAML", file=path.name),
        msg("save it as CSV, with the columns {names}", names=", ".join(_COLUMNS)),
    )


class _Accepting:
    """Gathers the ratings of all files of one person, made of a ``blank`` one, and all ``problems``."""

    def __init__(self, found: OpenRound, blank: Rating) -> None:
        self.problems: list[Problem] = []
        self._blank = blank
        self._round = found.round.id
        self._rows = {(row.key.subject, row.key.item): row for row in round_form(found).rows}
        self._units = {unit for unit, _ in self._rows}
        self._items = {item for _, item in self._rows}
        self._given: dict[tuple[str, str], tuple[Rating, Place]] = {}

    @property
    def ratings(self) -> list[Rating]:
        """The ratings that are sound, in the order of the files."""
        return [rating for rating, _ in self._given.values()]

    def accept(self, filled: Filled) -> None:
        """Take the ratings of one file."""
        self.problems += filled.problems
        for written in filled.answers:
            if filled.is_whole and written.text("period") != self._round:
                message = msg("this row is of another round: {round}", round=written.text("period"))
                hint = msg("write the form of this round with `sqaudit calibration form {id}`", id=self._round)
                self._tell(written.place, "SQA804", message, hint)
                continue
            about = "subject" if filled.is_whole else "unit"
            is_known = self._is_known(written, about, self._units)
            is_known = self._is_known(written, "item", self._items) and is_known
            if is_known:
                self._take(written, self._rows[written.text(about) or "", written.text("item") or ""])

    def _tell(self, place: Place, code: str, message: Message, hint: Message) -> None:
        self.problems.append(Problem(place, code, message, hint))

    def _take(self, written: WrittenAnswer, row: FormRow) -> None:
        told = len(self.problems)
        self.problems += find_seal_problems(written, row)
        beside = [written.place_of(name) for name in _OF_EVIDENCE if name in written.cells]
        for place in beside or ([written.place] if written.pictures else []):
            self._tell(place, "SQA805", msg("ratings keep no evidence"), msg("write a note instead"))
        rating = self._rating(written, row) if any(name in written.cells for name in _ANSWER) else None
        if rating is not None and len(self.problems) == told:
            self._keep(rating, written.place)

    def _is_known(self, written: WrittenAnswer, column: str, known: Collection[str]) -> bool:
        name = written.text(column) or ""
        if name in known:
            return True
        message = msg("this round has no unit called '{name}'", name=name)
        if column == "item":
            message = msg("this round asks no question called '{name}'", name=name)
        near = closest(name, known)
        listed = ", ".join(sorted(known)[:20])
        hint = msg("did you mean '{name}'?", name=near) if near else msg("known are {names}", names=listed)
        self._tell(written.place_of(column), "SQA802", message, hint)
        return False

    def _rating(self, written: WrittenAnswer, row: FormRow) -> Rating | None:
        text, reason = written.text("answer"), written.text("not_applicable")
        if text is not None and reason is not None:
            message = msg("there is an answer and a reason why the question does not apply")
            self._tell(written.place_of("not_applicable"), "SQA805", message, msg("keep one of the two"))
            return None
        if text is None and reason is None:
            message = msg("there is something beside the answer, and no answer")
            hint = msg("write the answer, or why the question does not apply")
            self._tell(written.place, "SQA805", message, hint)
            return None
        try:
            value = None if text is None else read_answer(row.ask.form, text)
        except NoAnswer as wrong:
            message = msg("'{text}' is no answer to '{item}'", text=(text or "")[:_SHOWN], item=row.key.item)
            self._tell(written.place_of("answer"), "SQA805", message, wrong.hint)
            return None
        return replace(
            self._blank,
            unit=row.key.subject,
            item=row.key.item,
            value=row.ask.mask_answer(value),
            not_applicable=row.ask.mask_text(reason),
            note=row.ask.mask_text(written.text("note")),
        )

    def _keep(self, rating: Rating, place: Place) -> None:
        first, before = self._given.setdefault((rating.unit, rating.item), (rating, place))
        if first is not rating and first != rating:
            message = msg("'{item}' is answered differently at {place}", item=rating.item, place=before)
            self._tell(place, "SQA806", message, msg("keep one of the two answers"))
