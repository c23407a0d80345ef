"""Sources of a programme, its own and the project's, against the datasets and collectors there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.references.engines import check_engine
from sqaudit.documents.references.lookups import absent, time_problem, unknown, unknown_column, unknown_dataset
from sqaudit.documents.references.masked import check_masked_source
from sqaudit.documents.references.samples import check_latest
from sqaudit.documents.resolving import ResolvedProgramme, read_choice, read_with, used_datasets
from sqaudit.documents.validation import validate_part
from sqaudit.errors import Problem, msg
from sqaudit.expressions.queries import tables_named
from sqaudit.model.ports import Collector, RecordEngine

FILE_COLLECTOR = "file"
# What only makes sense for records that are fetched.
_NOT_WITH_QUERY = ("path", "collector", "params", "read")


def check_sources(
    collection: Collection,
    document: Document,
    resolved: ResolvedProgramme,
    collectors: Mapping[str, Collector],
    engines: Mapping[str, RecordEngine],
) -> Iterator[Problem]:
    """Everything wrong with the sources that a programme would read."""
    datasets = resolved.standard["datasets"]
    own = document.content.get("sources", {})
    for name in own:
        if name not in datasets:
            yield unknown_dataset(document.raw.key_place(("sources", name)), name, datasets)
    sources = resolved.programme["sources"]
    measured = used_datasets(resolved.checklists, resolved.programme) & datasets.keys()
    used = read_with(measured, sources, datasets) & datasets.keys()
    # The sources of a broken project file are not known: nothing is said of what they may hold.
    for name in sorted(used - sources.keys()) if not collection.has_broken_project else ():
        message = msg("dataset '{name}' is used, but no source says where its records are", name=name)
        place = document.raw.key_place(("sources",))
        yield Problem(place, "SQA222", message, msg("add it to 'sources' here or in sqaudit.yaml"))
    for name in sorted(sources.keys() & datasets.keys()):
        holder = document if name in own or collection.project is None else collection.project
        yield from _check_source(holder, name, sources[name], datasets[name]["columns"])
        yield from check_masked_source(holder, name, sources[name], datasets[name]["columns"], resolved.checklists)
        yield from check_latest(holder, resolved.checklists, name, sources[name], datasets)
        if "engine" in sources[name]:
            yield from check_engine(holder, name, sources[name], engines)
        elif "query" in sources[name]:
            yield from _check_query(holder, name, sources, datasets)
        else:
            yield from _check_collector(holder, name, sources[name], collectors)
        if name in measured and "site" not in sources[name] and _has_several(resolved.programme["sites"]):
            message = msg("the source of '{name}' does not say which site a row belongs to", name=name)
            place = holder.raw.key_place(("sources", name))
            yield Problem(place, "SQA223", message, msg("add 'site:' with the column that holds the site's id"))


def _has_several(sites: object) -> bool:
    return not isinstance(sites, list) or len(sites) > 1


def _check_source(
    holder: Document, dataset: str, source: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Problem]:
    path = ("sources", dataset)
    for name in source.get("columns", {}):
        if name not in columns:
            yield unknown_column(holder.raw.key_place((*path, "columns", name)), name, dataset, columns)
    if "table" in source and "engine" not in source:
        yield _only_with(holder, dataset, "table", "engine")
    if "time" in source:
        problem = time_problem(holder.raw.place((*path, "time")), source["time"], dataset, columns)
        if problem is not None:
            yield problem


def _check_query(
    holder: Document, dataset: str, sources: Mapping[str, Any], datasets: Mapping[str, Any]
) -> Iterator[Problem]:
    source = sources[dataset]
    for key in _NOT_WITH_QUERY:
        if key in source:
            message = msg("'{key}' and '{other}' cannot both be there", key="query", other=key)
            yield Problem(holder.raw.key_place(("sources", dataset, key)), "SQA128", message, msg("keep one of them"))
    for name in sorted(set(tables_named(source["query"], datasets)) & sources.keys()):
        if "engine" in sources[name]:
            engine, _ = read_choice(sources[name]["engine"])
            message = msg(
                "a query cannot read '{dataset}', whose records lie in '{engine}'", dataset=name, engine=engine
            )
            hint = msg("measure on '{dataset}' itself, or let a view there do what the query does", dataset=name)
            yield Problem(holder.raw.place(("sources", dataset, "query")), "SQA109", message, hint)
    if dataset in _read_by(dataset, sources, datasets):
        read = _read_by(dataset, sources, datasets) & sources.keys()
        others = [name for name in sorted(read) if dataset in _read_by(name, sources, datasets)]
        message = msg("the query of '{name}' reads its own result", name=dataset)
        if others != [dataset]:
            message = msg("the queries of {names} read each other's results", names=", ".join(others))
        hint = msg("let one of them read other datasets")
        yield Problem(holder.raw.place(("sources", dataset, "query")), "SQA227", message, hint)


def _read_by(dataset: str, sources: Mapping[str, Any], datasets: Mapping[str, Any]) -> set[str]:
    """Everything that a dataset's query reads, also through other queries."""
    return read_with(set(tables_named(sources[dataset].get("query", ""), datasets)), sources, datasets)


def _check_collector(
    holder: Document, dataset: str, source: Mapping[str, Any], collectors: Mapping[str, Collector]
) -> Iterator[Problem]:
    path = ("sources", dataset)
    name = source.get("collector", FILE_COLLECTOR)
    if name not in collectors:
        message = msg("no collector is called '{name}'", name=name)
        yield unknown(holder.raw.place((*path, "collector")), "SQA215", message, name, collectors)
        return
    yield from absent(
        holder.raw.place((*path, "collector")) if "collector" in source else holder.raw.key_place(path),
        collectors[name],
    )
    parameters = source.get("params", {})
    yield from validate_part(holder.raw, collectors[name].parameters_schema, (*path, "params"), parameters)
    if "reach" in source:
        yield _only_with(holder, dataset, "reach", "query")
    if name == FILE_COLLECTOR and "path" not in source and "table" not in source:
        message = msg("'{one}' or '{other}' is missing in {owner}", one="path", other="query", owner=dataset)
        yield Problem(holder.raw.key_place(path), "SQA102", message, msg("add '{key}:'", key="path"))


def _only_with(holder: Document, dataset: str, key: str, other: str) -> Problem:
    message = msg("'{key}' is only for a source with '{other}'", key=key, other=other)
    return Problem(holder.raw.key_place(("sources", dataset, key)), "SQA128", message, msg("keep only what is meant"))
