"""The doubtful answers of a cycle, from what its newest revision rests on: a closed cycle keeps its flags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from sqaudit.documents.building import build_programme
from sqaudit.errors import Message, msg
from sqaudit.locale.words import WORDS
from sqaudit.model.doubt import Doubt, DoubtKind, Doubts
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Cycle, Programme, Site
from sqaudit.model.score import ItemResult, Status
from sqaudit.reports.labels import show_label
from sqaudit.scoring import doubts
from sqaudit.scoring.doubts import Marked, Sheet
from sqaudit.store.engine import Store
from sqaudit.workflow.context import Context
from sqaudit.workflow.rows import Row
from sqaudit.workflow.score import collected_cycle, frozen_documents

_JUDGED = frozenset({Status.PASS, Status.FAIL})
_KINDS = list(DoubtKind)
_MOST_NAMED = 3


def find_doubts(
    programme: Programme,
    cycle: Cycle,
    sites: Iterable[Site],
    observations: Iterable[Observation],
    results: Iterable[ItemResult],
) -> Doubts:
    """The flags of a revision: by its documents, sites, observations and what these came to."""
    sheets = _sheets(programme, observations, results)
    zone = ZoneInfo(programme.timezone)
    first, after = cycle.start.astimezone(zone).date(), cycle.end.astimezone(zone).date()
    flags = [
        *doubts.all_perfect(sheets),
        *doubts.straight_lined(sheets),
        *doubts.too_fast(sheets),
        *doubts.burst(sheets, cycle.start, cycle.end),
        *doubts.own_site(sheets, {site.id: site.manager for site in sites}),
        *doubts.evidence_out_of_period(sheets, first, after),
        *doubts.evidence_reused(sheets),
    ]
    return Doubts(
        flags=tuple(sorted(flags, key=_order)),
        sheets=len(sheets),
        untimed=sum(sheet.seconds_per_answer is None for sheet in sheets),
    )


def read_doubts(store: Store, cycle: Cycle) -> Doubts:
    """The flags of the newest revision of a cycle, from the store alone; none where nobody was asked."""
    programme, number = cycle.programme, cycle.revisions[-1].number
    if not cycle.revisions[-1].inputs.get("answers"):
        return Doubts()
    return find_doubts(
        build_programme(frozen_documents(store, cycle, number)),
        cycle,
        store.read_sites(programme, cycle.period, number),
        store.read_observations(programme, cycle.period, number),
        (result for _, result in store.read_results(programme, cycle.period)),
    )


def list_doubts(
    context: Context, programme: str, period: str | None = None, site: str | None = None
) -> tuple[list[Row], Doubts]:
    """The flags of a cycle (default: the newest) as rows, of one site if one is named; and all of them.

    Raises:
        InvalidInput: The cycle has not been collected.
    """
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        found = read_doubts(store, cycle)
    revision = {"programme": cycle.programme, "period": cycle.period, "revision": cycle.revisions[-1].number}
    rows = [
        {
            **revision,
            "kind": one.kind.value,
            "site": one.site or None,
            "checklist": one.checklist or None,
            "subject": one.subject or None,
            "person": one.person,
            "statement": one.statement,
        }
        for one in found.flags
        if site in {None, one.site}
    ]
    return rows, found


def doubt_warnings(found: Doubts) -> Iterator[Message]:
    """How many flags of each kind there are, with the first few places."""
    for kind in DoubtKind:
        flags = [one for one in found.flags if one.kind is kind]
        places = list(dict.fromkeys(_place(one) for one in flags))
        if flags:
            yield msg(
                "doubtful answers, {kind}: {count} ({places})",
                kind=WORDS[kind.value],
                count=len(flags),
                places="; ".join(places[:_MOST_NAMED]) + ("; …" if len(places) > _MOST_NAMED else ""),
            )


def _place(one: Doubt) -> str:
    subject = show_label(one.subject) if one.subject else ""
    return ", ".join(part for part in (one.site, one.checklist, subject, one.person) if part)


def _order(one: Doubt) -> tuple[object, ...]:
    return (_KINDS.index(one.kind), one.site, one.checklist, one.subject, one.person, str(one.statement))


def _sheets(programme: Programme, observations: Iterable[Observation], results: Iterable[ItemResult]) -> list[Sheet]:
    """The answers that were judged at every site, by checklist, subject and person."""
    forms = {item.id: item.ask.form for one in programme.checklists for item in one.items if item.ask is not None}
    judged = _judged(results)
    answers: defaultdict[tuple[str, str, str, str], list[Marked]] = defaultdict(list)
    for observation in observations:
        answer = observation.answer
        if answer is None or observation.item not in forms:
            continue
        key = answer.key
        place = (key.site, key.item, key.subject)
        result = judged.get((*place, answer.auditor), judged.get((*place, "")))
        score = result.score if result is not None and result.status in _JUDGED else None
        marked = Marked(answer=answer, form=forms[key.item], score=score)
        answers[key.site, key.checklist, key.subject, answer.given_by].append(marked)
    return [
        Sheet(site=site, checklist=checklist, subject=subject, person=person, answers=tuple(given))
        for (site, checklist, subject, person), given in sorted(answers.items())
    ]


def _judged(results: Iterable[ItemResult]) -> Mapping[tuple[str, str, str, str], ItemResult]:
    """The results by place and auditor; what stands for all has none."""
    return {(one.site, one.item, one.subject, one.auditor): one for one in results if not one.group}
