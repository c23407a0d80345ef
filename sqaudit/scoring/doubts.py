"""Answers that a reader should doubt, one function for each kind. What they find changes no score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.model.answer import AnswerForm, AnswerKind, GivenAnswer
from sqaudit.model.doubt import Doubt, DoubtKind
from sqaudit.scoring.exact import FULL

# Fewer are no surprise: where nine in ten answers have full points, a third of all sheets of ten are perfect.
LEAST_PERFECT = 10
LEAST_ALIKE = 8
# A sheet three times as fast as the usual one; what is usual takes a few sheets. Nobody reads and answers in 2 seconds.
FAST_SHARE = 3
LEAST_TIMED = 5
LEAST_SECONDS = 2
# More than half of a person's sheets, and not a handful, in the last twentieth of the period or after it.
LAST_PART = 20
LEAST_LATE = 5
_MOST_NAMED = 3


class Marked(Struct, frozen=True, kw_only=True):
    """An answer with what could be answered, and its ``score`` if it has one."""

    answer: GivenAnswer
    form: AnswerForm
    score: Decimal | None = None


class Sheet(Struct, frozen=True, kw_only=True):
    """What one person answered of one checklist at one site about one subject."""

    site: str
    checklist: str
    subject: str
    person: str
    answers: tuple[Marked, ...]

    @property
    def seconds_per_answer(self) -> float | None:
        """How long an answer took on average, of those whose times are told; every visit counts once."""
        visits = [
            (one.answer.began_at, one.answer.finished_at)
            for one in self.answers
            if one.answer.began_at is not None and one.answer.finished_at is not None
        ]
        whole = sum((finished - began).total_seconds() for began, finished in set(visits))
        return whole / len(visits) if visits else None

    @property
    def finished_at(self) -> datetime | None:
        """When its last answers were given, as far as it is told."""
        return max((one.answer.finished_at for one in self.answers if one.answer.finished_at), default=None)

    def doubt(self, kind: DoubtKind, statement: Message) -> Doubt:
        """A flag of this sheet."""
        return Doubt(
            kind=kind,
            person=self.person,
            statement=statement,
            site=self.site,
            checklist=self.checklist,
            subject=self.subject,
        )


def all_perfect(sheets: Sequence[Sheet]) -> Iterator[Doubt]:
    """Sheets whose every scored answer has full points, where there are at least ten."""
    for sheet in sheets:
        scores = [one.score for one in sheet.answers if one.score is not None]
        if len(scores) >= LEAST_PERFECT and all(score == FULL for score in scores):
            yield sheet.doubt(DoubtKind.ALL_PERFECT, msg("full points for all {count} answers", count=len(scores)))


def straight_lined(sheets: Sequence[Sheet]) -> Iterator[Doubt]:
    """Sheets with at least eight answers on the same scale or list, all alike; yes and no are no such list."""
    for sheet in sheets:
        alike: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
        for one in sheet.answers:
            if one.form.kind in {AnswerKind.SCALE, AnswerKind.CHOICE} and one.answer.value is not None:
                options = tuple(option.id for option in one.form.options)
                alike[one.form.kind, options, one.form.minimum, one.form.maximum].append(one.answer.value)
        for values in alike.values():
            if len(values) >= LEAST_ALIKE and len(set(values)) == 1:
                statement = msg("'{answer}' for all {count} answers of its kind", answer=values[0], count=len(values))
                yield sheet.doubt(DoubtKind.STRAIGHT_LINED, statement)


def too_fast(sheets: Sequence[Sheet]) -> Iterator[Doubt]:
    """Sheets that took less than a third of their checklist's median time for an answer, or less than two seconds."""
    by_checklist: defaultdict[str, list[tuple[Sheet, float]]] = defaultdict(list)
    for sheet in sheets:
        if sheet.seconds_per_answer is not None:
            by_checklist[sheet.checklist].append((sheet, sheet.seconds_per_answer))
    for timed in by_checklist.values():
        usual = median(seconds for _, seconds in timed) if len(timed) >= LEAST_TIMED else None
        for sheet, seconds in timed:
            values = {"seconds": round(seconds, 1), "least": LEAST_SECONDS}
            if seconds < LEAST_SECONDS:
                statement = msg("{seconds} s for an answer, less than {least} s", **values)
            elif usual is not None and FAST_SHARE * seconds < usual:
                statement = msg(
                    "{seconds} s for an answer, half of the sheets took {median} s or more",
                    seconds=round(seconds, 1),
                    median=round(usual, 1),
                )
            else:
                continue
            yield sheet.doubt(DoubtKind.TOO_FAST, statement)


def burst(sheets: Sequence[Sheet], start: datetime, end: datetime) -> Iterator[Doubt]:
    """People who finished most of their sheets, five at least, in the last twentieth of the period or after it."""
    last_part = end - (end - start) / LAST_PART
    by_person: defaultdict[str, list[datetime]] = defaultdict(list)
    for sheet in sheets:
        if sheet.finished_at is not None:
            by_person[sheet.person].append(sheet.finished_at)
    for person, moments in by_person.items():
        late = sum(moment >= last_part for moment in moments)
        if late >= LEAST_LATE and 2 * late > len(moments):
            statement = msg(
                "sheets finished in the last twentieth of the period or after it: {late} of {count}",
                late=late,
                count=len(moments),
            )
            yield Doubt(kind=DoubtKind.BURST, person=person, statement=statement)


def own_site(sheets: Sequence[Sheet], managers: Mapping[str, str | None]) -> Iterator[Doubt]:
    """Sheets that the manager of the site filled."""
    for sheet in sheets:
        manager = managers.get(sheet.site)
        if manager is not None and manager.strip().casefold() == sheet.person.strip().casefold():
            yield sheet.doubt(DoubtKind.OWN_SITE, msg("answered by the manager of the site"))


def evidence_out_of_period(sheets: Sequence[Sheet], first: date, after: date) -> Iterator[Doubt]:
    """Files that speak of a day, or else were made on a day, before ``first`` or from ``after`` on."""
    for sheet in sheets:
        files = {
            (one.name, day)
            for marked in sheet.answers
            for one in marked.answer.evidence
            if (day := one.effective_on or one.captured_on) is not None and not first <= day < after
        }
        for name, day in sorted(files):
            statement = msg("'{file}' is of {day}, outside the period", file=name, day=day.isoformat())
            yield sheet.doubt(DoubtKind.EVIDENCE_OUT_OF_PERIOD, statement)


def evidence_reused(sheets: Sequence[Sheet]) -> Iterator[Doubt]:
    """Files that stand beside answers at more than one site of the cycle."""
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for sheet in sheets:
        for sha256 in _files(sheet):
            sites[sha256].add(sheet.site)
    for sheet in sheets:
        for sha256, name in _files(sheet).items():
            others = sorted(sites[sha256] - {sheet.site})
            if others:
                listed = ", ".join(others[:_MOST_NAMED]) + (", …" if len(others) > _MOST_NAMED else "")
                statement = msg("'{file}' also stands beside answers at {sites}", file=name, sites=listed)
                yield sheet.doubt(DoubtKind.EVIDENCE_REUSED, statement)


def _files(sheet: Sheet) -> dict[str, str]:
    return {one.sha256: one.name for marked in sheet.answers for one in marked.answer.evidence}
