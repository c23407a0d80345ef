"""The samples that a programme draws, against its checklists, the columns of their datasets and its sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.references.lookups import unknown, unknown_column
from sqaudit.documents.references.masked import STRATUM, is_masked, masked_problem
from sqaudit.documents.references.points import deducts
from sqaudit.documents.references.samples import NUMBERS
from sqaudit.documents.resolving import as_names, asks_of_subjects
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import Problem, msg
from sqaudit.model.programme import SITE_WORDS
from sqaudit.model.sample import TIME_STRATA

_INSTEAD = ("size", "total", "allocation")


def check_draws(document: Document, checklists: Sequence[Document], standard: Mapping[str, Any]) -> Iterator[Problem]:
    """Samples of checklists that are not used, that say two things at once, or name what is not there."""
    raw, known = document.raw, {checklist.id: checklist.content for checklist in checklists}
    for checklist in known.values():
        if asks_of_subjects(checklist):
            yield from _check_questions(document, checklist)
    yield from _of_recorded(document, known)
    for name, plan in document.content.get("samples", {}).items():
        if name not in document.content["checklists"]:
            message = msg("no checklist is called '{id}'", id=name)
            yield unknown(raw.key_place(("samples", name)), "SQA203", message, name, document.content["checklists"])
        if "acceptance" in plan:
            yield from _acceptance(document, name, plan, known.get(name, {}), standard)
        elif "size" in plan and "total" in plan:
            yield _both(document, name, "size", "total")
        elif "allocation" in plan and "total" not in plan:
            message = msg("'{key}' is only for a sample with '{other}'", key="allocation", other="total")
            place = raw.key_place(("samples", name, "allocation"))
            yield Problem(place, "SQA128", message, msg("keep only what is meant"))
        if name in known and "subject" in known[name]:
            yield from _columns(document, name, plan, known[name], standard["datasets"])
        elif name in known and isinstance(document.content["sites"], list):
            yield from _attributes(document, name, plan)


def _both(document: Document, name: str, key: str, other: str) -> Problem:
    message = msg("'{key}' and '{other}' cannot both be there", key=key, other=other)
    return Problem(document.raw.key_place(("samples", name, other)), "SQA128", message, msg("keep only what is meant"))


def _acceptance(
    document: Document, name: str, plan: Mapping[str, Any], checklist: Mapping[str, Any], standard: Mapping[str, Any]
) -> Iterator[Problem]:
    """A plan by attributes gives the numbers itself, for a lot as a whole, and decides the checklist's items."""
    place = document.raw.key_place(("samples", name, "acceptance"))
    for key in _INSTEAD:
        if key in plan:
            yield _both(document, name, "acceptance", key)
    if "strata" in plan:
        message = msg("'{key}' and '{other}' cannot both be there", key="acceptance", other="strata")
        hint = msg("the acceptance number holds for a sample of the whole lot: remove 'strata:'")
        yield Problem(document.raw.key_place(("samples", name, "strata")), "SQA128", message, hint)
    if "summary" in checklist:
        message = msg("checklist '{id}' has a 'summary', and its items are decided by acceptance numbers", id=name)
        yield Problem(place, "SQA128", message, msg("remove 'summary:' there, or 'acceptance:' here"))
    if "subject" in checklist and deducts(standard["scoring"]):
        message = msg("'{standard}' deducts points, and acceptance numbers give none", standard=standard["id"])
        yield Problem(place, "SQA255", message, msg("draw with 'size:' or 'total:'"))


