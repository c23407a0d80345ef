"""Every expression that documents hold, with what it may read and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqaudit.documents.building import build_dataset
from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.marks import RawDocument
from sqaudit.documents.resolving import item_id, resolve_programme, resolve_standard
from sqaudit.documents.validation import schema_of, validate_part
from sqaudit.errors import Place
from sqaudit.model.ids import fold_id
from sqaudit.model.programme import SITE_WORDS
from sqaudit.model.standard import RATING_WORDS, Dataset


class ExpressionKind(StrEnum):
    """What an expression is for."""

    MEASURE = "measure"
    WHERE = "where"
    WHEN = "when"
    RATING = "rating"
    COLUMN = "column"
    SITE = "site"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionSite:
    """One expression and what it may read.

    ``dataset`` holds the columns of a measure or ``where`` (for a source's ``column`` and ``site``: of the dataset the
    source is for, while the expression itself reads the file's columns). ``names`` are the words of a ``when`` or
    rating; ``None`` where a file of sites has to tell them. ``source`` is what is written beside a ``query``, and
    ``datasets`` those it may read.
    """

    kind: ExpressionKind
    text: str
    raw: RawDocument
    path: tuple[str | int, ...]
    dataset: Dataset | None = None
    names: tuple[str, ...] | None = None
    standard: str | None = None
    checklist: str | None = None
    item: str | None = None
    programme: str | None = None
    source: Mapping[str, Any] | None = None
    datasets: Mapping[str, Dataset] | None = None

    def place(self, offset: int | None = None) -> Place:
        """Where it stands; with ``offset`` characters into it where the file shows them one to one."""
        return self.raw.place(self.path, offset)


def find_expressions(collection: Collection) -> Iterator[ExpressionSite]:
    """Every expression of every valid document, in no order that matters."""
    for standard in collection.standards:
        if standard.valid:
            yield from _ratings(collection, standard)
    for checklist in collection.checklists:
        if checklist.valid:
            yield from _items(collection, checklist)
    for programme in collection.programmes:
        if programme.valid:
            yield from _sources(collection, programme)


def _ratings(collection: Collection, standard: Document) -> Iterator[ExpressionSite]:
    conditions = {i: rating["when"] for i, rating in enumerate(standard.content.get("ratings", [])) if "when" in rating}
    if not conditions:
        return
    users = [programme for programme in collection.programmes if _uses(collection, programme, standard)]
    for user in users or (None,):
        items = _item_names(collection, user) if user is not None else _all_item_names(collection)
        for position, text in conditions.items():
            yield ExpressionSite(
                kind=ExpressionKind.RATING,
                text=text,
                raw=standard.raw,
                path=("ratings", position, "when"),
                names=(*RATING_WORDS, *items),
                standard=standard.id,
                programme=user.id if user is not None else None,
            )


def _uses(collection: Collection, programme: Document, standard: Document) -> bool:
    found = collection.standard(programme.content["standard"]) if programme.valid else None
    if found is None:
        return False
    for member in collection.lineage(found):
        if "ratings" in member.content:
            return member is standard
    return False


def _item_names(collection: Collection, programme: Document) -> list[str]:
    resolved = resolve_programme(collection, programme)
    checklists = resolved.checklists if resolved is not None else ()
    return sorted({fold_id(item["id"]) for checklist in checklists for item in checklist["items"]})


def _all_item_names(collection: Collection) -> list[str]:
    valid = (checklist for checklist in collection.checklists if checklist.valid)
    return sorted({fold_id(item_id(item)) for checklist in valid for item in checklist.content["items"]})


def _items(collection: Collection, checklist: Document) -> Iterator[ExpressionSite]:
    content = checklist.content
    datasets = _datasets(collection, content["standard"])
    shared: dict[str, Any] = {
        "raw": checklist.raw,
        "standard": content["standard"].partition("@")[0],
        "checklist": checklist.id,
    }
    if "where" in content:
        named = [content["dataset"]] if "dataset" in content else [item.get("dataset") for item in content["items"]]
        for name in sorted(datasets.keys() & set(named)):
            yield ExpressionSite(
                kind=ExpressionKind.WHERE, text=content["where"], path=("where",), dataset=datasets[name], **shared
            )
    sites = list(_site_names(collection, checklist))
    if "when" in content:
        yield from _conditions(content["when"], ("when",), None, sites, shared)
    for position, item in enumerate(content["items"]):
        dataset_id = item.get("dataset", content.get("dataset"))
        known = datasets.get(dataset_id) if isinstance(dataset_id, str) else None
        for kind in (ExpressionKind.MEASURE, ExpressionKind.WHERE):
            if kind.value in item and known is not None:
                yield ExpressionSite(
                    kind=kind,
                    text=item[kind.value],
                    path=("items", position, kind.value),
                    dataset=known,
                    item=item_id(item),
                    **shared,
                )
        if "when" in item:
            yield from _conditions(item["when"], ("items", position, "when"), item_id(item), sites, shared)


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


def _conditions(
    text: str,
    path: tuple[str | int, ...],
    item: str | None,
    sites: list[tuple[str | None, tuple[str, ...] | None]],
    shared: Mapping[str, Any],
) -> Iterator[ExpressionSite]:
    for programme, names in sites or [(None, None)]:
        yield ExpressionSite(
            kind=ExpressionKind.WHEN, text=text, path=path, item=item, names=names, programme=programme, **shared
        )


def _site_names(collection: Collection, checklist: Document) -> Iterator[tuple[str | None, tuple[str, ...] | None]]:
    """For every programme that uses a checklist, the words its sites have."""
    for programme in collection.programmes:
        standard = collection.standard(programme.content["standard"]) if programme.valid else None
        if standard is None or checklist.id not in programme.content["checklists"]:
            continue
        if collection.checklist(checklist.id, standard) is checklist:
            yield programme.id, _words_of(programme.content["sites"])


def _words_of(sites: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - a list or one of two mappings
    if isinstance(sites, list):
        named = {name for site in sites for name in site} - {"title"}
        return (*SITE_WORDS, *sorted(named - set(SITE_WORDS)))
    if "file" in sites:
        return None
    return (*SITE_WORDS, *(name for name in sites.get("attributes", []) if name not in SITE_WORDS))


def _sources(collection: Collection, programme: Document) -> Iterator[ExpressionSite]:
    resolved = resolve_programme(collection, programme)
    if resolved is None:
        return
    own = programme.content.get("sources", {})
    for name, source in resolved.programme["sources"].items():
        holder = programme if name in own or collection.project is None else collection.project
        declared = resolved.standard["datasets"].get(name)
        shared: dict[str, Any] = {
            "raw": holder.raw,
            "dataset": None if declared is None else build_dataset(name, declared),
            "standard": resolved.standard["id"],
            "programme": programme.id,
        }
        written = holder.content["sources"][name]
        if "query" in written and declared is not None:
            yield ExpressionSite(
                kind=ExpressionKind.QUERY,
                text=written["query"],
                path=("sources", name, "query"),
                source=source,
                datasets={other: build_dataset(other, each) for other, each in resolved.standard["datasets"].items()},
                **shared,
            )
        if "site" in written:
            yield ExpressionSite(
                kind=ExpressionKind.SITE, text=source["site"], path=("sources", name, "site"), **shared
            )
        for column, place in written.get("columns", {}).items():
            if isinstance(place, str):
                path = ("sources", name, "columns", column)
                yield ExpressionSite(kind=ExpressionKind.COLUMN, text=place, path=path, **shared)
