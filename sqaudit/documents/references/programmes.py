"""A programme against its standard, checklists and sites; sources are looked at in ``sources``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Collection, Document, fits
from sqaudit.documents.overlays import checklist_of, overlay_documents
from sqaudit.documents.references.derived import check_circles
from sqaudit.documents.references.draws import check_draws
from sqaudit.documents.references.lookups import find_standard, unknown, unknown_column, unknown_dataset
from sqaudit.documents.references.masked import SITE, is_masked, masked_problem
from sqaudit.documents.references.old_ids import check_ids_across
from sqaudit.documents.references.overlays import added_criteria, check_overlays
from sqaudit.documents.references.schedules import check_schedule
from sqaudit.documents.references.sources import check_sources
from sqaudit.documents.references.teams import check_team
from sqaudit.documents.references.trends import check_references, check_trend
from sqaudit.documents.resolving import item_id, resolve_programme, resolve_standard
from sqaudit.documents.summaries import condition_start
from sqaudit.errors import Gravity, Place, Problem, msg
from sqaudit.model.ids import fold_id
from sqaudit.model.ports import Collector, RecordEngine
from sqaudit.model.programme import SITE_WORDS
from sqaudit.model.standard import RATING_WORDS

# What a rating's condition knows beside the items.


def check_programme(
    collection: Collection,
    document: Document,
    collectors: Mapping[str, Collector],
    engines: Mapping[str, RecordEngine],
) -> Iterator[Problem]:
    """Everything a valid programme names that is not there or does not fit."""
    raw, content = document.raw, document.content
    sites = content["sites"]
    if isinstance(sites, list):
        yield from _same_sites(document, sites)
    yield from check_team(collection, document)
    project = collection.project.content if collection.project is not None and collection.project.valid else {}
    yield from check_schedule(document, content.get("timezone", project.get("timezone", "UTC")))
    yield from check_trend(document)
    standard_document, problem = find_standard(collection, document)
    if problem is not None:
        yield problem
    if standard_document is None:
        return
    standard = resolve_standard(collection, standard_document)
    yield from check_overlays(collection, document, standard_document, standard)
    found: list[Document] = []
    for position, checklist_id in enumerate(content["checklists"]):
        owned = checklist_of(collection, document, standard_document, checklist_id)
        if owned is not None:
            found.append(owned[0])
        elif not collection.is_broken(collection.checklists, checklist_id):
            yield _missing_checklist(
                collection, document, raw.place(("checklists", position)), checklist_id, standard_document
            )
    added = added_criteria(collection, document, standard_document)
    yield from _check_items(document, found, standard, [criterion["id"] for criterion in standard["criteria"]] + added)
    yield from check_references(document, found)
    yield from check_ids_across(document, found)
    yield from check_circles(found)
    yield from check_draws(document, found, standard)
    if isinstance(sites, list):
        yield from _check_populations(document, found, sites)
    if isinstance(sites, dict) and "dataset" in sites:
        yield from _check_site_dataset(document, sites, standard["datasets"])
    resolved = resolve_programme(collection, document)
    if resolved is not None:
        yield from check_sources(collection, document, resolved, collectors, engines)


def check_project(collection: Collection) -> Iterator[Problem]:
    """Sources of the project file for datasets that no standard declares."""
    project = collection.project
    if project is None or not project.valid or not all(standard.valid for standard in collection.standards):
        return
    known = {name for standard in collection.standards for name in standard.content.get("datasets", {})}
    for name in project.content.get("sources", {}):
        if name not in known:
            yield unknown_dataset(project.raw.key_place(("sources", name)), name, known)


def _same_sites(document: Document, sites: list[dict[str, Any]]) -> Iterator[Problem]:
    seen: dict[str, Place] = {}
    for position, site in enumerate(sites):
        place = document.raw.place(("sites", position, "id"))
        if seen.setdefault(site["id"], place) is not place:
            message = msg("'{id}' is used twice, first at {place}", id=site["id"], place=seen[site["id"]])
            yield Problem(place, "SQA208", message, msg("give one of them another id"))


def _missing_checklist(
    collection: Collection, programme: Document, place: Place, checklist_id: str, standard: Document
) -> Problem:
    others = [checklist for checklist in collection.checklists if checklist.id == checklist_id]
    if others:
        return Problem(
            place,
            "SQA226",
            msg(
                "checklist '{id}' is for '{other}', not for '{standard}@{version}'",
                id=checklist_id,
                other=others[0].content["standard"],
                standard=standard.id,
                version=standard.content["version"],
            ),
            msg("name a checklist of this standard"),
        )
    overlays = overlay_documents(collection, programme, standard)
    line = [*collection.lineage(standard), *(layer for overlay in overlays for layer in overlay.layers)]
    known = [
        checklist.id
        for checklist in collection.checklists
        if checklist.valid and any(fits(checklist.content["standard"], member) for member in line)
    ]
    message = msg("no checklist is called '{id}'", id=checklist_id)
    return unknown(place, "SQA203", message, checklist_id, known)


def _check_items(
    document: Document, checklists: list[Document], standard: Mapping[str, Any], criteria: list[str]
) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    observed: set[str] = set()
    summaries = [summary for one in (document, *checklists) if (summary := one.content.get("summary"))]
    has_conditions = any("when" in rating for rating in standard["ratings"])
    reserved = RATING_WORDS if has_conditions or any(map(condition_start, summaries)) else ()
    for checklist in checklists:
        place = document.raw.place(("checklists", document.content["checklists"].index(checklist.id)))
        for item in checklist.content["items"]:
            observed.add(item.get("criterion", ""))
            name = item_id(item)
            owner = owners.setdefault(fold_id(name), checklist.id)
            if owner != checklist.id:
                message = msg("item '{id}' is in both '{one}' and '{other}'", id=name, one=owner, other=checklist.id)
                yield Problem(place, "SQA208", message, msg("give one of them another id"))
            if fold_id(name) in reserved:
                message = msg(
                    "item '{id}' of '{checklist}' has the name of a word of conditions",
                    id=name,
                    checklist=checklist.id,
                )
                yield Problem(place, "SQA208", message, msg("give it another id"))
    if len(checklists) == len(document.content["checklists"]):
        missing = [criterion for criterion in criteria if criterion not in observed]
        if missing:
            message = msg(
                "criteria that no item of these checklists observes, which lowers the coverage: {ids}",
                ids=", ".join(missing),
            )
            hint = msg("add items, or remove the criteria under 'overrides'")
            yield Problem(document.raw.key_place(("checklists",)), "SQA220", message, hint, Gravity.WARNING)


def _check_populations(
    document: Document, checklists: list[Document], sites: list[dict[str, Any]]
) -> Iterator[Problem]:
    """Attributes of listed sites that tell a population, and do not hold one."""
    parts = [part for checklist in checklists for part in (checklist.content, *checklist.content["items"])]
    named = {part.get("sample", {}).get("population") for part in parts}
    for position, site in enumerate(sites):
        for name in sorted(named & site.keys() - set(SITE_WORDS)):
            value = site[name]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if value is not None and not (is_number and value >= 1 and value == int(value)):
                message = msg("'{name}' of site '{site}' is no population", name=name, site=site["id"])
                hint = msg("write a whole number of at least 1, or leave it out")
                yield Problem(document.raw.place(("sites", position, name)), "SQA106", message, hint)


def _check_site_dataset(document: Document, sites: Mapping[str, Any], datasets: Mapping[str, Any]) -> Iterator[Problem]:
    dataset = sites["dataset"]
    if dataset not in datasets:
        yield unknown_dataset(document.raw.place(("sites", "dataset")), dataset, datasets)
        return
    columns = datasets[dataset]["columns"]
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("sites", key), sites[key]) for key in ("id", "title", "region") if key in sites
    ]
    named += [(("sites", "attributes", i), name) for i, name in enumerate(sites.get("attributes", []))]
    for path, name in named:
        if name not in columns:
            yield unknown_column(document.raw.place(path), name, dataset, columns)
        elif is_masked(columns[name]):
            yield masked_problem(document.raw.place(path), name, dataset, SITE)
