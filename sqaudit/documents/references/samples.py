"""Breakdowns, samples and subjects against the columns of the datasets they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.references.lookups import unknown_column
from sqaudit.documents.references.masked import check_masked_subject
from sqaudit.documents.resolving import as_names, is_measured
from sqaudit.errors import Problem, msg
from sqaudit.model.checklist import SummaryKind
from sqaudit.model.standard import ColumnType

Path = tuple[str | int, ...]
NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})


def check_columns(document: Document, datasets: Mapping[str, Any]) -> Iterator[Problem]:
    """Columns that ``by`` and ``sample`` name, of the checklist and of its items."""
    content = document.content
    measured = [item for item in content["items"] if is_measured(item)]
    for key, look in (("by", _check_by), ("sample", _check_sample)):
        own = content.get("dataset")
        inheriting = [own] if own is not None else [item.get("dataset") for item in measured if key not in item]
        if key in content:
            for name in dict.fromkeys(inheriting):
                if name in datasets:
                    yield from look(document, (key,), name, datasets[name]["columns"])
        for position, item in enumerate(content["items"]):
            name = item.get("dataset", own)
            if key in item and is_measured(item) and name in datasets:
                yield from look(document, ("items", position, key), name, datasets[name]["columns"])


def _check_by(document: Document, path: Path, dataset: str, columns: Mapping[str, Any]) -> Iterator[Problem]:
    for position, name in enumerate(_at(document, path)):
        if name not in columns:
            yield unknown_column(document.raw.place((*path, position)), name, dataset, columns)


def _check_sample(document: Document, path: Path, dataset: str, columns: Mapping[str, Any]) -> Iterator[Problem]:
    sample = _at(document, path)
    weight, cluster = sample.get("weight"), sample.get("cluster", {}).get("column")
    if cluster is not None and cluster not in columns:
        yield unknown_column(document.raw.place((*path, "cluster", "column")), cluster, dataset, columns)
    if weight is None:
        return
    place = document.raw.place((*path, "weight"))
    if weight not in columns:
        yield unknown_column(place, weight, dataset, columns)
        return
    column = columns[weight]
    kind = column if isinstance(column, str) else column["type"]
    if kind not in NUMBERS:
        message = msg("column '{name}' holds {type}, it cannot weight rows", name=weight, type=kind)
        yield Problem(place, "SQA231", message, msg("name a column of type number or integer"))


def check_subject(document: Document, datasets: Mapping[str, Any]) -> Iterator[Problem]:
    """A subject that none of the items' datasets has, or a summary of no subject."""
    content, raw = document.content, document.raw
    if "subject" not in content:
        if "summary" in content:
            message = msg("'{key}' is only for a checklist with '{other}'", key="summary", other="subject")
            yield Problem(raw.key_place(("summary",)), "SQA128", message, msg("keep only what is meant"))
        return
    subject = as_names(content["subject"])
    used = [item.get("dataset", content.get("dataset")) for item in content["items"] if "derive" not in item]
    known = {name: datasets[name]["columns"] for name in used if name in datasets}
    held = {name: columns for name, columns in known.items() if columns.keys() >= set(subject)}
    yield from check_masked_subject(raw.key_place(("subject",)), subject, held)
    if not known or held:
        return
    nearest = max(known, key=lambda name: len(known[name].keys() & set(subject)))
    for position, column in enumerate(subject):
        if column not in known[nearest]:
            path: Path = ("subject",) if isinstance(content["subject"], str) else ("subject", position)
            yield unknown_column(raw.place(path), column, nearest, known[nearest])


def check_groups(document: Document, datasets: Mapping[str, Any]) -> Iterator[Problem]:
    """Groups of rows that are already looked at subject by subject."""
    content, raw = document.content, document.raw
    subject = set(as_names(content.get("subject", ())))
    if not subject and "answers" not in content:
        yield from _questions_without_subject(document)
    held = {name for name, dataset in datasets.items() if subject and dataset["columns"].keys() >= subject}
    places: list[Path] = []
    for position, item in enumerate(content["items"]):
        dataset = item.get("dataset", content.get("dataset"))
        if not is_measured(item) or dataset not in held:
            continue
        if item.get("by"):
            places.append(("items", position, "by"))
        elif "by" not in item and "by" in content and dataset == content.get("dataset", dataset):
            places.append(("by",))
    for path in dict.fromkeys(places):
        message = msg("'{key}' and '{other}' cannot both be there", key="subject", other="by")
        hint = msg("subjects have no groups: remove '{key}:', or use a checklist without 'subject'", key="by")
        yield Problem(raw.key_place(path), "SQA128", message, hint)


def _questions_without_subject(document: Document) -> Iterator[Problem]:
    for position, item in enumerate(document.content["items"]):
        if "answer" in item and item.get("by"):
            message = msg("'{key}' of a question is only for a checklist with '{other}'", key="by", other="subject")
            hint = msg("what is asked once at a site has no groups: remove '{key}:'", key="by")
            yield Problem(document.raw.key_place(("items", position, "by")), "SQA128", message, hint)


def check_latest(
    holder: Document,
    checklists: Iterable[Mapping[str, Any]],
    dataset: str,
    source: Mapping[str, Any],
    datasets: Mapping[str, Any],
) -> Iterator[Problem]:
    """Resolved checklists that want the latest of the subjects in records without time, told at the source."""
    for checklist in checklists if "time" not in source else ():
        if checklist.get("summary") != SummaryKind.LATEST:
            continue
        used = {item.get("dataset") for item in checklist["items"]}
        if "answers" in checklist:
            used.add(checklist.get("dataset"))
        if dataset in used and datasets[dataset]["columns"].keys() >= set(as_names(checklist["subject"])):
            message = msg(
                "checklist '{id}' wants the latest subject, and the source of '{dataset}' has no 'time'",
                id=checklist["id"],
                dataset=dataset,
            )
            place = holder.raw.key_place(("sources", dataset))
            yield Problem(place, "SQA230", message, msg("add '{key}:'", key="time"))


def _at(document: Document, path: Path) -> Any:  # noqa: ANN401 - a part of a valid document
    found: Any = document.content
    for step in path:
        found = found[step]
    return found
