"""Answers from records: what the rows say about each subject of a register, as observations of the questions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field

from sqaudit.errors import Message, msg
from sqaudit.forms.labels import NoAnswer, read_answer
from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.requests import NEWEST
from sqaudit.model.answer import AnswerForm, AnswerKind, Ask
from sqaudit.model.checklist import Checklist, Item, RecordedAnswers
from sqaudit.model.evidence import Number, Observation, SourceRecord, Statistics
from sqaudit.model.programme import Period
from sqaudit.model.score import Level
from sqaudit.scoring.recorded import ANSWER, best_answer, number_of_answer, written_answer
from sqaudit.workflow.judging.summaries import NO_SUBJECTS
from sqaudit.workflow.left_out import LeftOut
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.registers import ANSWERS, REGISTER

ITEM_UNKNOWN, UNUSABLE_ANSWER, SEVERAL_VALUES = "item_unknown", "unusable_answer", "several_values"


class _Row(NamedTuple):
    """Rows of one subject, item and answer: how many, and how many more whose cells cannot be used."""

    value: str | None
    n: int
    invalid: int


class _Place(Struct):
    """What was seen of a checklist's register and answers at one site."""

    register: list[Observation] = field(default_factory=list)
    answers: list[Observation] = field(default_factory=list)


def answer_from_records(
    measurable: Measurable, seen: Sequence[Observation], records: Mapping[str, SourceRecord], period: Period
) -> tuple[tuple[Observation, ...], dict[str, LeftOut]]:
    """The observations with those of registers and answers turned into answers to questions, and what was left out.

    There is one for every question and every subject of the register, or one that says that there is none.
    """
    kept: list[Observation] = []
    places: defaultdict[str, defaultdict[str, _Place]] = defaultdict(lambda: defaultdict(_Place))
    for one in seen:
        if one.item not in {REGISTER, ANSWERS}:
            kept.append(one)
        elif one.level is Level.AUDIT:
            place = places[one.checklist][one.site]
            (place.register if one.item == REGISTER else place.answers).append(one)
    left_out = {}
    for checklist in measurable.programme.checklists:
        if checklist.answers is not None:
            answering = _Answering(measurable, checklist, checklist.answers, records, period)
            for site, place in sorted(places[checklist.id].items()):
                kept += answering.at(site, place)
            left_out[checklist.id] = answering.left_out
    return tuple(kept), left_out


