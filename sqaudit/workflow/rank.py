"""The sites of a cycle side by side, without ranking apart what chance alone may have put in an order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.model.target import Direction
from sqaudit.scoring.uncertainty import CENSUS, NO_INTERVAL, NO_SUM, SMALL_BASE
from sqaudit.workflow.context import Context
from sqaudit.workflow.overlays import overlays_at
from sqaudit.workflow.ranking.placing import Outlying, Placed, RankedSite, place_sites
from sqaudit.workflow.ranking.reading import JudgedCycle, item_values, judged_cycle, score_values

_MOST_LISTED = 12


class Ranking(Struct, frozen=True, kw_only=True):
    """The sites of the newest revision of a cycle, by their score (``item`` is ``None``) or by an item.

    ``overlays`` are those by which the scores of some of the sites were made.
    """

    programme: str
    period: str
    revision: int
    item: str | None
    unit: str
    direction: Direction | None
    placed: Placed
    overlays: tuple[str, ...] = ()


def rank_sites(context: Context, programme: str, period: str | None = None, item: str | None = None) -> Ranking:
    """Rank the sites of a cycle (default: the newest) with the ranks that each may have.

    Two sites are told apart only if they differ by more than chance, all pairs tested together at 5 %. The interval of
    a score comes from those of its items, whose weights in the score and whose scorers carry it.

    Raises:
        InvalidInput: The cycle has not been collected, or has no such item.
        Incomplete: A plugin that brought a measure or scorer is not there.
    """
    with context.store() as store:
        judged = judged_cycle(context, store, programme, period)
    if item is None:
        values, unit = score_values(judged), "score"
        direction: Direction | None = Direction.HIGHER
    else:
        values, item, direction = item_values(judged, item)
        unit = judged.measurable.unit_and_formula(item)[0]
    return Ranking(
        programme=judged.cycle.programme,
        period=judged.cycle.period,
        revision=judged.cycle.revisions[-1].number,
        item=item,
        unit=unit,
        direction=direction,
        placed=place_sites(values, direction),
        overlays=_overlays(judged) if item is None else (),
    )


def _overlays(judged: JudgedCycle) -> tuple[str, ...]:
    """The overlays that hold at some of the sites and not at all of them."""
    programme, sites = judged.measurable.programme, judged.sites
    held = Counter(one.reference for site in sites for one in overlays_at(programme, site, sites))
    return tuple(sorted(name for name, count in held.items() if count < len(sites)))


def rank_notes(ranking: Ranking) -> Iterator[Message]:
    """What has to be known to read the table: who cannot be told apart, who stands out, who is not ranked and why."""
    placed = ranking.placed
    ranked = placed.ranked
    if ranked:
        yield from _alike(placed)
        yield from _outlying(ranked)
    elif placed.sites:
        yield msg("no site is ranked: that takes at least two that can be")
    if ranking.overlays:
        yield msg(
            "warning: not all sites are scored by the same criteria and targets; overlays: {names}",
            names=", ".join(ranking.overlays),
        )
    yield from _refused([one for one in placed.sites if one.reason is not None])
    if ranking.direction is None and ranked:
        yield msg("no target says which way is better: more stands above less")


def _alike(placed: Placed) -> Iterator[Message]:
    if placed.groups and len(placed.groups[0]) == len(placed.ranked):
        yield msg("none of the {count} sites can be told apart from another", count=len(placed.ranked))
        return
    for group in placed.groups:
        yield msg("cannot be told apart: {sites}", sites=_listed(group))
    if not placed.groups:
        yield msg("all {count} sites can be told apart", count=len(placed.ranked))


def _outlying(ranked: Sequence[RankedSite]) -> Iterator[Message]:
    good = [one.site for one in ranked if one.is_good]
    bad = [one.site for one in ranked if one.is_good is False]
    above, below = (
        [one.site for one in ranked if one.outlying is side and one.is_good is None]
        for side in (Outlying.ABOVE, Outlying.BELOW)
    )
    if good:
        yield msg("better than chance explains, good practice to look at: {sites}", sites=_listed(good))
    if bad:
        yield msg("worse than chance explains, causes to look for: {sites}", sites=_listed(bad))
    if above:
        yield msg("higher than chance explains: {sites}", sites=_listed(above))
    if below:
        yield msg("lower than chance explains: {sites}", sites=_listed(below))
    if not (good or bad or above or below) and any(one.funnel_low is not None for one in ranked):
        yield msg("no site lies outside the funnel: what differs may be chance")


def _listed(names: Sequence[str]) -> Message | str:
    """The first names; the others are in the table."""
    if len(names) <= _MOST_LISTED:
        return ", ".join(names)
    return msg("{names} and {count} more", names=", ".join(names[:_MOST_LISTED]), count=len(names) - _MOST_LISTED)


def _refused(sites: Sequence[RankedSite]) -> Iterator[Message]:
    by_reason: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for one in sites:
        by_reason[one.reason or "", one.items].append(one.site)
    for (reason, items), names in by_reason.items():
        why = _WHY.get(reason)
        listed = _listed(names)
        if why is None:
            yield msg("not ranked, because there is no value: {sites}", sites=listed)
        elif items:
            yield msg("not ranked, because {why} ({items}): {sites}", why=why, items=_listed(items), sites=listed)
        else:
            yield msg("not ranked, because {why}: {sites}", why=why, sites=listed)


_WHY = {
    SMALL_BASE: msg("fewer than 30 cases decide"),
    CENSUS: msg("all there are were counted, and no sample says how sure that is"),
    NO_INTERVAL: msg("nothing says how sure a value is"),
    NO_SUM: msg("its score is no weighted sum: the worst item, points off or a critical item may decide"),
}
