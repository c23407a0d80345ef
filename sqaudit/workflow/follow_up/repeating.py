"""Follow-up audits: cycles that look only at what was open, because its findings asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from sqaudit.documents.periods import read_follow_up
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.checklist import Item
from sqaudit.model.finding import Known
from sqaudit.model.follow_up_audit import FollowUpAudit
from sqaudit.model.ids import fold_id
from sqaudit.model.people import Role
from sqaudit.model.programme import Period, Programme
from sqaudit.store.engine import Store
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.people import person_in_role
from sqaudit.workflow.measurable import Measurable

# By site, the items that a follow-up audit looks at there; of a whole cycle nothing, which is to say everything.
Repeated = Mapping[str, tuple[str, ...]]
_MAY_ASK = (Role.AUDITOR, Role.LEAD, Role.VERIFIER)


class Asked(Struct, frozen=True, kw_only=True):
    """A follow-up audit as it was asked for: its period, the items it looks at by site, and whether people answer."""

    programme: str
    period: str
    items: Repeated
    asks_people: bool


def ask_for_follow_up(context: Context, findings: Sequence[str], *, period: str, who: str) -> Asked:
    """Have findings looked at again in a cycle of their own; what was asked for before is not asked for twice.

    Args:
        context: The project.
        findings: Ids of open findings of one programme.
        period: From when until when, such as ``2026-11-16/2026-11-20``; it may be to come.
        who: Who asks.

    Raises:
        InvalidInput: A finding is not known, is not open, or no item shows it; the findings are of several programmes;
            the period cannot be read; or the person may not ask.
    """
    person = person_in_role(context, who, _MAY_ASK, msg("'{name}' cannot ask for a follow-up audit", name=who))
    with context.store() as store:
        known = {one.finding.id: one for one in store.list_known()}
        chosen = [_open_one(known, identity) for identity in dict.fromkeys(findings)]
        programmes = sorted({one.finding.programme for one in chosen})
        if len(programmes) > 1:
            raise InvalidInput(
                "SQA884",
                msg("these findings belong to several programmes: {programmes}", programmes=", ".join(programmes)),
                msg("ask for one follow-up audit of each"),
            )
        _, programme = sound_programme(context, programmes[0])
        for one in chosen:
            if not _items_of(programme, one):
                raise InvalidInput(
                    "SQA884",
                    msg("no item of the programme shows finding {id}", id=one.finding.id),
                    msg("what was written down by hand is looked at by whoever verifies its action"),
                )
        label = read_follow_up(period, programme.timezone).label
        store.ask_for_follow_up(
            [
                FollowUpAudit(
                    programme=programme.id,
                    period=label,
                    finding=one.finding.id,
                    asked_by=person.id,
                    asked_at=context.settings.now,
                )
                for one in chosen
            ]
        )
        items = _by_site(programme, _asked(store, programme.id, label))
    asked = {item.id for checklist in programme.checklists for item in checklist.items if item.ask is not None}
    return Asked(
        programme=programme.id,
        period=label,
        items=items,
        asks_people=any(asked.intersection(one) for one in items.values()),
    )


def items_to_repeat(store: Store, measurable: Measurable, period: Period, sites: Collection[str] | None) -> Repeated:
    """What the cycle of a period looks at: of a follow-up audit the items of its findings, and what these depend on.

    ``sites`` are those there are; ``None`` where they are not known yet.

    Raises:
        InvalidInput: Nobody asked for that follow-up audit.
    """
    if not period.is_follow_up:
        return {}
    programme = measurable.programme
    asked = _asked(store, programme.id, period.label)
    if not asked:
        raise nobody_asked(period)
    found = _by_site(programme, asked, sites)
    return {site: tuple(sorted(_with_needed(measurable, items))) for site, items in found.items()}


def nobody_asked(period: Period) -> InvalidInput:
    """The refusal of a follow-up audit that no finding asked for."""
    return InvalidInput(
        "SQA884",
        msg("no finding asked for the follow-up audit {period}", period=period.label),
        msg("ask for it: `sqaudit findings follow-up FINDING --period {period}`", period=period.label),
    )


def _open_one(known: Mapping[str, Known], identity: str) -> Known:
    if identity not in known:
        raise InvalidInput(
            "SQA707", msg("no finding is called '{id}'", id=identity), msg("`sqaudit findings` lists them")
        )
    if not known[identity].is_open:
        raise InvalidInput(
            "SQA884",
            msg("finding {id} is not open", id=identity),
            msg("`sqaudit findings --status open` lists what is"),
        )
    return known[identity]


def _asked(store: Store, programme: str, label: str) -> list[Known]:
    wanted = {one.finding for one in store.list_follow_up_audits(programme, label)}
    members = [one for one in store.list_known(programme) if wanted & {one.finding.id, one.finding.systemic}]
    return [one for one in members if not one.finding.is_systemic]


def _by_site(programme: Programme, asked: Iterable[Known], sites: Collection[str] | None = None) -> Repeated:
    """The items of findings by site; of a systemic one those of its members are among them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in asked:
        if sites is None or one.finding.site in sites:
            found[str(one.finding.site)].update(_items_of(programme, one))
    return {site: tuple(sorted(items)) for site, items in sorted(found.items())}


def _items_of(programme: Programme, known: Known) -> set[str]:
    """The items that failed, by the ids they have now; of what was written by hand those of its criterion."""
    items = [item for checklist in programme.checklists for item in checklist.items]
    if known.items:
        return {item.id for item in items if known.items & {item.id, *item.was}}
    criteria = programme.criteria.values()
    named = {one.id for one in criteria if known.finding.criterion in {one.id, *one.was}}
    return {item.id for item in items if item.criterion in named}


def _with_needed(measurable: Measurable, items: Iterable[str]) -> set[str]:
    """Items with those whose answers decide whether they apply, and those from whose values they are made."""
    known = {question.item.id: question.item for question in measurable.questions}
    found: set[str] = set()
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        if item not in found:
            found.add(item)
            waiting += _needed(measurable, known, item)
    return found


def _needed(measurable: Measurable, known: Mapping[str, Item], item: str) -> Iterator[str]:
    if item in measurable.derived:
        yield from measurable.derived[item].needs
    if item in measurable.applies and known[item].ask is not None:
        names = measurable.applies[item].names
        yield from (name for name, one in known.items() if one.ask is not None and fold_id(name) in names)