class _Answering:
    """Answers the questions of one checklist, site by site, and counts what it leaves out."""

    def __init__(
        self,
        measurable: Measurable,
        checklist: Checklist,
        answers: RecordedAnswers,
        records: Mapping[str, SourceRecord],
        period: Period,
    ) -> None:
        self.left_out = LeftOut(dataset=answers.dataset, column=answers.item, register=checklist.dataset or "")
        self._checklist = checklist
        self._answers = answers
        self._items = [item for item in checklist.items if item.ask is not None]
        self._codes = _codes_in(measurable, answers)
        sources, record = measurable.programme.sources, records.get(answers.dataset)
        # Rows that no time is known of may be about subjects of other periods.
        is_placed = sources[answers.dataset].time is not None
        self._counts_subjects = is_placed or sources[checklist.dataset or answers.dataset].time is None
        self._begun = bool(checklist.subject) or record is None or record.had_begun(period.end)

    def at(self, site: str, place: _Place) -> Iterator[Observation]:
        """The observations of the questions at one site."""
        failed = next((one for one in (*place.register, *place.answers) if one.failed), None)
        subjects = self._subjects(place) if failed is None else {}
        if not subjects:
            reason = NO_SUBJECTS if failed is None else failed.reason
            for item in self._items:
                yield self._observation(site, item, failed=failed is not None, reason=reason)
            return
        given = self._given(place, subjects)
        stale = any(one.stale for one in (*place.register, *place.answers))
        for subject, (rows, newest) in subjects.items():
            is_unclear = any(row.invalid for row in given.get((subject, None), ()))
            for item in self._items:
                number, reason = self._answer(item, given.get((subject, item.code), ()), is_unclear=is_unclear)
                is_bad = reason in {ITEM_UNKNOWN, UNUSABLE_ANSWER, SEVERAL_VALUES}
                self.left_out.answers += is_bad
                yield self._observation(
                    site,
                    item,
                    subject=subject,
                    rows=rows,
                    n=int(number is not None),
                    invalid=int(is_bad),
                    statistics=newest if number is None else {**newest, ANSWER: number},
                    stale=stale,
                    reason=reason,
                )

    def _observation(self, site: str, item: Item, **found: Any) -> Observation:  # noqa: ANN401 - the rest of its fields
        return Observation(site=site, checklist=self._checklist.id, item=item.id, **found)

    def _subjects(self, place: _Place) -> dict[str, tuple[int, Statistics]]:
        """The subjects of the register, or the whole site where it has none: each one's rows, and its newest moment."""
        if not self._checklist.subject:
            return {"": (sum(one.rows for one in place.answers), {})}
        found: dict[str, tuple[int, Statistics]] = {}
        for one in place.register:
            if not one.subject:
                continue
            if None in json.loads(one.subject):
                self.left_out.unregistered += one.n + one.invalid
                continue
            self.left_out.unregistered += one.invalid
            if one.n:
                found[one.subject] = one.rows, {name: of for name, of in one.statistics.items() if name == NEWEST}
        return found

    def _given(self, place: _Place, subjects: Collection[str]) -> Mapping[tuple[str, str | None], Sequence[_Row]]:
        """The rows about these subjects, by subject and item; those that the register does not know are counted."""
        known = {one.subject for one in place.register}
        # Rows of a register may say of a subject only that it was looked at.
        is_register = self._answers.dataset == self._checklist.dataset
        given: defaultdict[tuple[str, str | None], list[_Row]] = defaultdict(list)
        width, out = len(self._checklist.subject), self.left_out
        for one in place.answers:
            if not one.subject:
                continue
            named, (code, *value) = _parts(one.subject, width)
            rows = one.n + one.invalid
            if code is None:
                out.nameless += one.invalid if is_register else rows
            elif code not in self._codes:
                out.codes[code] = out.codes.get(code, 0) + rows
            if named in subjects:
                given[named, code].append(_Row(value[0] if value else None, one.n, one.invalid))
            elif named not in known and self._counts_subjects:
                out.subjects += rows
        return given

    def _answer(self, item: Item, rows: Sequence[_Row], *, is_unclear: bool) -> tuple[Number | None, str | None]:
        """The answer to a question about one subject, or why there is none; neither where nothing was answered.

        ``is_unclear`` tells of a row about the subject that does not say which item it means.
        """
        assert item.ask is not None  # noqa: S101 - only such items are answered
        form = item.ask.form
        if is_unclear and (not rows or (self._answers.value is None and form.kind is AnswerKind.DEDUCTION)):
            return None, ITEM_UNKNOWN
        if not rows:
            if not self._answers.absent_passes:
                return None, None
            return (best_answer(form), None) if self._begun else (None, NO_ROWS)
        if self._answers.value is None:
            return (sum(row.n for row in rows) if form.kind is AnswerKind.DEDUCTION else 0), None
        return _read(form, rows)


def _parts(label: str, width: int) -> tuple[str, Sequence[str | None]]:
    """The subject (as a label of its own) that a group of rows is about, and the item and the answer."""
    values = json.loads(label)
    return json.dumps(values[:width], ensure_ascii=False) if width else "", values[width:]


def _read(form: AnswerForm, rows: Sequence[_Row]) -> tuple[Number | None, str | None]:
    """What rows with answers say together: equal answers count once; of how often, there can be but one row."""
    if any(row.invalid for row in rows):
        return None, UNUSABLE_ANSWER
    told = [row for row in rows if row.value is not None]
    try:
        meant = {read_answer(form, row.value) for row in told if row.value is not None}
    except NoAnswer:
        return None, UNUSABLE_ANSWER
    if len(meant) > 1 or (form.kind is AnswerKind.DEDUCTION and sum(row.n for row in told) > 1):
        return None, SEVERAL_VALUES
    return (number_of_answer(form, meant.pop()), None) if meant else (None, None)


def _codes_in(measurable: Measurable, answers: RecordedAnswers) -> set[str]:
    """What items are called in a column of the records, over all checklists that it answers."""
    return {
        item.code
        for checklist in measurable.programme.checklists
        for item in checklist.items
        if item.code is not None
        and checklist.answers is not None
        and (checklist.answers.dataset, checklist.answers.item) == (answers.dataset, answers.item)
    }


def tell_recorded(item: Item, ask: Ask, answers: RecordedAnswers, found: Observation | None) -> Iterator[Message]:
    """What was asked, which rows answer it, and what they say about the site or subject of an observation."""
    yield msg("question: {question}", question=ask.question)
    yield msg(
        "answered by rows of '{dataset}' with {column} = {code}",
        dataset=answers.dataset,
        column=answers.item,
        code=item.code,
    )
    written = None if found is None else written_answer(ask.form, found)
    if written is not None:
        yield msg("answer: {answer}", answer=written)
