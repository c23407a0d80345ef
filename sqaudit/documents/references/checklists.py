"""A checklist against its standard and the scorers there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.references.answers import check_answers, has_own_points
from sqaudit.documents.references.derived import check_beside, check_circles
from sqaudit.documents.references.lookups import (
    find_standard,
    time_problem,
    unknown,
    unknown_criterion,
    unknown_dataset,
)
from sqaudit.documents.references.old_ids import check_item_ids
from sqaudit.documents.references.points import check_points
from sqaudit.documents.references.recorded import check_recorded
from sqaudit.documents.references.samples import check_columns, check_groups, check_subject
from sqaudit.documents.references.twice import repeated
from sqaudit.documents.resolving import default_target, is_measured, item_id, read_score, resolve_standard
from sqaudit.documents.validation import validate_part
from sqaudit.errors import Gravity, Incomplete, Problem, msg
from sqaudit.model.ports import Scorer
from sqaudit.model.target import read_target

Path = tuple[str | int, ...]


def check_checklist(collection: Collection, document: Document, scorers: Mapping[str, Scorer]) -> Iterator[Problem]:
    """Everything a valid checklist names that is not there or does not fit."""
    raw, content = document.raw, document.content
    items = content["items"]
    yield from repeated((item_id(item), _id_place(document, i)) for i, item in enumerate(items))
    yield from check_item_ids(document)
    yield from check_beside(document)
    yield from check_circles([document])
    standard_document, problem = find_standard(collection, document)
    if problem is not None:
        yield problem
    if standard_document is None:
        return
    standard = resolve_standard(collection, standard_document)
    criteria = {criterion["id"]: criterion for criterion in standard["criteria"]}
    datasets = standard["datasets"]
    if "dataset" in content and content["dataset"] not in datasets:
        yield unknown_dataset(raw.place(("dataset",)), content["dataset"], datasets)
    for position, item in enumerate(items):
        path: Path = ("items", position)
        criterion = item.get("criterion")
        if criterion is not None and criterion not in criteria:
            message = msg("standard '{standard}' has no criterion '{id}'", standard=standard_document.id, id=criterion)
            yield unknown_criterion(raw.place((*path, "criterion")), "SQA204", message, criterion, criteria)
        if is_measured(item):
            yield from _check_dataset(document, path, item, datasets)
        if criterion is None or criterion in criteria:
            yield from _check_score(document, path, item, criteria.get(criterion, {}), scorers)
    yield from check_points(document, standard)
    yield from check_columns(document, datasets)
    yield from check_subject(document, datasets)
    yield from check_groups(document, datasets)
    yield from check_answers(document, criteria)
    yield from check_recorded(document, datasets)
    yield from _check_weights(document)


def _id_place(document: Document, position: int) -> Any:  # noqa: ANN401 - the Place of an id or of what stands for it
    item = document.content["items"][position]
    return document.raw.place(("items", position, "id" if "id" in item else "criterion"))


def _check_dataset(
    document: Document, path: Path, item: Mapping[str, Any], datasets: Mapping[str, Any]
) -> Iterator[Problem]:
    dataset = item.get("dataset", document.content.get("dataset"))
    if dataset is None:
        message = msg("item '{id}' reads no dataset", id=item_id(item))
        place = document.raw.key_place(path)
        yield Problem(place, "SQA102", message, msg("add 'dataset:' to the item or the checklist"))
    elif dataset not in datasets:
        if "dataset" in item:
            yield unknown_dataset(document.raw.place((*path, "dataset")), dataset, datasets)
    elif "time" in item:
        problem = time_problem(document.raw.place((*path, "time")), item["time"], dataset, datasets[dataset]["columns"])
        if problem is not None:
            yield problem


def _check_score(
    document: Document, path: Path, item: Mapping[str, Any], criterion: Mapping[str, Any], scorers: Mapping[str, Scorer]
) -> Iterator[Problem]:
    if (not criterion and "score" not in item) or has_own_points(item):
        return
    written = item.get("score", "target")
    name, parameters = read_score(written)
    where = (*path, "score") if isinstance(written, str) or parameters is written else (*path, "score", name)
    if name not in scorers:
        message = msg("no scorer is called '{name}'", name=name)
        place = document.raw.place(where) if isinstance(written, str) else document.raw.key_place(where)
        yield unknown(place, "SQA213", message, name, scorers)
        return
    scorer = scorers[name]
    if parameters != {} or not isinstance(written, str):
        problems = validate_part(document.raw, scorer.parameters_schema, where, parameters)
        yield from problems
        if problems:
            return
    elif scorer.parameters_schema.get("required") or scorer.parameters_schema.get("type") == "array":
        message = msg("scorer '{name}' needs to be told more", name=name)
        yield Problem(document.raw.place(where), "SQA214", message, msg("write score: {{{name}: …}}", name=name))
        return
    target = item.get("target", criterion.get("target"))
    if target is None and "answer" in item:
        target = default_target(item["answer"])
    place = document.raw.place(where) if isinstance(written, str) else document.raw.key_place(where)
    try:
        complaint = scorer.problem(parameters, None if target is None else read_target(target))
    except Incomplete as failure:  # not the document's fault: a run goes on without the item
        yield Problem(place, failure.code, failure.message, failure.hint, Gravity.WARNING)
        return
    if complaint is not None:
        place = document.raw.place(where)
        yield Problem(
            place, "SQA214", complaint, msg("correct the score or the target of item '{id}'", id=item_id(item))
        )


def _check_weights(document: Document) -> Iterator[Problem]:
    weights: dict[str, list[float]] = {}
    first: dict[str, int] = {}
    for position, item in enumerate(document.content["items"]):
        if "criterion" in item:
            weights.setdefault(item["criterion"], []).append(item.get("weight", 1))
            first.setdefault(item["criterion"], position)
    for criterion, given in weights.items():
        if not any(given):
            message = msg("the weights of all items of '{name}' are 0", name=criterion)
            place = document.raw.place(("items", first[criterion], "weight"))
            yield Problem(place, "SQA210", message, msg("give at least one of them a weight above 0"))