def _of_recorded(document: Document, checklists: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Samples of checklists that records answer, about all that is in the register."""
    for name in document.content.get("samples", {}):
        if "answers" in checklists.get(name, {}):
            message = msg("records answer '{id}' about every subject, so that none is drawn", id=name)
            hint = msg("remove it from 'samples:', or 'answers:' from the checklist")
            yield Problem(document.raw.key_place(("samples", name)), "SQA128", message, hint)


def _check_questions(document: Document, checklist: Mapping[str, Any]) -> Iterator[Problem]:
    """People can be asked only about subjects that are drawn, and in groups that the draw knows."""
    name = checklist["id"]
    plan = document.content.get("samples", {}).get(name)
    if plan is None:
        place = document.raw.place(("checklists", document.content["checklists"].index(name)))
        message = msg("checklist '{id}' asks people about subjects, and nothing says which are drawn", id=name)
        yield Problem(
            place, "SQA261", message, msg("add it under 'samples:', such as {{{name}: {{size: 3}}}}", name=name)
        )
        return
    strata = plan.get("strata", [])
    wanted = [
        column for item in checklist["items"] if "answer" in item for column in item.get("by", checklist.get("by", ()))
    ]
    for column in dict.fromkeys(wanted):
        if column not in strata:
            message = msg("checklist '{id}' breaks answers down by '{name}', which is no stratum", id=name, name=column)
            hint = msg(
                "add '{name}' to 'strata:'; a column that follows from the others changes nothing else", name=column
            )
            if "acceptance" in plan:
                hint = msg("a lot has no strata: remove 'by:' there, or 'acceptance:' here")
            path = ("samples", name, "strata") if strata else ("samples", name)
            yield Problem(document.raw.key_place(path), "SQA262", message, hint)


def _columns(
    document: Document,
    name: str,
    plan: Mapping[str, Any],
    checklist: Mapping[str, Any],
    datasets: Mapping[str, Any],
) -> Iterator[Problem]:
    """Strata of subjects are columns of the dataset that has them."""
    subject = set(as_names(checklist["subject"]))
    used = [item.get("dataset", checklist.get("dataset")) for item in checklist["items"] if "derive" not in item]
    known = {one: datasets[one]["columns"] for one in used if one in datasets}
    held = {one: columns for one, columns in known.items() if columns.keys() >= subject}
    if not held:
        return  # told at the checklist
    strata = [stratum for stratum in plan.get("strata", ()) if stratum not in TIME_STRATA]
    measured = _neyman(plan)
    nearest = max(held, key=lambda one: len(held[one].keys() & {*strata, *measured}))
    for position, column in enumerate(plan.get("strata", ())):
        place = document.raw.place(("samples", name, "strata", position))
        if column in strata and column not in held[nearest]:
            yield unknown_column(place, column, nearest, held[nearest])
        elif column in strata and is_masked(held[nearest][column]):
            yield masked_problem(place, column, nearest, STRATUM)
    for column in measured:
        place = document.raw.place(("samples", name, "allocation", "neyman"))
        if column not in held[nearest]:
            yield unknown_column(place, column, nearest, held[nearest])
        elif (kind := _type(held[nearest][column])) not in NUMBERS:
            message = msg("column '{name}' holds {type}, no numbers that could vary", name=column, type=kind)
            yield Problem(place, "SQA231", message, msg("name a column of type number or integer"))


def _neyman(plan: Mapping[str, Any]) -> list[str]:
    """The column whose spread shares a total, if there is one."""
    allocation = plan.get("allocation")
    return [allocation["neyman"]] if isinstance(allocation, Mapping) else []


def _type(column: str | Mapping[str, Any]) -> str:
    return column if isinstance(column, str) else str(column["type"])


def _attributes(document: Document, name: str, plan: Mapping[str, Any]) -> Iterator[Problem]:
    """Strata of sites, and what varies among them, are what is known of them."""
    known = sorted({*SITE_WORDS, *(key for site in document.content["sites"] for key in site)} - {"id", "title"})
    named: list[tuple[str, tuple[str | int, ...]]] = [
        (stratum, ("strata", position)) for position, stratum in enumerate(plan.get("strata", ()))
    ]
    for stratum, path in [*named, *((attribute, ("allocation", "neyman")) for attribute in _neyman(plan))]:
        if stratum not in known:
            place = document.raw.place(("samples", name, *path))
            message = msg("no site has an attribute '{name}'", name=stratum)
            yield Problem(place, "SQA256", message, did_you_mean(stratum, known))
