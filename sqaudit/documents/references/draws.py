"""The samples that a programme draws, against its checklists, the columns of their datasets and its sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.references.lookups import unknown, unknown_column
from sqaudit.documents.resolving import as_names, asks_of_subjects
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import Problem, msg
from sqaudit.model.programme import SITE_WORDS
from sqaudit.model.sample import TIME_STRATA


def check_draws(document: Document, checklists: Sequence[Document], datasets: Mapping[str, Any]) -> Iterator[Problem]:
    """Samples of checklists that are not used, of two sizes, by strata that are not there, or that are missing."""
    raw, known = document.raw, {checklist.id: checklist.content for checklist in checklists}
    for checklist in known.values():
        if asks_of_subjects(checklist):
            yield from _check_questions(document, checklist)
    for name, plan in document.content.get("samples", {}).items():
        if name not in document.content["checklists"]:
            message = msg("no checklist is called '{id}'", id=name)
            yield unknown(raw.key_place(("samples", name)), "SQA203", message, name, document.content["checklists"])
        if "size" in plan and "total" in plan:
            message = msg("'{key}' and '{other}' cannot both be there", key="size", other="total")
            yield Problem(raw.key_place(("samples", name, "total")), "SQA128", message, msg("keep only what is meant"))
        if name in known and "subject" in known[name]:
            yield from _columns(document, name, plan, known[name], datasets)
        elif name in known and isinstance(document.content["sites"], list):
            yield from _attributes(document, name, plan)


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
    nearest = max(held, key=lambda one: len(held[one].keys() & set(strata)))
    for position, column in enumerate(plan.get("strata", ())):
        if column in strata and column not in held[nearest]:
            place = document.raw.place(("samples", name, "strata", position))
            yield unknown_column(place, column, nearest, held[nearest])


def _attributes(document: Document, name: str, plan: Mapping[str, Any]) -> Iterator[Problem]:
    """Strata of sites are what is known of them."""
    known = sorted({*SITE_WORDS, *(key for site in document.content["sites"] for key in site)} - {"id", "title"})
    for position, stratum in enumerate(plan.get("strata", ())):
        if stratum not in known:
            place = document.raw.place(("samples", name, "strata", position))
            message = msg("no site has an attribute '{name}'", name=stratum)
            yield Problem(place, "SQA256", message, did_you_mean(stratum, known))
