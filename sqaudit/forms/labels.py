"""Answers as people read and write them: in their language, by name or by label."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from sqaudit.errors import Message, msg
from sqaudit.model.answer import SEPARATOR, AnswerForm, AnswerKind
from sqaudit.model.language import Language

_YES_NO = {"yes": ("yes", "y", "true", "1", "是", "对"), "no": ("no", "n", "false", "0", "否", "不")}
_WORDS = {"yes": "true", "no": "false"}
_PARTS = (";", "；", "\n")


class NoAnswer(Exception):
    """What is written is no answer to the question; ``hint`` says what would be."""

    def __init__(self, hint: Message) -> None:
        super().__init__(hint)
        self.hint = hint


def labels_of(form: AnswerForm, language: Language) -> list[str]:
    """The answers to choose from, in one language; none where the answer is a number, a text or a date."""
    if form.kind is AnswerKind.YES_NO:
        return [language.word(word) for word in _WORDS.values()]
    return [language.said(option.title) for option in form.options]


def show_answer(form: AnswerForm, value: str, language: Language) -> str:
    """A kept answer in one language."""
    if form.kind is AnswerKind.YES_NO:
        return language.word(_WORDS.get(value, value))
    titles = {option.id: language.said(option.title) for option in form.options}
    return SEPARATOR.join(titles.get(part, part) for part in value.split(SEPARATOR)) if titles else value


def read_answer(form: AnswerForm, text: str) -> str:
    """The answer that is meant, as it is kept.

    Raises:
        NoAnswer: It is none of the answers that there can be.
    """
    if form.kind is AnswerKind.TEXT:
        return text
    if form.kind is AnswerKind.DATE:
        return read_day(text).isoformat()
    if form.kind is AnswerKind.MULTI:
        chosen = {_read_option(form, part) for part in _parts(text)}
        return SEPARATOR.join(option.id for option in form.options if option.id in chosen)
    if form.kind in {AnswerKind.YES_NO, AnswerKind.CHOICE}:
        return _read_option(form, text)
    return _read_number(form, text)


def read_day(text: str) -> date:
    """A day as ISO 8601 writes it, also with the midnight that spreadsheets add.

    Raises:
        NoAnswer: It is no day.
    """
    try:
        return date.fromisoformat(text.strip().removesuffix(" 00:00:00"))
    except ValueError:
        raise NoAnswer(msg("write a day such as 2026-10-31")) from None


def read_moment(text: str, zone: str) -> datetime:
    """A moment as ISO 8601 writes it; one without a zone is in ``zone``, in the first of a doubled hour.

    Raises:
        NoAnswer: It is none, or only a day.
    """
    wrong = NoAnswer(msg("write a moment such as 2026-10-05 09:30"))
    if ":" not in text:
        raise wrong
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong from None


def _parts(text: str) -> list[str]:
    for mark in _PARTS:
        text = text.replace(mark, ";")
    return [part.strip() for part in text.split(";") if part.strip()]


def _read_option(form: AnswerForm, text: str) -> str:
    wanted = text.strip().casefold()
    names = dict(_names(form))
    exact = [name for name in names if name.casefold() == wanted]
    found = exact or [name for name, known in names.items() if wanted in {one.casefold() for one in known}]
    if len(found) != 1:
        answers = ", ".join(known[-1] for known in names.values()) if form.options else "yes, no / 是, 否"
        raise NoAnswer(msg("the answers are {answers}", answers=answers))
    return found[0]


def _names(form: AnswerForm) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every answer there is by the name it is kept under, with what else it is called, in any language."""
    if form.kind is AnswerKind.YES_NO:
        yield from _YES_NO.items()
    for option in form.options:
        yield (
            option.id,
            tuple(dict.fromkeys([*option.title.by_language.values(), " / ".join(option.title.by_language.values())])),
        )


def _read_number(form: AnswerForm, text: str) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise NoAnswer(_range(form)) from None
    if not form.takes(number):
        raise NoAnswer(_range(form))
    return f"{number.to_integral_value():f}" if number == number.to_integral_value() else f"{number.normalize():f}"


def range_of(form: AnswerForm) -> Message | None:
    """What numbers may be answered, in words; ``None`` of other kinds."""
    is_number = form.kind in {AnswerKind.SCALE, AnswerKind.NUMBER, AnswerKind.DEDUCTION}
    return _range(form) if is_number else None


def _range(form: AnswerForm) -> Message:
    least, most = form.least, form.maximum
    number = msg("a number") if form.kind is AnswerKind.NUMBER else msg("a whole number")
    if least is not None and most is not None:
        return msg("write {number} from {least} to {most}", number=number, least=least, most=most)
    if least is not None:
        return msg("write {number} from {least} up", number=number, least=least)
    if most is not None:
        return msg("write {number} up to {most}", number=number, most=most)
    return msg("write {number}", number=number)
