"""Every expression that documents hold, with what it may read and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqaudit.documents.building import build_dataset
from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.expressions.checklists import find_in_checklist
from sqaudit.documents.expressions.names import all_item_names, item_names, words_of
from sqaudit.documents.expressions.site import ExpressionKind, ExpressionSite
from sqaudit.documents.resolving import resolve_programme
from sqaudit.documents.summaries import condition_start, read_summary
from sqaudit.model.standard import RATING_WORDS

__all__ = ["ExpressionKind", "ExpressionSite", "find_expressions"]


def find_expressions(collection: Collection) -> Iterator[ExpressionSite]:
    """Every expression of every valid document, in no order that matters."""
    for standard in collection.standards:
        if standard.valid:
            yield from _ratings(collection, standard)
    for checklist in collection.checklists:
        if checklist.valid:
            yield from find_in_checklist(collection, checklist)
    for programme in collection.programmes:
        if programme.valid:
            yield from _sources(collection, programme)
            yield from _site_summary(collection, programme)
            yield from _overlays(programme)


def _ratings(collection: Collection, standard: Document) -> Iterator[ExpressionSite]:
    conditions = {i: rating["when"] for i, rating in enumerate(standard.content.get("ratings", [])) if "when" in rating}
    if not conditions:
        return
    users = [programme for programme in collection.programmes if _uses(collection, programme, standard)]
    for user in users or (None,):
        items = item_names(collection, user) if user is not None else all_item_names(collection)
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


def _site_summary(collection: Collection, programme: Document) -> Iterator[ExpressionSite]:
    """The condition on sites: it reads what a rating's condition does."""
    text = programme.content.get("summary", "")
    condition = read_summary(text).condition if text else None
    if condition is not None:
        yield ExpressionSite(
            kind=ExpressionKind.SUMMARY,
            text=condition,
            raw=programme.raw,
            path=("summary",),
            names=(*RATING_WORDS, *item_names(collection, programme)),
            programme=programme.id,
            start=condition_start(text),
        )


def _overlays(programme: Document) -> Iterator[ExpressionSite]:
    """At which sites overlays hold."""
    for position, overlay in enumerate(programme.content.get("overlays", ())):
        yield ExpressionSite(
            kind=ExpressionKind.WHEN,
            text=overlay["when"],
            raw=programme.raw,
            path=("overlays", position, "when"),
            names=words_of(programme.content["sites"]),
            programme=programme.id,
        )


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
