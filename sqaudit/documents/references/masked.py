"""Masked columns where a masked value would be wrong, or would not stay masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.errors import Message, Place, Problem, msg

# What a masked column cannot do, because values whose masks are alike would be taken for one.
SUBJECT = msg("be the subject")
SITE = msg("tell sites apart")
ANSWER = msg("say what was answered")
STRATUM = msg("make strata")


def is_masked(column: str | Mapping[str, Any] | None) -> bool:
    """Whether a column as it is declared has a mask."""
    return isinstance(column, Mapping) and "mask" in column


def unmaskable(place: Place, name: str, column: Mapping[str, Any]) -> Problem:
    """The problem of a mask on a column that holds no text."""
    message = msg("column '{name}' holds {type}, which cannot be masked", name=name, type=column["type"])
    return Problem(place, "SQA236", message, msg("declare it as text, or remove 'mask:'"))


def masked_problem(place: Place, name: str, dataset: str, use: Message) -> Problem:
    """The problem of a masked column whose values have to be told apart."""
    message = msg("column '{name}' of '{dataset}' is masked and cannot {use}", name=name, dataset=dataset, use=use)
    hint = msg("name a column whose values tell nothing about a person, such as a running number")
    return Problem(place, "SQA237", message, hint)


def check_masked_subject(
    place: Place, subject: Iterable[str], datasets: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Subjects that a masked column would name; ``datasets`` are the columns of those that have them."""
    for name in subject:
        for dataset, columns in datasets.items():
            if is_masked(columns.get(name)):
                yield masked_problem(place, name, dataset, SUBJECT)
                break


def check_masked_source(
    holder: Document,
    dataset: str,
    source: Mapping[str, Any],
    columns: Mapping[str, Any],
    checklists: Iterable[Mapping[str, Any]],
) -> Iterator[Problem]:
    """A source whose rows a masked column would place at a site, or whose groups another engine would have to mask."""
    masked = [name for name in columns if is_masked(columns[name])]
    for name in masked:
        written = str(source.get("columns", {}).get(name, name))
        if "site" in source and re.search(rf"(?<!\w){re.escape(written)}(?!\w)", source["site"]):
            yield masked_problem(holder.raw.place(("sources", dataset, "site")), name, dataset, SITE)
    if "engine" not in source:
        return
    grouped = {name for checklist in checklists for item in checklist["items"] for name in _groups(item, dataset)}
    for name in masked:
        if name in grouped:
            message = msg(
                "'{dataset}' is broken down by '{name}', which is masked, and cannot be masked where its records lie",
                dataset=dataset,
                name=name,
            )
            hint = msg("remove it from 'by:', let a view there mask it, or collect the records without 'engine:'")
            yield Problem(holder.raw.key_place(("sources", dataset, "engine")), "SQA239", message, hint)


def _groups(item: Mapping[str, Any], dataset: str) -> Iterable[str]:
    return item.get("by", ()) if item.get("dataset") == dataset else ()
