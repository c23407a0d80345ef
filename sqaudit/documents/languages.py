"""Which languages the texts of documents are written in."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.documents.collection import Document


def text_languages(document: Document) -> Iterator[frozenset[str]]:
    """The languages of every text of a document that is written per language."""
    yield from _walk(document.content)


def _walk(part: object) -> Iterator[frozenset[str]]:
    if isinstance(part, list):
        for entry in part:
            yield from _walk(entry)
    if isinstance(part, dict):
        for key, entry in part.items():
            texts = entry if key == "remedies" and isinstance(entry, list) else [entry]
            if key in {"title", "remedies"}:
                yield from (frozenset(text) for text in texts if isinstance(text, dict))
            else:
                yield from _walk(entry)
