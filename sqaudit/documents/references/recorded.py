"""Checklists that records answer: whether the columns are there, and whether rows can answer what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.answers import build_form
from sqaudit.documents.building import build_dataset
from sqaudit.documents.collection import Document
from sqaudit.documents.references.derived import cannot_both
from sqaudit.documents.references.lookups import unknown_column, unknown_dataset
from sqaudit.documents.references.masked import ANSWER, is_masked, masked_problem
from sqaudit.documents.resolving import as_names, has_questions, item_id
from sqaudit.errors import Place, Problem, msg
from sqaudit.model.answer import AnswerKind
from sqaudit.model.standard import Dataset

Path = tuple[str | int, ...]
# Kinds that the mere presence of a row answers, and those that no number stands for.
_BY_ROWS = frozenset({AnswerKind.YES_NO, AnswerKind.DEDUCTION})
_NEVER = frozenset({AnswerKind.MULTI, AnswerKind.TEXT, AnswerKind.DATE})


def check_recorded(document: Document, datasets: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything about the ``answers`` of a valid checklist that does not fit."""
    content, raw = document.content, document.raw
    if "answers" not in content:
        for position, item in enumerate(content["items"]):
            if "code" in item:
                yield _only_with(document, ("items", position, "code"), "code", "answers")
        return
    if not has_questions(content):
        yield _only_with(document, ("answers",), "answers", "answer")
    if "by" in content:
        yield cannot_both(document, (), "answers", "by")
    if "subject" in content and "dataset" not in content:
        message = msg("nothing says which subjects there are")
        yield Problem(
            raw.key_place(("answers",)), "SQA102", message, msg("add 'dataset:' with the register to the checklist")
        )
    yield from _check_items(document)
    yield from _check_columns(document, datasets)


def _check_items(document: Document) -> Iterator[Problem]:
    answers = document.content["answers"]
    seen: dict[str, str] = {}
    for position, item in enumerate(document.content["items"]):
        if "answer" not in item:
            continue
        path = ("items", position)
        yield from (cannot_both(document, path, "answers", key) for key in ("by", "evidence") if key in item)
        code = item.get("code", item_id(item))
        if seen.setdefault(code, item_id(item)) != item_id(item):
            message = msg(
                "'{one}' and '{other}' are both called '{code}' in the records",
                one=seen[code],
                other=item_id(item),
                code=code,
            )
            place = document.raw.place((*path, "code")) if "code" in item else document.raw.key_place(path)
            yield Problem(place, "SQA282", message, msg("give one of them another 'code:'"))
        kind = build_form(item["answer"]).kind
        place = document.raw.place((*path, "answer"))
        if kind in _NEVER:
            message = msg("records cannot give an answer of kind '{kind}' yet", kind=kind)
            yield Problem(place, "SQA281", message, msg("ask people in a checklist of its own"))
        elif kind not in _BY_ROWS and "value" not in answers:
            message = msg("that a row is there is no answer of kind '{kind}'", kind=kind)
            yield Problem(place, "SQA281", message, msg("name the column with the answer: answers: {{value: COLUMN}}"))
        elif kind is AnswerKind.NUMBER and "absent" in answers:
            message = msg("where no row is, no number is the best answer")
            yield Problem(place, "SQA281", message, msg("remove 'absent:', or ask in a checklist of its own"))


def _check_columns(document: Document, datasets: Mapping[str, Any]) -> Iterator[Problem]:
    """Columns that the answers' dataset lacks, or that would never meet those of the register."""
    content, raw = document.content, document.raw
    answers = content["answers"]
    if answers["dataset"] not in datasets:
        yield unknown_dataset(raw.place(("answers", "dataset")), answers["dataset"], datasets)
        return
    dataset = build_dataset(answers["dataset"], datasets[answers["dataset"]])
    for key in ("item", "value"):
        if key in answers and answers[key] not in dataset.columns:
            yield unknown_column(raw.place(("answers", key)), answers[key], dataset.id, dataset.columns)
        elif key in answers and is_masked(datasets[dataset.id]["columns"][answers[key]]):
            yield masked_problem(raw.place(("answers", key)), answers[key], dataset.id, ANSWER)
    if dataset.about_persons or any(
        dataset.columns[name].about_persons for name in _named(answers) if name in dataset.columns
    ):
        message = msg(
            "'{dataset}' tells what persons said or did, and records cannot answer by that yet", dataset=dataset.id
        )
        yield Problem(raw.place(("answers", "dataset")), "SQA284", message, msg("measure it with 'measure:'"))
    register = datasets.get(content.get("dataset", ""))
    subject = as_names(content.get("subject", ()))
    for position, name in enumerate(subject):
        place = raw.place(("subject",) if isinstance(content["subject"], str) else ("subject", position))
        if name not in dataset.columns:
            yield unknown_column(place, name, dataset.id, dataset.columns)
        elif register is not None and name in register["columns"]:
            yield from _check_types(place, name, dataset, build_dataset(content["dataset"], register))


def _named(answers: Mapping[str, Any]) -> list[str]:
    return [answers[key] for key in ("item", "value") if key in answers]


def _check_types(place: Place, name: str, dataset: Dataset, register: Dataset) -> Iterator[Problem]:
    own, other = dataset.columns[name], register.columns[name]
    if (own.type, own.scale) != (other.type, other.scale):
        message = msg(
            "'{name}' is of type {type} in '{dataset}' and of type {other} in '{register}', so that rows never meet",
            name=name,
            type=own.type,
            dataset=dataset.id,
            other=other.type,
            register=register.id,
        )
        yield Problem(place, "SQA283", message, msg("declare both columns alike in the standard"))


def _only_with(document: Document, path: Path, key: str, other: str) -> Problem:
    message = msg("'{key}' is only for a checklist with '{other}'", key=key, other=other)
    return Problem(document.raw.key_place(path), "SQA128", message, msg("keep only what is meant"))
