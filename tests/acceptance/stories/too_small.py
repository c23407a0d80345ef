"""CASE-INCON: the twin of the property company's case, with the same action and a survey too small to tell.

28.8 % of content owners become 35.2 %, which chance alone would do in one of five such surveys. The company is modest
and asks for a third only: what keeps the case open is the doubt, and neither a missed target nor a new finding.
"""

from __future__ import annotations

from .property_cleaning import COMMUNITIES, PERIODS, survey
from .story import EVERYWHERE, Found, Shown, Story

SITES = tuple(COMMUNITIES)[:4]
ANSWERS = {"2025-Q4": (41, 41, 41, 40), "2026-Q1": (40, 41, 40, 41), "2026-Q2": (40, 41, 40, 41)}
CONTENT = {"2025-Q4": (12, 12, 12, 11), "2026-Q1": (12, 13, 13, 12), "2026-Q2": (14, 14, 15, 14)}


def too_small() -> Story:
    """Four communities in three quarters, with some forty answers each."""
    return Story(
        name="too-small",
        files=survey("few answers", SITES, ANSWERS, CONTENT, ">= 0.33"),
        programme="homes",
        periods=PERIODS,
        found=(Found(criterion="cleaning", severity="major", sites=SITES, items=("cleaning",)),),
        shown={"cleaning": Shown(before=0.288, after=0.352, digits=3, verdict="no_change", p="0.22")},
        effect={
            "criterion": "cleaning",
            "site": EVERYWHERE,
            "indicator": "cleaning",
            "baseline": "2025-Q4",
            "target": ">= 0.33",
            "improve": 0.05,
            "guards": ("security", "repairs", "greenery"),
            "implemented_on": "2026-03-31",
            "verdict": "inconclusive",
        },
    )
