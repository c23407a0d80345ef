"""What a cycle's failures come to: findings raised or seen again, actions opened or taken up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.follow_up.awaiting import with_due
from sqaudit.follow_up.deadlines import first_deadlines, renewed_deadlines
from sqaudit.follow_up.matching import Followed, SeenIn, follow_sightings
from sqaudit.follow_up.moves import reopened
from sqaudit.model.action import ActionState, CorrectiveAction, Deadline, Move, Path
from sqaudit.model.concession import Concession
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.finding import Finding, Known, Sighting
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.ids import short_id
from sqaudit.model.people import Person, Role
from sqaudit.model.programme import Cycle
from sqaudit.store.actions import Recorded
from sqaudit.store.parts.results import ActionsOf, Following
from sqaudit.workflow.follow_up.places import Places

RECURRED, JOINED = "recurrence", "joined"
Follower = Callable[[Sequence[Known], ActionsOf], Following]


class Raising(Struct, frozen=True, kw_only=True):
    """Everything that decides what becomes of a cycle's failures; ``people`` are those of the project."""

    places: Places
    cycle: Cycle
    people: Mapping[str, Person]
    concessions: Sequence[Concession]
    former: Mapping[str, tuple[str, ...]]
    now: datetime

    def follower(self, sightings: Sequence[Sighting]) -> Follower:
        """What the store calls within the transaction that saves the cycle."""

        def follow(known: Sequence[Known], actions_of: ActionsOf) -> Following:
            followed = follow_sightings(sightings, known, self._seen_in(), self._rules)
            joining = [one.action for one in followed.linked if one.action is not None]
            touched = {*followed.returned, *joining}
            return self._come_to(followed, actions_of(touched) if touched else {})

        return follow

    @property
    def _rules(self) -> FollowUp | None:
        return self.places.programme.follow_up

    def _seen_in(self) -> SeenIn:
        zone = ZoneInfo(self.places.programme.timezone)
        return SeenIn(
            programme=self.cycle.programme,
            period=self.cycle.period,
            start=self.cycle.start,
            first_day=self.cycle.start.astimezone(zone).date(),
            sites=len(self.places.sites),
            judged_at=self.now,
            is_pilot=self.cycle.is_pilot,
            former=self.former,
        )

    def _come_to(
        self, followed: Followed, actions: Mapping[str, tuple[CorrectiveAction, tuple[Deadline, ...]]]
    ) -> Following:
        rules = self._rules
        opened: dict[str, Recorded] = {}
        if rules is not None and not self.cycle.is_pilot:
            opened = {one.id: self.open_action(one, rules) for one in self._unattended(followed)}
        raised = [_with_action(one, opened) for one in followed.raised]
        linked = {one.id: one for one in (*followed.linked, *(one for one in followed.seen if one.id in opened))}
        new = {one.id for one in raised}
        return Following(
            sightings=followed.sightings,
            raised=raised,
            linked=[_with_action(one, opened) for one in linked.values() if one.id not in new],
            opened=[opened[one] for one in sorted(opened)],
            moved=[] if rules is None else [*self._moved(followed, actions, rules)],
            deeds=[self._told(raised)] if raised and not self.cycle.is_pilot else [],
        )

    def _moved(
        self,
        followed: Followed,
        actions: Mapping[str, tuple[CorrectiveAction, tuple[Deadline, ...]]],
        rules: FollowUp,
    ) -> Iterator[Recorded]:
        """Actions taken up again, and open ones that have a parent now that their finding is one of many."""
        for identity in followed.returned:
            action, deadlines = actions[identity]
            yield self._take_up_again(action, deadlines, followed, rules)
        for finding in followed.linked:
            if finding.action is not None and finding.systemic is not None:
                action, deadlines = actions[finding.action]
                if action.parent is None and not action.state.is_final:
                    yield self._join(action, deadlines, action_id(finding.systemic))

    def _join(self, action: CorrectiveAction, deadlines: tuple[Deadline, ...], parent: str) -> Recorded:
        deed = self._moved_deed(action, before={"parent": None}, after={"move": JOINED, "parent": parent})
        return Recorded(
            action=replace(action, parent=parent, version=action.version + 1), deadlines=deadlines, deed=deed
        )

    def _unattended(self, followed: Followed) -> list[Finding]:
        """What asks for an action: not while it is conceded."""
        return [one for one in followed.unattended if not any(self._lets_off(held, one) for held in self.concessions)]

    def _lets_off(self, held: Concession, finding: Finding) -> bool:
        day, zone = self.places.last_day(self.cycle, finding.site), self.places.zone_of(finding.site)
        return held.covers(finding.site, finding.criterion, day, zone)

    def open_action(self, finding: Finding, rules: FollowUp) -> Recorded:
        """The action that a finding opens: its way, its owner, and by when its steps are due."""
        identity = action_id(finding.id)
        is_child = finding.systemic is not None
        path = rules.paths.get(finding.severity, Path.FULL)
        if finding.is_systemic or finding.repeat_of is not None:
            path = Path.FULL
        if is_child:  # the cause is looked for once, by the action that stands for all of them
            path = Path.CORRECT
        zone, calendar = self.places.zone_of(finding.site), self.places.calendar_of(finding.site)
        deadlines = first_deadlines(identity, self.now, finding.severity, path, rules, calendar, zone)
        action = with_due(
            CorrectiveAction(
                id=identity,
                programme=finding.programme,
                finding=finding.id,
                criterion=finding.criterion,
                site=finding.site,
                severity=finding.severity,
                path=path,
                state=ActionState.OPEN,
                opened_at=self.now,
                updated_at=self.now,
                owner=self._owner_at(finding.site),
                parent=None if finding.systemic is None else action_id(finding.systemic),
            ),
            deadlines,
        )
        return Recorded(action=action, deadlines=deadlines, deed=opened_deed(action, self.cycle.period, self.now))

    def _owner_at(self, site: str | None) -> str | None:
        """The manager of a site, if that is a person who may own actions."""
        known = self.places.sites.get(site) if site is not None else None
        person = self.people.get(known.manager or "") if known is not None else None
        return person.id if person is not None and Role.OWNER in person.roles else None

    def _take_up_again(
        self, action: CorrectiveAction, deadlines: tuple[Deadline, ...], followed: Followed, rules: FollowUp
    ) -> Recorded:
        again = [one for one in followed.raised if one.action == action.id]
        severity = min((action.severity, *(one.severity for one in again)), key=lambda one: one.rank)
        zone, calendar = self.places.zone_of(action.site), self.places.calendar_of(action.site)
        renewed = (
            *deadlines,
            *renewed_deadlines(action.id, deadlines, self.now, severity, rules, calendar, zone),
        )
        after = with_due(
            replace(reopened(action), severity=severity, updated_at=self.now, version=action.version + 1), renewed
        )
        told = {"move": Move.REOPEN.value, "state": after.state.value, "findings": [one.id for one in again]}
        deed = self._moved_deed(action, before={"state": action.state.value}, after=told, why=RECURRED)
        return Recorded(action=after, deadlines=renewed, deed=deed)

    def _moved_deed(
        self,
        action: CorrectiveAction,
        *,
        before: Mapping[str, object],
        after: Mapping[str, object],
        why: str | None = None,
    ) -> Deed:
        """What the log says of an action that the cycle itself has moved."""
        return Deed(
            kind=EventKind.ACTION_MOVED,
            when=self.now,
            programme=action.programme,
            period=self.cycle.period,
            thing=action.id,
            before=before,
            after=after,
            why=why,
        )

    def _told(self, raised: Sequence[Finding]) -> Deed:
        rows = [[one.id, one.site, one.criterion, one.severity.value, one.repeat_of] for one in raised]
        return Deed(
            kind=EventKind.FINDINGS_RAISED,
            when=self.now,
            programme=self.cycle.programme,
            period=self.cycle.period,
            after={"findings": rows},
        )


def action_id(finding: str) -> str:
    """The id of the action that a finding opens, such as ``a-3f9a2c81d04e``."""
    return short_id("a", finding)


def opened_deed(action: CorrectiveAction, period: str, now: datetime) -> Deed:
    """What the log says of an action that is new."""
    return Deed(
        kind=EventKind.ACTION_OPENED,
        when=now,
        programme=action.programme,
        period=period,
        thing=action.id,
        after={
            "finding": action.finding,
            "criterion": action.criterion,
            "site": action.site,
            "severity": action.severity.value,
            "path": action.path.value,
            "owner": action.owner,
            "parent": action.parent,
            "due": None if action.due is None else action.due.isoformat(),
        },
    )


def _with_action(finding: Finding, opened: Mapping[str, Recorded]) -> Finding:
    return replace(finding, action=opened[finding.id].action.id) if finding.id in opened else finding
