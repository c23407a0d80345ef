"""The expressions of checklists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqaudit.documents.building import build_dataset
from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.expressions.names import Names, names_for_derived, site_names, users_of
from sqaudit.documents.expressions.site import ExpressionKind, ExpressionSite
from sqaudit.documents.resolving import as_names, is_measured, item_id, resolve_standard
from sqaudit.documents.summaries import condition_start, read_summary
from sqaudit.documents.validation import schema_of, validate_part
from sqaudit.model.ids import fold_id
from sqaudit.model.standard import RATING_WORDS, Dataset

Path = tuple[str | int, ...]


def find_in_checklist(collection: Collection, checklist: Document) -> Iterator[ExpressionSite]:
    """Every expression of a valid checklist."""
    content = checklist.content
    datasets = _datasets(collection, content["standard"])
    shared: dict[str, Any] = {
        "raw": checklist.raw,
        "standard": content["standard"].partition("@")[0],
        "checklist": checklist.id,
        "users": tuple(user.id for user in users_of(collection, checklist)),
    }
    if "where" in content:
        named = [content["dataset"]] if "dataset" in content else [item.get("dataset") for item in content["items"]]
        for name in sorted(datasets.keys() & set(named)):
            yield ExpressionSite(
                kind=ExpressionKind.WHERE, text=content["where"], path=("where",), dataset=datasets[name], **shared
            )
    sites = site_names(collection, checklist)
    readable = names_for_derived(collection, checklist) if any("derive" in item for item in content["items"]) else []
    yield from _of_sites(content, (), sites, shared)
    yield from _subject_summary(content, datasets, shared)
    questions = tuple(fold_id(item_id(item)) for item in content["items"] if "answer" in item)
    before = 0
    for position, item in enumerate(content["items"]):
        path: Path = ("items", position)
        own = {**shared, "item": item_id(item)}
        dataset = datasets.get(item.get("dataset", content.get("dataset")))
        for kind in (ExpressionKind.MEASURE, ExpressionKind.WHERE, ExpressionKind.INTERVAL):
            text = item.get("measure" if kind is ExpressionKind.INTERVAL else kind.value)
            if item.get(kind.value) and text is not None and dataset is not None:
                yield ExpressionSite(kind=kind, text=text, path=(*path, kind.value), dataset=dataset, **own)
        weight = _weight(content, item, path)
        if weight is not None and dataset is not None:
            yield ExpressionSite(kind=ExpressionKind.WEIGHT, text=item["measure"], path=weight, dataset=dataset, **own)
        if "derive" in item:
            yield from _for_each(readable, ExpressionKind.DERIVE, item["derive"], (*path, "derive"), own)
        if "answer" in item:
            if "when" in item:
                own |= {"earlier": questions[:before], "later": questions[before:]}
            before += 1
        yield from _of_sites(item, path, sites, own)


def _weight(content: Mapping[str, Any], item: Mapping[str, Any], path: Path) -> Path | None:
    """Where the weights of a measured item's rows are named, if they have any."""
    if "measure" not in item:
        return None
    if "sample" in item:
        return (*path, "sample", "weight") if "weight" in item["sample"] else None
    inherits = item.get("dataset") in {None, content.get("dataset", item.get("dataset"))}
    return ("sample", "weight") if inherits and "weight" in content.get("sample", {}) else None


def _datasets(collection: Collection, reference: str) -> dict[str, Dataset]:
    """The datasets of a standard; of a broken one those parts that are sound, so that one run tells every problem."""
    standard = collection.standard(reference)
    if standard is not None:
        declared = resolve_standard(collection, standard)["datasets"]
        return {name: build_dataset(name, dataset) for name, dataset in declared.items()}
    schema = schema_of("standard")
    wanted = {"$defs": schema["$defs"], **schema["properties"]["datasets"]["additionalProperties"]}
    sound: dict[str, Dataset] = {}
    for document in collection.standards:
        declared = document.raw.data.get("datasets") if isinstance(document.raw.data, dict) else None
        if document.id == reference.partition("@")[0] and isinstance(declared, dict):
            sound |= {
                name: build_dataset(name, part)
                for name, part in declared.items()
                if not validate_part(document.raw, wanted, ("datasets", name), part)
            }
    return sound


def _for_each(
    programmes: Iterable[Names], kind: ExpressionKind, text: str, path: Path, shared: Mapping[str, Any]
) -> Iterator[ExpressionSite]:
    """The same expression once for every programme, with what it may read there."""
    for programme, names in programmes:
        yield ExpressionSite(kind=kind, text=text, path=path, names=names, programme=programme, **shared)


def _of_sites(
    content: Mapping[str, Any], path: Path, sites: list[Names], shared: Mapping[str, Any]
) -> Iterator[ExpressionSite]:
    """What a checklist or an item asks of the sites: whether it applies, and how many there are in all."""
    if "when" in content:
        yield from _for_each(sites or [(None, None)], ExpressionKind.WHEN, content["when"], (*path, "when"), shared)
    population = content.get("sample", {}).get("population")
    if isinstance(population, str):
        yield from _for_each(sites, ExpressionKind.POPULATION, population, (*path, "sample", "population"), shared)


def _subject_summary(
    content: Mapping[str, Any], datasets: Mapping[str, Dataset], shared: Mapping[str, Any]
) -> Iterator[ExpressionSite]:
    """The condition on subjects: it may read the items that are measured for each of them."""
    text = content.get("summary", "")
    condition = read_summary(text).condition if text else None
    if condition is None or "subject" not in content:
        return
    subject = set(as_names(content["subject"]))
    held = {name for name, dataset in datasets.items() if dataset.columns.keys() >= subject}
    items = [
        item
        for item in content["items"]
        if "answer" in item or (is_measured(item) and item.get("dataset", content.get("dataset")) in held)
    ]
    names = [fold_id(item_id(item)) for item in items]
    yield ExpressionSite(
        kind=ExpressionKind.SUMMARY,
        text=condition,
        path=("summary",),
        names=(*RATING_WORDS, *sorted(set(names))),
        start=condition_start(text),
        **shared,
    )
