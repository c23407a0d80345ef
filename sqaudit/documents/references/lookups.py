"""Problems of names that are not found, told alike everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.formats import read_reference
from sqaudit.documents.suggesting import called_now, did_you_mean
from sqaudit.errors import Gravity, Message, Place, Problem, msg
from sqaudit.model.ports import StandIn
from sqaudit.model.standard import ColumnType

_MOMENTS = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP})


def missing_standard(collection: Collection, document: Document, key: str) -> Problem | None:
    """The problem of a reference that no standard fits; ``None`` where the standard's own problems are told."""
    return standard_missing(collection, document.content[key], document.raw.place((key,)))


def standard_missing(collection: Collection, reference: str, place: Place) -> Problem | None:
    """The same of a reference that stands at a place."""
    wanted, _ = read_reference(reference) or (reference, ())
    versions = sorted(other.content["version"] for other in collection.standards if other.id == wanted and other.valid)
    if versions:
        message = msg("no version of '{id}' fits '{reference}'", id=wanted, reference=reference)
        return Problem(place, "SQA202", message, msg("there is {versions}", versions=", ".join(versions)))
    if collection.is_broken(collection.standards, wanted):
        return None
    known = [other.id for other in collection.standards]
    return Problem(place, "SQA201", msg("no standard is called '{id}'", id=wanted), did_you_mean(wanted, known))


def find_standard(collection: Collection, document: Document) -> tuple[Document | None, Problem | None]:
    """The standard a document is written for, if all of it was found, and the problem of one that is not there.

    What is missing above a standard is told once, at that standard.
    """
    found = collection.standard(document.content["standard"])
    if found is None:
        return None, missing_standard(collection, document, "standard")
    return (found if collection.is_whole(found) else None), None


def unknown(place: Place, code: str, message: Message, name: str, known: Iterable[str]) -> Problem:
    """A name that is not known, with the nearest one."""
    return Problem(place, code, message, did_you_mean(name, known))


def absent(place: Place, found: object) -> Iterator[Problem]:
    """What to say of an object that its plugin should have brought; that is not the document's fault."""
    if isinstance(found, StandIn):
        yield Problem(place, found.absence.code, found.absence.message, found.absence.hint, Gravity.WARNING)


def unknown_criterion(
    place: Place, code: str, message: Message, name: str, criteria: Mapping[str, Mapping[str, Any]]
) -> Problem:
    """A criterion that is not there, with what it is called now, if it was renamed; else with the nearest one."""
    now = next((new for new, criterion in criteria.items() if name in criterion.get("was", ())), None)
    return Problem(place, code, message, did_you_mean(name, criteria) if now is None else called_now(name, now))


def unknown_dataset(place: Place, name: str, datasets: Iterable[str]) -> Problem:
    """A dataset that the standard does not declare."""
    return unknown(place, "SQA206", msg("no dataset is called '{name}'", name=name), name, datasets)


def unknown_column(place: Place, name: str, dataset: str, columns: Iterable[str]) -> Problem:
    """A column that its dataset does not declare."""
    message = msg("dataset '{dataset}' has no column '{name}'", dataset=dataset, name=name)
    return unknown(place, "SQA207", message, name, columns)


def time_problem(place: Place, name: str, dataset: str, columns: Mapping[str, Any]) -> Problem | None:
    """What is wrong with a column that shall place rows in time."""
    if name not in columns:
        return unknown_column(place, name, dataset, columns)
    column = columns[name]
    kind = column if isinstance(column, str) else column["type"]
    if kind in _MOMENTS:
        return None
    message = msg("column '{name}' holds {type}, it cannot place rows in time", name=name, type=kind)
    return Problem(place, "SQA224", message, msg("name a column of type timestamp or date"))
