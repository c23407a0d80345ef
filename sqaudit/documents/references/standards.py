"""A standard, and what it takes from the one it extends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.references.lookups import missing_standard, unknown, unknown_column, unknown_criterion
from sqaudit.documents.references.masked import is_masked, unmaskable
from sqaudit.documents.references.old_ids import check_criteria_ids
from sqaudit.documents.references.points import check_base
from sqaudit.documents.references.ratings import check_ratings, check_reach
from sqaudit.documents.references.twice import repeated
from sqaudit.documents.references.views import check_views
from sqaudit.documents.resolving import resolve_standard
from sqaudit.errors import Gravity, Problem, msg
from sqaudit.model.standard import ColumnType


def check_standard(collection: Collection, document: Document, today: date) -> Iterator[Problem]:
    """Everything wrong between the parts of a valid standard, and with the standard it extends."""
    content, raw = document.content, document.raw
    criteria = content.get("criteria", [])
    yield from check_ratings(raw, content.get("ratings", []))
    yield from repeated((entry["id"], raw.place(("criteria", i, "id"))) for i, entry in enumerate(criteria))
    yield from repeated((name, raw.key_place(("dimensions", name))) for name in content.get("dimensions", {}))
    yield from repeated((name, raw.key_place(("datasets", name))) for name in content.get("datasets", {}))
    for name, dataset in content.get("datasets", {}).items():
        yield from _check_columns(document, name, dataset["columns"])
    yield from _check_review(document, today)
    base: Mapping[str, Any] = {"criteria": [], "dimensions": {}}
    inherited = None
    if "extends" in content:
        parent = collection.standard(content["extends"])
        if parent is None:
            problem = missing_standard(collection, document, "extends")
            if problem is not None:
                yield problem
            return
        if any(document is member for member in collection.lineage(parent)):
            message = msg("'{id}' extends itself by way of '{parent}'", id=document.id, parent=content["extends"])
            yield Problem(raw.place(("extends",)), "SQA217", message, msg("let one of them extend nothing"))
            return
        base = resolve_standard(collection, parent)
        inherited = base["scoring"]
    yield from _check_overrides(document, base)
    resolved = resolve_standard(collection, document)
    yield from check_criteria_ids(document, base, resolved)
    yield from _check_criteria(document, base, resolved["dimensions"])
    yield from _check_weights(document, resolved)
    yield from check_base(document, inherited, resolved["scoring"])
    yield from check_views(document, resolved)
    if "ratings" in content or "scoring" in content:
        yield from check_reach(raw, resolved["ratings"], resolved["scoring"], own="ratings" in content)


def _check_columns(document: Document, dataset: str, columns: Mapping[str, Any]) -> Iterator[Problem]:
    for name, column in columns.items():
        if isinstance(column, str):
            continue
        path = ("datasets", dataset, "columns", name)
        if is_masked(column) and column["type"] != ColumnType.TEXT:
            yield unmaskable(document.raw.key_place((*path, "mask")), name, column)
        for key in ("min", "max"):
            if isinstance(column.get(key), str) and column[key] not in columns:
                yield unknown_column(document.raw.place((*path, key)), column[key], dataset, columns)
        low, high = column.get("min"), column.get("max")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            message = msg("'min' {low} is above 'max' {high}: no value is valid", low=low, high=high)
            yield Problem(document.raw.place((*path, "min")), "SQA106", message, msg("exchange them"))


def _check_review(document: Document, today: date) -> Iterator[Problem]:
    review_by = document.content.get("review_by")
    if review_by is not None and date.fromisoformat(review_by) < today:
        yield Problem(
            document.raw.place(("review_by",)),
            "SQA221",
            msg("standard '{id}' was to be reviewed by {day}", id=document.id, day=review_by),
            msg("review it, then set a new day"),
            Gravity.WARNING,
        )


def _check_overrides(document: Document, base: Mapping[str, Any]) -> Iterator[Problem]:
    overrides = document.content.get("overrides", {})
    if overrides and "extends" not in document.content:
        message = msg("'overrides' without 'extends'")
        yield Problem(document.raw.key_place(("overrides",)), "SQA218", message, msg("name the standard it extends"))
        return
    known = {criterion["id"]: criterion for criterion in base["criteria"]}
    for name, changes in overrides.items():
        place = document.raw.key_place(("overrides", name))
        if name not in known:
            message = msg("there is no criterion '{id}' to override", id=name)
            yield unknown_criterion(place, "SQA218", message, name, known)
        elif changes != "removed" and all(known[name].get(key) == new for key, new in changes.items()):
            message = msg("the override of '{id}' changes nothing", id=name)
            yield Problem(place, "SQA219", message, msg("remove it"), Gravity.WARNING)


def _check_criteria(document: Document, base: Mapping[str, Any], dimensions: Mapping[str, Any]) -> Iterator[Problem]:
    inherited = {criterion["id"] for criterion in base["criteria"]}
    for position, criterion in enumerate(document.content.get("criteria", [])):
        if criterion["id"] in inherited:
            message = msg("'{id}' is a criterion of the standard this one extends", id=criterion["id"])
            place = document.raw.place(("criteria", position, "id"))
            yield Problem(place, "SQA208", message, msg("change it under 'overrides', or give this one another id"))
    named = [
        (("criteria", position, "dimension"), criterion["dimension"])
        for position, criterion in enumerate(document.content.get("criteria", []))
    ] + [
        (("overrides", name, "dimension"), changes["dimension"])
        for name, changes in document.content.get("overrides", {}).items()
        if isinstance(changes, dict) and "dimension" in changes
    ]
    for path, name in named:
        if name not in dimensions:
            message = msg("no dimension is called '{name}'", name=name)
            yield unknown(document.raw.place(path), "SQA205", message, name, dimensions)


def _check_weights(document: Document, resolved: Mapping[str, Any]) -> Iterator[Problem]:
    dimensions = resolved["dimensions"]
    weights: dict[str, list[float]] = {}
    for criterion in resolved["criteria"]:
        weights.setdefault(criterion["dimension"], []).append(criterion.get("weight", 1))
    counted = {name: dimension.get("weight", 1) for name, dimension in dimensions.items() if name in weights}
    hint = msg("give at least one of them a weight above 0")
    if counted and not any(counted.values()):
        message = msg("the weights of all dimensions are 0")
        yield Problem(document.raw.key_place(("dimensions",)), "SQA210", message, hint)
    for name, weight in counted.items():
        if weight and not any(weights[name]):
            message = msg("the weights of all criteria of '{name}' are 0", name=name)
            yield Problem(document.raw.key_place(("dimensions", name)), "SQA210", message, hint)
