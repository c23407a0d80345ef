"""Names that may be used once only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqaudit.documents.collection import Collection, Document
from sqaudit.errors import Place, Problem, msg
from sqaudit.model.ids import fold_id


def repeated(names: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    """A problem for every name that came before, also with ``-`` read as ``_`` as expressions do."""
    seen: dict[str, tuple[str, Place]] = {}
    for name, place in names:
        folded = fold_id(name)
        if folded not in seen:
            seen[folded] = (name, place)
            continue
        first, first_place = seen[folded]
        message = msg("'{id}' is used twice, first at {place}", id=name, place=first_place)
        if first != name:
            message = msg(
                "'{id}' and '{first}' at {place} are one name in expressions", id=name, first=first, place=first_place
            )
        yield Problem(place, "SQA208", message, msg("give one of them another id"))


def check_twice(collection: Collection) -> Iterator[Problem]:
    """Documents of the same kind, id and version, unless a pack and the project hold the same."""
    yield from _same(collection.standards, "version")
    yield from _same(collection.checklists, "standard")
    yield from _same(collection.programmes, "id")


def _same(documents: Sequence[Document], distinct_by: str) -> Iterator[Problem]:
    seen: dict[tuple[str, object], Document] = {}
    for document in documents:
        name = (document.id, document.content.get(distinct_by) if document.valid else id(document))
        first = seen.setdefault(name, document)
        if first is document or first.content == document.content:
            continue
        yield Problem(
            document.raw.place(("id",)),
            "SQA209",
            msg("{kind} '{id}' is already in {file}", kind=document.kind, id=document.id, file=first.raw.file),
            msg("remove one of them, or give it another id or version"),
        )
