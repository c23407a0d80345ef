"""What comparing evidence with a criterion showed."""

from __future__ import annotations

from msgspec import Struct

from sqaudit.model.standard import Severity


class Finding(Struct, frozen=True, kw_only=True):
    """A criterion that was not met at a site, and the items that failed it."""

    id: str
    site: str
    criterion: str
    items: tuple[str, ...]
    severity: Severity
