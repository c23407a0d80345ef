"""A programme's ``samples``: how many subjects or sites are drawn, and how."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqaudit.model.sample import Acceptance, DrawMethod, Precision, SamplePlan


def build_plan(content: Mapping[str, Any]) -> SamplePlan:
    """How a sample is drawn, from its data in a programme."""
    allocation = content.get("allocation")
    return SamplePlan(
        size=int(content["size"]) if "size" in content else None,
        total=_total(content["total"]) if "total" in content else None,
        strata=tuple(content.get("strata", ())),
        method=DrawMethod(content.get("method", "simple")),
        neyman=allocation["neyman"] if isinstance(allocation, Mapping) else None,
        acceptance=_acceptance(content["acceptance"]) if "acceptance" in content else None,
    )


def _total(content: float | Mapping[str, Any]) -> int | Precision:
    if not isinstance(content, Mapping):
        return int(content)
    return Precision(
        margin=_exact(content["precision"]),
        expected=_exact(content.get("expected", 0.5)),
        confidence=_exact(content.get("confidence", 0.95)),
    )


def _acceptance(content: Mapping[str, Any]) -> Acceptance:
    return Acceptance(aql=_exact(content["aql"]), level=content.get("level", "II"))


def _exact(number: float) -> Decimal:
    # The shortest text of a float is what the author wrote.
    return Decimal(str(number))
