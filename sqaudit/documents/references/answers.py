"""Questions to people: whether what may be answered, the target and the points fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqaudit.documents.answers import build_form
from sqaudit.documents.collection import Document
from sqaudit.documents.references.derived import cannot_both
from sqaudit.documents.resolving import item_id
from sqaudit.errors import Problem, msg
from sqaudit.model.answer import AnswerForm, AnswerKind
from sqaudit.model.target import Target, read_target

Path = tuple[str | int, ...]
_OF_ANSWERS = ("ask", "guidance", "evidence", "mask", "code")
# Kinds whose answers are scored by a rule of the item, like measured values.
_BY_RULE = frozenset({"number", "deduction"})


def has_own_points(item: Mapping[str, Any]) -> bool:
    """Whether an item is answered in a way that gives points by itself, or none."""
    return "answer" in item and _kind(item["answer"]) not in _BY_RULE


def check_answers(document: Document, criteria: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Everything about the questions of a valid checklist that does not fit."""
    for position, item in enumerate(document.content["items"]):
        path: Path = ("items", position)
        if "answer" in item:
            yield from _check_answer(document, path, item, criteria.get(item.get("criterion", ""), {}))
            continue
        for key in _OF_ANSWERS:
            if key in item:
                message = msg("'{key}' is there and '{other}' is missing", key=key, other="answer")
                yield Problem(
                    document.raw.key_place((*path, key)), "SQA102", message, msg("add '{key}:'", key="answer")
                )


def _kind(answer: str | Mapping[str, Any]) -> str:
    return answer if isinstance(answer, str) else next(iter(answer))


def _check_answer(
    document: Document, path: Path, item: Mapping[str, Any], criterion: Mapping[str, Any]
) -> Iterator[Problem]:
    form = build_form(item["answer"])
    if has_own_points(item) and "score" in item:
        yield cannot_both(document, path, "answer", "score")
    if not form.is_scored:
        for key in ("criterion", "target"):
            if key in item:
                message = msg(
                    "an answer of kind '{kind}' has no points, so '{key}' means nothing", kind=form.kind, key=key
                )
                place = document.raw.key_place((*path, key))
                yield Problem(place, "SQA251", message, msg("remove '{key}:'; the answer informs", key=key))
        return
    if form.minimum is not None and form.maximum is not None and form.minimum >= form.maximum:
        message = msg(
            "'min' must be below 'max', not {minimum} and {maximum}", minimum=form.minimum, maximum=form.maximum
        )
        place = document.raw.place((*path, "answer", form.kind.value, "min"))
        yield Problem(place, "SQA252", message, msg("the worst answer is 'min', the best is 'max'"))
        return
    if form.kind is AnswerKind.SCALE and not _is_whole(form):
        place = document.raw.place((*path, "answer", "scale"))
        message = msg(
            "the ends of a scale are whole numbers, not {minimum} and {maximum}",
            minimum=form.minimum,
            maximum=form.maximum,
        )
        yield Problem(place, "SQA252", message, msg("write answer: {{number: …}} for numbers between whole ones"))
        return
    target = item.get("target", criterion.get("target"))
    if target is not None:
        yield from _check_target(document, path, item, form, read_target(target))


def _is_whole(form: AnswerForm) -> bool:
    return all(end is not None and end == end.to_integral_value() for end in (form.minimum, form.maximum))


def _check_target(
    document: Document, path: Path, item: Mapping[str, Any], form: AnswerForm, target: Target | None
) -> Iterator[Problem]:
    """A target that every answer would meet, or none."""
    met = {target.is_met_by(float(value)) for value in _extremes(form)} if target is not None else set()
    if target is None or len(met) != 1:
        return
    place = document.raw.place((*path, "target" if "target" in item else "answer"))
    every, none = (
        msg("every answer to '{id}' meets the target '{target}'", id=item_id(item), target=target.text),
        msg("no answer to '{id}' can meet the target '{target}'", id=item_id(item), target=target.text),
    )
    hint = msg("give the item a target of its own: {range}", range=_range(form))
    yield Problem(place, "SQA253", every if met == {True} else none, hint)


def _extremes(form: AnswerForm) -> list[Decimal]:
    """Values between which all answers lie; none where that is not known."""
    if form.kind is AnswerKind.YES_NO:
        return [Decimal(0), Decimal(1)]
    if form.options:
        return [option.points for option in form.options]
    if form.kind is AnswerKind.SCALE:
        return [end for end in (form.minimum, form.maximum) if end is not None]
    return [Decimal(0), Decimal(10**9)] if form.kind is AnswerKind.DEDUCTION else []


def _range(form: AnswerForm) -> object:
    if form.kind is AnswerKind.YES_NO:
        return msg("yes is 1 and no is 0")
    if form.kind is AnswerKind.DEDUCTION:
        return msg("the answer is how often it occurred, from 0")
    ends = _extremes(form)
    return msg("the answer gives {least} to {most}", least=min(ends), most=max(ends))
