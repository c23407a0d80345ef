"""What was taken out of a store because it tells who somebody is, and what could not be."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

# What the inputs of a revision call the lead whose name is gone from the answers, and not from the documents.
LEAD = "lead"


class NamingDocument(Struct, frozen=True, kw_only=True):
    """A stored document that names a person. It is kept by the hash of its content, and so stays as it is."""

    kind: str
    id: str
    version: str


class Erasure(Struct, frozen=True, kw_only=True):
    """What an erasing came to.

    ``events`` are the numbers of the events whose payload was blanked, ``rows`` how many rows of which table were
    changed. ``documents`` and ``left`` (rows by ``table.column``) still hold the name. ``is_wiped`` tells whether
    nothing of it is left over in freed parts of the file either; ``None`` where that is the server's affair.
    """

    events: tuple[int, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[NamingDocument, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)
    is_wiped: bool | None = True

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to erase."""
        return not self.events and not self.rows
