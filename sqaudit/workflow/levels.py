"""Values above the site and over several periods, pooled from what was stored: no record is read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.documents.renaming import Renames
from sqaudit.measures.pooling import NOT_MERGEABLE, pooled
from sqaudit.measures.requests import CLUSTERS, MeasureRequest, statistics_of
from sqaudit.measures.sampling import finish_sampled, population_of
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Level, Status
from sqaudit.scoring.items import Question, conclude, skip_item
from sqaudit.workflow.answers_above import judge_questions_at, judge_unseen_at, pool_answers
from sqaudit.workflow.judging.derived import judge_derived
from sqaudit.workflow.judging.items import NOT_COLLECTED, broken, why_not, without_value
from sqaudit.workflow.judging.persons import (
    SUPPRESSED,
    SUPPRESSED_WITH_ANOTHER,
    hidden,
    hides_another,
    reveals_persons,
)
from sqaudit.workflow.judging.seen import Seen, sort_observations
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.overlays import at_site

SITE = "site"
MEASURE_CHANGED = "measure_changed"
NOT_AT_EVERY_SITE = "not_at_every_site"
TARGETS_DIFFER = "targets_differ"
_LEVELS = {SITE: Level.AUDIT, "region": Level.REGION, "programme": Level.PROGRAMME}
LEVELS = tuple(_LEVELS)


class CollectedCycle(Struct, frozen=True, kw_only=True):
    """One revision of a cycle as it is stored: its programme, its sites and what was seen there.

    ``renames`` are the ids that its items and criteria had, with those they have here.
    """

    measurable: Measurable
    sites: Sequence[Site]
    observations: Sequence[Observation]
    renames: Renames = field(default_factory=Renames)


class PooledResult(Struct, frozen=True, kw_only=True):
    """An item in a place: of ``sites`` together, without those that have no value there (``sites_missing``).

    Where overlays give the sites of a place different targets, the value is held to none of them: there is no verdict.
    """

    level: str
    place: str
    result: ItemResult
    sites: int
    sites_missing: int

    @property
    def has_verdict(self) -> bool:
        """Whether the status says more than that there is a value."""
        return self.result.reason != TARGETS_DIFFER


class _Member(Struct, frozen=True):
    """A site of a place in one cycle: what was seen of the item there, nothing if it was not collected."""

    site: Site
    seen: Sequence[Observation]

    @property
    def has_value(self) -> bool:
        """Whether the item has a value there."""
        return any(
            one.reason is None and not one.failed and (one.n > 0 or not (one.missing or one.invalid))
            for one in self.seen
        )


def pool_cycles(cycles: Sequence[CollectedCycle], level: str) -> list[PooledResult]:
    """The items of the newest of these cycles in every place of a level, over all of them.

    Args:
        cycles: Consecutive cycles of one programme, the oldest first.
        level: ``site``, ``region`` or ``programme``.
    """
    seen = [sort_observations(cycle.observations) for cycle in cycles]
    places: defaultdict[str, list[tuple[int, Site]]] = defaultdict(list)
    for number, cycle in enumerate(cycles):
        for site in sorted(cycle.sites, key=lambda one: one.id):
            place = _place(cycle.measurable, site, level)
            if place is not None:
                places[place].append((number, site))
    above: Mapping[tuple[Level, str, str], Observation] = {}
    if len(cycles) == 1:
        above = {(one.level, one.site, one.item): one for one in cycles[0].observations if one.level is not Level.AUDIT}
    return [
        result
        for place in sorted(places)
        for result in _Place(cycles, seen, above, level, place, places[place]).results()
    ]


def _place(measurable: Measurable, site: Site, level: str) -> str | None:
    if level == SITE:
        return site.id
    return site.region if level == "region" else measurable.programme.id


class _Place:
    """One place and the sites in it, by cycle."""

    def __init__(  # noqa: PLR0913, PLR0917  everything that a place is made of
        self,
        cycles: Sequence[CollectedCycle],
        seen: Sequence[Mapping[str, Seen]],
        above: Mapping[tuple[Level, str, str], Observation],
        level: str,
        place: str,
        sites: Sequence[tuple[int, Site]],
    ) -> None:
        self._cycles = cycles
        self._seen = seen
        self._above = above
        self._level = level
        self._place = place
        self._sites = sites
        self._measurable = cycles[-1].measurable
        self._answers: dict[tuple[int, str], Mapping[str, list[ItemResult]]] = {}
        self._unseen: dict[tuple[int, str], Mapping[str, ItemResult]] = {}
        self._undecided: set[str] = set()
        self._asked_here = self._variants() if self._measurable.holds else []

    def results(self) -> Iterator[PooledResult]:
        """One result per item, in the order of the items."""
        found: dict[str, PooledResult] = {}
        by_item = {question.item.id: self._as_asked_here(question) for question in self._measurable.questions}
        for question in by_item.values():
            if question.item.id in self._measurable.asked:
                found[question.item.id] = self._measured(question)
            elif question.item.id in self._measurable.answers:
                found[question.item.id] = self._answered(question)
        for item, derived in self._measurable.derived.items():
            known = {name: one.result for name, one in found.items()}
            needed = [found[need] for need in derived.needs]
            found[item] = self._pooled(
                replace(judge_derived(self._measurable, by_item[item], self._place, known), score=None),
                min(one.sites for one in needed),
                max(one.sites_missing for one in needed),
            )
        return (self._without_verdict(found[item]) if item in self._undecided else found[item] for item in by_item)

    def _variants(self) -> list[dict[str, Question]]:
        """The questions of the newest cycle by item, once for each way in which overlays have them at these sites."""
        newest = len(self._cycles) - 1
        here = {
            id(one): one
            for number, site in self._sites
            if number == newest
            for one in [at_site(self._measurable, site)]
        }
        return [
            {question.item.id: question for question in one.questions if question.item.id not in one.ruled_out}
            for one in here.values()
        ]

    def _as_asked_here(self, question: Question) -> Question:
        """A question as the sites of this place have it in the newest cycle; where they differ it is noted down."""
        item = question.item.id
        own = [asked[item] for asked in self._asked_here if item in asked]
        if any(one.target != own[0].target for one in own):
            self._undecided.add(item)
            return question
        return own[0] if own else question

    @staticmethod
    def _without_verdict(pooled: PooledResult) -> PooledResult:
        result = pooled.result
        if result.status not in {Status.PASS, Status.FAIL}:
            return pooled
        return replace(pooled, result=replace(result, status=Status.PASS, target=None, reason=TARGETS_DIFFER))

    def _answered(self, question: Question) -> PooledResult:
        item, form = question.item.id, self._measurable.answers[question.item.id]
        own = [(site.id, self._judged(number, site).get(item, [])) for number, site in self._sites]
        asked = {site for site, results in own if _apply(results)}
        # Where a checklist has subjects and a site none, nothing was seen of it: it is missing like any other.
        unseen = {
            site.id
            for (number, site), (_, results) in zip(self._sites, own, strict=True)
            if not results and _apply(self._missed(number, site, item))
        }
        counted = {site for site, results in own if any(one.value.value is not None for one in results)}
        if any(cycle.measurable.answers.get(item) != form for cycle in self._cycles):
            result = self._without(question, MEASURE_CHANGED)
        elif not asked:
            result = self._without(question, NOT_COLLECTED)
        else:
            result = pool_answers(question, form, [one for _, results in own for one in results], self._place)
        return self._pooled(result, len(counted), len((asked | unseen) - counted))

    def _judged(self, number: int, site: Site) -> Mapping[str, list[ItemResult]]:
        """The results of all questions at a site in one cycle, judged once."""
        if (number, site.id) not in self._answers:
            seen = self._seen[number].get(site.id) or Seen()
            measurable = at_site(self._cycles[number].measurable, site)
            self._answers[number, site.id] = judge_questions_at(measurable, site, seen)
        return self._answers[number, site.id]

    def _missed(self, number: int, site: Site, item: str) -> list[ItemResult]:
        """What a question comes to at a site where nobody looked in one cycle; nothing if it was not asked then."""
        if (number, site.id) not in self._unseen:
            self._unseen[number, site.id] = judge_unseen_at(at_site(self._cycles[number].measurable, site), site)
        result = self._unseen[number, site.id].get(item)
        return [] if result is None else [result]

    def _measured(self, question: Question) -> PooledResult:
        request = self._measurable.asked[question.item.id]
        members, left_out = self._members(question.item.id)
        counted = {member.site.id for member in members if member.has_value}
        parts = [one for member in members for one in member.seen]
        if not all(is_alike(request, cycle.measurable.asked.get(request.item)) for cycle in self._cycles):
            result = self._without(question, MEASURE_CHANGED)
        elif not parts:
            result = self._without(question, NOT_COLLECTED)
        else:
            whole = self._whole(request, parts, is_partial=left_out)
            result = self._judge(question, request, whole, members)
        return self._pooled(result, len(counted), len({member.site.id for member in members} - counted))

    def _members(self, item: str) -> tuple[list[_Member], bool]:
        """The sites where an item applies, and whether there are others in this place."""
        members, left_out = [], False
        for number, site in self._sites:
            skipped = why_not(at_site(self._cycles[number].measurable, site).applies.get(item), site)
            if skipped is not None and skipped[0] is Status.NOT_APPLICABLE:
                left_out = True
                continue
            seen = self._seen[number].get(site.id)
            own = () if seen is None or skipped is not None else _of_site(seen, item)
            members.append(_Member(site, own))
        return members, left_out

    def _whole(self, request: MeasureRequest, parts: Sequence[Observation], *, is_partial: bool) -> Observation:
        statistics = {name: one for name, one in statistics_of(request).items() if name != CLUSTERS}
        whole = pooled(parts, statistics, place=self._place, level=_LEVELS[self._level])
        if whole.failed or whole.reason != NOT_MERGEABLE:
            return whole
        measured = self._above.get((_LEVELS[self._level], self._place, request.item))
        if measured is not None:
            # Where an item does not apply, its rows are in what was measured above all the same.
            return replace(measured, statistics={}, reason=NOT_AT_EVERY_SITE) if is_partial else measured
        known = [part for part in parts if part.reason is None]
        alone = known[0].statistics if len(known) == 1 else None
        return whole if alone is None else replace(whole, statistics=alone, reason=None)

    def _judge(
        self, question: Question, request: MeasureRequest, whole: Observation, members: Sequence[_Member]
    ) -> ItemResult:
        try:
            value = finish_sampled(request.measure, whole, request.sample, self._population(request, members))
            result = conclude(question, whole, value, None, question.target)
        except Exception as error:  # noqa: BLE001 - measures come from plugins
            return broken(self._measurable, question, whole, error)
        if request.item in self._measurable.about_persons:
            if reveals_persons(whole.n):
                return hidden(result, SUPPRESSED)
            if hides_another([sum(one.n for one in member.seen) for member in members]):
                return hidden(result, SUPPRESSED_WITH_ANOTHER)
        return result

    def _population(self, request: MeasureRequest, members: Sequence[_Member]) -> int | None:
        """All that the sites drew from together; of several periods it is not known what they have in common."""
        if len(self._cycles) > 1:
            return None
        populations = [population_of(request.sample, member.site) for member in members if member.has_value]
        return None if None in populations else sum(one for one in populations if one is not None) or None

    def _without(self, question: Question, reason: str) -> ItemResult:
        nothing = without_value(self._measurable, question)
        return skip_item(question, self._place, Status.NO_DATA, nothing, reason)

    def _pooled(self, result: ItemResult, sites: int, sites_missing: int) -> PooledResult:
        return PooledResult(
            level=self._level, place=self._place, result=result, sites=sites, sites_missing=sites_missing
        )


def _apply(results: Iterable[ItemResult]) -> bool:
    return any(one.status is not Status.NOT_APPLICABLE for one in results)


def _of_site(seen: Seen, item: str) -> Sequence[Observation]:
    """What was seen of an item at a site: of its subjects, else of the whole of it."""
    subjects = seen.subjects.get(item)
    whole = seen.whole.get(item)
    return subjects or (() if whole is None else (whole,))


def is_alike(request: MeasureRequest, other: MeasureRequest | None) -> bool:
    """Whether two cycles measured the same, so that their numbers may be added up, or compared."""
    return other is not None and _meaning(request) == _meaning(other)


def _meaning(request: MeasureRequest) -> Iterable[object]:
    where = request.where.sql if request.where is not None else None
    return (request.measure.identity, where, request.time, request.sample, request.subject)
