"""Failures against the findings there are: counted on an open one, a repeat of a treated one, or a new one.

A failure that is seen while its finding is open is counted on it. One that returns after its action was carried out is
a repeat: linked, one step more severe. The same failure at many sites is systemic: one finding stands for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.model.finding import Finding, Known, Sighting, finding_id
from sqaudit.model.follow_up import FollowUp, Match
from sqaudit.model.standard import Severity

_FEWEST_SYSTEMIC = 2


class SeenIn(Struct, frozen=True, kw_only=True):
    """The cycle that failures were seen in: when it begins, how many ``sites`` it has, and when it was judged.

    What was carried out on its ``first_day`` (of the programme's zone) or before lies before all of it.
    ``former`` holds the earlier ids of criteria and items, by the id that they have in this cycle.
    """

    programme: str
    period: str
    start: datetime
    first_day: date
    sites: int
    judged_at: datetime
    is_pilot: bool = False
    former: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Followed(Struct, frozen=True, kw_only=True):
    """What came of a cycle's failures.

    ``sightings`` name their findings, those that are systemic last. ``raised`` are new findings, ``linked`` known ones
    that belong to a systemic one now. ``seen`` are all findings that were seen, as they are from now on;
    ``returned`` the actions by which a failure was thought to be cured.
    """

    sightings: tuple[Sighting, ...]
    raised: tuple[Finding, ...]
    linked: tuple[Finding, ...]
    seen: tuple[Finding, ...]
    returned: tuple[str, ...]

    @property
    def unattended(self) -> tuple[Finding, ...]:
        """The findings seen that ask for an action and have none."""
        return tuple(one for one in self.seen if one.action is None and one.asks_for_action)


def follow_sightings(
    sightings: Sequence[Sighting], known: Iterable[Known], seen: SeenIn, rules: FollowUp | None
) -> Followed:
    """Count failures on findings, and raise those that are new. Pure: the same in any order.

    Args:
        sightings: The failures of one cycle, at most one per site and criterion.
        known: Every finding of the programme that is not a trial's.
        seen: The cycle.
        rules: How the programme follows up; ``None``: it does not, so that nothing is systemic or ever cured.
    """
    by_key: defaultdict[tuple[str | None, str], list[Known]] = defaultdict(list)
    for one in sorted(known, key=lambda one: (one.finding.raised_at, one.finding.id)):
        by_key[one.finding.site, one.finding.criterion].append(one)
    ordered = sorted(sightings, key=lambda one: (one.criterion, one.site or ""))
    places = [_place(one, by_key, seen, rules) for one in ordered]
    systemic = [] if rules is None or seen.is_pilot else _find_systemic(places, by_key, seen, rules)
    stands_for = {one.finding.criterion: one.finding.id for one in systemic}
    members = [_linked(one, stands_for) for one in places]
    placed = [*members, *systemic]
    return Followed(
        sightings=tuple(replace(one.sighting, finding=one.finding.id) for one in placed),
        raised=tuple(one.finding for one in placed if one.is_new),
        linked=tuple(
            now.finding
            for now, then in zip(members, places, strict=True)
            if not now.is_new and now.finding is not then.finding
        ),
        seen=tuple(one.finding for one in placed),
        returned=tuple(dict.fromkeys(one.returned for one in placed if one.returned is not None)),
    )


class _Placed(Struct, frozen=True, kw_only=True):
    """A failure with the finding that it is counted on, and the action that did not cure it for good."""

    sighting: Sighting
    finding: Finding
    is_new: bool
    returned: str | None = None


def _place(
    sighting: Sighting,
    by_key: Mapping[tuple[str | None, str], Sequence[Known]],
    seen: SeenIn,
    rules: FollowUp | None,
) -> _Placed:
    raised = Finding(
        id=finding_id(seen.programme, seen.period, sighting.site, sighting.criterion),
        programme=seen.programme,
        period=seen.period,
        site=sighting.site,
        criterion=sighting.criterion,
        severity=sighting.severity,
        raised_at=seen.judged_at,
    )
    if seen.is_pilot:
        return _Placed(sighting=sighting, finding=raised, is_new=True)
    earlier = [one for one in _candidates(sighting, by_key, seen) if _is_match(sighting, one, seen, rules)]
    home = _find_home(earlier, raised.id, seen)
    if home is not None:
        return _Placed(sighting=sighting, finding=home.finding, is_new=False)
    cured = [(one.fixed_on, one.finding.id, one) for one in earlier if one.fixed_on is not None]
    if rules is None or not cured:
        return _Placed(sighting=sighting, finding=raised, is_new=True)
    fixed_on, _, last = max(cured)
    if seen.first_day - fixed_on > rules.repeat_within:
        return _Placed(sighting=sighting, finding=raised, is_new=True)
    return _repeat(sighting, raised, last, seen, rules)


def _candidates(
    sighting: Sighting, by_key: Mapping[tuple[str | None, str], Sequence[Known]], seen: SeenIn
) -> Iterable[Known]:
    for criterion in (sighting.criterion, *seen.former.get(sighting.criterion, ())):
        yield from by_key.get((sighting.site, criterion), ())


def _is_match(sighting: Sighting, one: Known, seen: SeenIn, rules: FollowUp | None) -> bool:
    if rules is None or rules.match is Match.CRITERION or sighting.site is None:
        return True
    names = {name for item in sighting.items for name in (item, *seen.former.get(item, ()))}
    return not names.isdisjoint(one.items)


def _find_home(earlier: Sequence[Known], own_id: str, seen: SeenIn) -> Known | None:
    """The finding that a failure is counted on: the newest open one, or one whose fix this cycle lies before."""
    for one in reversed(earlier):
        if one.is_open:
            return one
    for one in reversed(earlier):
        if one.finding.id == own_id or (one.fixed_on is not None and seen.first_day < one.fixed_on):
            return one
    return None


def _repeat(sighting: Sighting, raised: Finding, last: Known, seen: SeenIn, rules: FollowUp) -> _Placed:
    heavier = min(sighting.severity, last.finding.severity, key=lambda one: one.rank)
    is_watched = last.closed_at is not None and seen.start - last.closed_at <= rules.watch
    returned = last.finding.action if is_watched else None
    repeat = replace(
        raised,
        severity=_one_up(heavier),
        repeat_of=last.finding.id,
        repeats=last.finding.repeats + 1,
        action=returned,
    )
    return _Placed(sighting=sighting, finding=repeat, is_new=True, returned=returned)


def _one_up(severity: Severity) -> Severity:
    """A step up; critical stays, and what breaks no requirement does not begin to by being seen twice."""
    return {Severity.MAJOR: Severity.CRITICAL, Severity.MINOR: Severity.MAJOR}.get(severity, severity)


def _find_systemic(
    places: Sequence[_Placed],
    by_key: Mapping[tuple[str | None, str], Sequence[Known]],
    seen: SeenIn,
    rules: FollowUp,
) -> list[_Placed]:
    together: defaultdict[str, list[_Placed]] = defaultdict(list)
    for one in places:
        together[one.sighting.criterion].append(one)
    found = []
    for criterion, members in sorted(together.items()):
        enough = len(members) >= rules.systemic_sites or len(members) >= rules.systemic_share * seen.sites
        if enough and len(members) >= _FEWEST_SYSTEMIC:
            whole = Sighting(
                site=None,
                criterion=criterion,
                items=tuple(sorted({item for one in members for item in one.sighting.items})),
                severity=min((one.finding.severity for one in members), key=lambda one: one.rank),
            )
            found.append(_place(whole, by_key, seen, rules))
    return found


def _linked(one: _Placed, stands_for: Mapping[str, str]) -> _Placed:
    whole = stands_for.get(one.sighting.criterion)
    if whole is None or one.finding.systemic is not None:
        return one
    return replace(one, finding=replace(one.finding, systemic=whole))
