"""What overlays come to at the sites of a programme: those that contradict each other, and those that hold nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqaudit.documents.building import build_programme
from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.library import Library
from sqaudit.documents.overlays import name_of, overlay_documents, place_of
from sqaudit.errors import Gravity, InvalidDocuments, Place, Problem, SqauditError, msg
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.model.overlay import WHOLE, Contradiction, join
from sqaudit.model.programme import Programme, Site
from sqaudit.workflow.overlays import holding
from sqaudit.workflow.sites import known_sites

_MOST_LISTED = 5


def overlay_problems(library: Library, programme_id: str) -> Iterator[Problem]:
    """The problems of a programme's overlays, as far as its sites are known before any record is read."""
    try:
        programme = build_programme(library.resolved(programme_id))
        sites = known_sites(programme, library.project.folder) if programme.overlays else None
        if sites is not None:
            yield from problems_at(library, programme, sites)
    except (SqauditError, ExpressionProblem):
        return  # told where it belongs


def refuse_contradictions(library: Library, programme: Programme, sites: Sequence[Site]) -> None:
    """See that the overlays of a programme agree at all of these sites.

    Raises:
        InvalidDocuments: At some site they do not.
    """
    if programme.overlays:
        problems = [one for one in problems_at(library, programme, sites) if one.gravity is Gravity.ERROR]
        if problems:
            raise InvalidDocuments(problems)


def problems_at(library: Library, programme: Programme, sites: Sequence[Site]) -> Iterator[Problem]:
    """What is wrong with a programme's overlays at these sites, told once for all sites where it is."""
    document = next(one for one in library.collection.programmes if one.id == programme.id)
    held = {site.id: holding(programme, site, sites) for site in sites}
    for position, overlay in enumerate(programme.overlays):
        place = document.raw.place(("overlays", position, "when"))
        if not any(one[position] for one in held.values()):
            message = msg("the overlay '{id}' holds at no site", id=overlay.reference)
            yield Problem(place, "SQA266", message, msg("correct its 'when', or remove it"), Gravity.WARNING)
        unknown = sorted(site for site, one in held.items() if one[position] is None)
        if unknown:
            message = msg(
                "whether the overlay '{id}' holds is not known, sites: {sites}",
                id=overlay.reference,
                sites=", ".join(unknown[:_MOST_LISTED]) + (", …" if len(unknown) > _MOST_LISTED else ""),
            )
            hint = msg("give these sites what 'when' reads; until then what it changes is not judged there")
            yield Problem(place, "SQA267", message, hint, Gravity.WARNING)
    yield from _contradictions(library.collection, document, programme, held)


def _contradictions(
    collection: Collection, document: Document, programme: Programme, held: dict[str, tuple[bool | None, ...]]
) -> Iterator[Problem]:
    standard = collection.standard(document.content["standard"])
    found = [] if standard is None else overlay_documents(collection, document, standard)
    layers = {name_of(layer): layer for overlay in found for layer in overlay.layers}
    sites: dict[Contradiction, list[str]] = {}
    for site, holds in sorted(held.items()):
        here = [overlay for overlay, own in zip(programme.overlays, holds, strict=True) if own]
        for one in join(here).contradictions:
            sites.setdefault(one, []).append(site)
    for one, where in sites.items():
        first, second = (place_of(layers[name], one.criterion, one.key) for name in (one.first, one.second))
        yield _told(one, first, second, where)


def _told(one: Contradiction, first: Place, second: Place, sites: Sequence[str]) -> Problem:
    values = {"first": one.first, "second": one.second, "criterion": one.criterion, "place": first}
    values |= {"site": sites[0], "count": len(sites)}
    if one.key == WHOLE:
        message = msg(
            "the overlays '{first}' ({place}) and '{second}' differ about whether '{criterion}' is there;"
            " both hold at '{site}', sites in all: {count}",
            **values,
        )
    else:
        message = msg(
            "the overlays '{first}' ({place}) and '{second}' give '{criterion}' a different '{key}';"
            " both hold at '{site}', sites in all: {count}",
            **values,
            key=one.key,
        )
    hint = msg("let one of them extend the other, which makes it the one that counts, or narrow a 'when'")
    return Problem(second, "SQA265", message, hint)
