"""A programme's ``trend``: how its cycles are read as a series."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from sqaudit.documents.project import build_text
from sqaudit.model.trend import DEFAULT_RULES, NELSON, SURE_BASELINE, WESTERN_ELECTRIC, Break, Reference, Rule, Trend

_SETS = {"nelson": NELSON, "western_electric": WESTERN_ELECTRIC}


def build_trend(content: Mapping[str, Any]) -> Trend:
    """How the cycles of a programme are read, from its data. Periods of one unit sort as they are written."""
    breaks = sorted(content.get("breaks", ()), key=itemgetter("period"))
    return Trend(
        rules=_rules(content["rules"]) if "rules" in content else DEFAULT_RULES,
        baseline=int(content.get("baseline", SURE_BASELINE)),
        references=tuple(
            Reference(
                title=build_text(one["title"]), value=float(one["value"]), source=one["source"], item=one.get("item")
            )
            for one in content.get("references", ())
        ),
        breaks=tuple(Break(period=one["period"], why=one["why"]) for one in breaks),
    )


def _rules(written: str | list[int | str]) -> tuple[Rule, ...]:
    if isinstance(written, str):
        return _SETS[written]
    chosen = {Rule.EWMA if one == "ewma" else Rule(f"nelson_{int(one)}") for one in written}
    return tuple(rule for rule in Rule if rule in chosen)
