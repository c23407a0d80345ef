"""What comparing evidence with a criterion showed."""

from __future__ import annotations

from dataclasses import dataclass

from sqaudit.model.standard import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A criterion that was not met at a site, and the items that failed it."""

    id: str
    site: str
    criterion: str
    items: tuple[str, ...]
    severity: Severity
