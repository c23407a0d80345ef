"""Ranked sites as flat rows: the fields of the JSON that the command prints."""

from __future__ import annotations

from sqaudit.errors import Message, msg
from sqaudit.workflow.rank import Ranking
from sqaudit.workflow.ranking.placing import RankedSite
from sqaudit.workflow.rows import Row


def rank_rows(ranking: Ranking) -> list[Row]:
    """One row for each site, the best first; what is absent is ``None``, never 0."""
    ranked = len(ranking.placed.ranked)
    alike = {
        one.site: sorted({site for group in ranking.placed.groups if one.site in group for site in group} - {one.site})
        for one in ranking.placed.sites
    }
    return [
        {
            "programme": ranking.programme,
            "period": ranking.period,
            "revision": ranking.revision,
            "item": ranking.item,
            "site": one.site,
            "value": one.value,
            "unit": ranking.unit,
            "n": one.n,
            "low": one.low,
            "high": one.high,
            "rank": _in_words(one, ranked),
            "best_rank": one.best,
            "worst_rank": one.worst,
            "ranked": ranked,
            "overall": ranking.placed.overall,
            "funnel_low": one.funnel_low,
            "funnel_high": one.funnel_high,
            "funnel": one.outlying.value if one.outlying is not None else None,
            "good": one.is_good,
            "alike": alike[one.site],
            "direction": ranking.direction.value if ranking.direction is not None else None,
            "reason": one.reason,
        }
        for one in ranking.placed.sites
    ]


def _in_words(one: RankedSite, ranked: int) -> Message | None:
    if one.best is None or one.worst is None:
        return None
    if one.best == one.worst:
        return msg("{rank} of {sites}", rank=one.best, sites=ranked)
    return msg("{best} to {worst} of {sites}", best=one.best, worst=one.worst, sites=ranked)
