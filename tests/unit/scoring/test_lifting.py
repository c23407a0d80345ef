"""How audits become regions and a programme."""

from decimal import Decimal

import pytest

from sqaudit.model.checklist import SummaryKind
from sqaudit.model.programme import Site
from sqaudit.model.score import Level, Score
from sqaudit.model.texts import plain
from sqaudit.scoring.lifting import Lift, score_programme, score_regions

SCORES = {"s1": Decimal(92), "s2": Decimal(80), "s3": None}
SITES = [
    Site(id=name, title=plain(name), region="north" if name != "s2" else "south", weight=Decimal(1)) for name in SCORES
]
AUDITS = {
    name: Score(
        level=Level.AUDIT,
        id=name,
        site=name,
        score=score,
        raw_score=score,
        coverage=Decimal(score is not None),
        weight=Decimal(1),
        items=1,
    )
    for name, score in SCORES.items()
}


@pytest.mark.parametrize(
    ("lift", "score"),
    [
        (Lift(), 86),
        (Lift(kind=SummaryKind.WORST), 80),
        (Lift(kind=SummaryKind.VOLUME, volumes={"s1": 400, "s2": 100, "s3": 0}), Decimal("89.6")),
        (Lift(kind=SummaryKind.VOLUME, volumes={}), None),
        (Lift(kind=SummaryKind.SHARE, holds={"s1": True, "s2": False}), 50),
        (Lift(kind=SummaryKind.SHARE, holds={}), None),
        (Lift(kind=SummaryKind.SHARE, holds={"s1": True}, failure="why"), None),
    ],
)
def test_a_programme_is_made_of_its_audits(lift, score):
    """VECTORS AGG-02: equal weights 86.0, by volume 89.6; a site without score counts in neither."""
    whole = score_programme("p", SITES, AUDITS, lift)
    assert whole.score == score
    assert whole.raw_score == score
    assert (whole.reason is None) == (score is not None)
    assert whole.items == 3
    if lift.failure:
        assert whole.reason == "why"


def test_a_region_is_made_of_its_own_sites():
    north, south = score_regions(SITES, AUDITS, Lift(kind=SummaryKind.WORST))
    assert (north.id, north.score, south.id, south.score) == ("north", 92, "south", 80)
