"""Concessions: granted by an approver for somebody else, until a day; what they let off is still shown."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.concession import Concession
from sqaudit.model.ids import short_id
from sqaudit.model.people import Role
from sqaudit.model.score import Status
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.conceded import Conceded
from sqaudit.workflow.follow_up.moving import places_of
from sqaudit.workflow.follow_up.people import person_acting, person_owning
from sqaudit.workflow.follow_up.places import Places
from sqaudit.workflow.judged_by import JudgedBy
from sqaudit.workflow.rows import Row


class ConcessionState(StrEnum):
    """Where a concession stands on a day."""

    TO_COME = "to_come"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REVOKED = "revoked"


def grant_concession(  # noqa: PLR0913 - everything that a concession says
    context: Context,
    programme: str,
    criterion: str,
    *,
    site: str | None,
    first_day: date | None,
    last_day: date | None,
    owner: str,
    reason: str,
    who: str,
) -> Concession:
    """Let a criterion off for a while.

    Raises:
        InvalidInput: The programme, criterion or site is not known, the days are over or turned round, the person is
            no approver or the owner, or another concession covers the same.
    """
    person = person_acting(context, who)
    if Role.APPROVER not in person.roles or owner == who:
        raise InvalidInput(
            "SQA874",
            msg("'{name}' cannot approve this concession", name=who),
            msg("that takes the role approver, and somebody else as its owner"),
        )
    person_owning(context, owner)
    with context.store() as store:
        places = places_of(store, programme)
        _see_that_known(places, criterion, site)
        today = places.today(site, context.settings.now)
        first_day = first_day or today
        if last_day is None or last_day < max(today, first_day):
            raise InvalidInput(
                "SQA876",
                msg("'--until' is a day that is over: {day}", day=last_day),
                msg("name a day that is still to come"),
            )
        granted = Concession(
            id=short_id("c", programme, criterion, site or "", first_day.isoformat(), context.settings.now.isoformat()),
            programme=programme,
            criterion=criterion,
            site=site,
            reason=reason,
            owner=owner,
            approver=person.id,
            granted_at=context.settings.now,
            first_day=first_day,
            last_day=last_day,
        )
        store.add_concession(granted)
    return granted


def revoke_concession(context: Context, identity: str, *, reason: str, who: str) -> Concession:
    """End a concession before its last day.

    Raises:
        InvalidInput: There is none of that id, it was revoked before, or the person is no approver.
    """
    person = person_acting(context, who)
    if Role.APPROVER not in person.roles:
        raise InvalidInput(
            "SQA874",
            msg("'{name}' cannot revoke a concession", name=who),
            msg("that takes the role approver"),
        )
    with context.store() as store:
        return store.revoke_concession(identity, person.id, reason, context.settings.now)


def list_concessions(context: Context, within: timedelta | None = None, **wanted: str | None) -> list[Row]:
    """Concessions by their last day, with how many failures each lets off in the newest cycle: 0 is one too many.

    ``within`` leaves those in force that end that soon.
    """
    now = context.settings.now
    with context.store() as store:
        places: dict[str, Places] = {}
        counted: dict[str, dict[str, int]] = {}
        rows = []
        for one in store.list_concessions(wanted.get("programme")):
            if one.programme not in places:
                places[one.programme] = places_of(store, one.programme)
                counted[one.programme] = _count_let_off(store, one.programme)
            today = places[one.programme].today(one.site, now)
            rows.append(_row(one, today, counted[one.programme].get(one.id, 0)))
    chosen = [row for row in rows if all(value in {None, row[name]} for name, value in wanted.items())]
    if within is None:
        return chosen
    return [row for row in chosen if row["state"] == ConcessionState.IN_FORCE and row["days_left"] <= within.days]


def _row(one: Concession, today: date, lets_off: int) -> Row:
    state = _state(one, today)
    return {
        "id": one.id,
        "programme": one.programme,
        "criterion": one.criterion,
        "site": one.site,
        "state": state.value,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "days_left": (one.last_day - today).days if state is ConcessionState.IN_FORCE else None,
        "lets_off": lets_off,
        "owner": one.owner,
        "approver": one.approver,
        "reason": one.reason,
        "revoked_by": one.revoked_by,
        "revoked_because": one.revoked_because,
    }


def _state(one: Concession, today: date) -> ConcessionState:
    if one.revoked_at is not None:
        return ConcessionState.REVOKED
    if today < one.first_day:
        return ConcessionState.TO_COME
    return ConcessionState.IN_FORCE if today <= one.last_day else ConcessionState.EXPIRED


def _count_let_off(store: Store, programme: str) -> dict[str, int]:
    """How many failed items each concession lets off in the newest cycle of a programme."""
    cycles = [one for one in store.list_cycles(programme) if one.revisions and one.is_regular]
    conceded = Conceded(JudgedBy(store))
    key = RevisionKey(programme=programme, period=cycles[-1].period, number=cycles[-1].revisions[-1].number)
    counted: dict[str, int] = {}
    for _, result in store.read_results(programme, key.period, status=Status.FAIL, revision=key.number):
        found = None if result.is_part else conceded.find(key, result.site, result.criterion)
        if found is not None:
            counted[found.id] = counted.get(found.id, 0) + 1
    return counted


def _see_that_known(places: Places, criterion: str, site: str | None) -> None:
    criteria = places.programme.criteria
    if criterion not in criteria:
        raise InvalidInput(
            "SQA708", msg("no criterion is called '{id}'", id=criterion), did_you_mean(criterion, criteria)
        )
    if site is not None and site not in places.sites:
        raise InvalidInput("SQA704", msg("no site is called '{id}'", id=site), did_you_mean(site, places.sites))
