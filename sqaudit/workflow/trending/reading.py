"""The values of a series, cycle by cycle, from the store: of every place of a level at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.score import ItemResult, Level, Score
from sqaudit.model.spread import EventRate, Proportion
from sqaudit.model.target import Direction
from sqaudit.scoring.rating import LOW_COVERAGE
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.workflow.collected import SharedDocuments, each_cycle
from sqaudit.workflow.comparing.changes import COUNT
from sqaudit.workflow.comparing.sameness import changes_of_standard, is_same_item, is_scored_alike
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import LEVELS, SITE, CollectedCycle, pool_cycles
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.score import judge_revision
from sqaudit.workflow.trending.series import Seen

NOT_SCORED, NOT_THERE = "not_scored", "not_there"
_OF_PLACE = dict(zip(LEVELS, (Level.AUDIT, Level.REGION, Level.PROGRAMME), strict=True))
ScoresOf = Sequence[tuple[RevisionKey, Score]]
IsAlike = Callable[[Measurable, Measurable], bool]


class Read(Struct, frozen=True, kw_only=True):
    """What was read: of each place its values in the order of the cycles, and which way is better, if one is."""

    places: Mapping[str, list[Seen]]
    direction: Direction | None
    item: str | None = None


def read_scores_of(store: Store, programme: str, level: str) -> ScoresOf:
    """The scores of a level, such as ``site``, in the newest scored revision of every cycle."""
    return store.read_scores(programme, level=_OF_PLACE[level])


def read_score_values(context: Context, store: Store, cycles: Sequence[Cycle], scores: ScoresOf) -> Read:
    """The scores of the newest revisions, out of those of one level."""
    documents = SharedDocuments(context, store, cycles)
    found: dict[str, dict[str, Score]] = {cycle.period: {} for cycle in cycles}
    newest = {cycle.period: cycle.revisions[-1].number for cycle in cycles}
    for key, score in scores:
        if newest.get(key.period) == key.number and not score.subject:
            found[key.period][score.id] = score
    measurables = [documents.measurable(cycle, _sites(store, cycle)) for cycle in cycles]
    changes = _changes(measurables, is_scored_alike, msg("scores are made in another way"))
    rows = []
    for cycle, measurable, changed in zip(cycles, measurables, changes, strict=True):
        least, own = measurable.programme.standard.scoring.min_coverage, found[cycle.period]
        rows.append((changed, {place: _of_score(cycle.period, score, least, changed) for place, score in own.items()}))
    return Read(places=_by_place(cycles, rows, "score", NOT_SCORED), direction=Direction.HIGHER)


def read_item_values(context: Context, store: Store, cycles: Sequence[Cycle], level: str, item: str) -> Read:
    """The values of an item, under whatever id it had, at one level.

    Raises:
        InvalidInput: No cycle has the item.
    """
    documents = SharedDocuments(context, store, cycles)
    item = next((new for cycle in cycles if (new := documents.renames(cycle).items.get(item))), item)
    measurables: list[Measurable] = []
    of_cycle: list[tuple[Cycle, dict[str, ItemResult]]] = []
    for cycle, collected in zip(cycles, each_cycle(context, store, cycles), strict=True):
        if any(question.item.id == item for question in collected.measurable.questions):
            measurables.append(collected.measurable)
            of_cycle.append((cycle, _results(store, cycle, collected, level, item)))
    if not of_cycle:
        newest = documents.measurable(cycles[-1], _sites(store, cycles[-1]))
        known = [question.item.id for question in newest.questions]
        raise InvalidInput("SQA764", msg("no item is called '{item}'", item=item), did_you_mean(item, known))

    def is_alike(before: Measurable, after: Measurable) -> bool:
        return is_same_item(before, after, item, level)

    changes = _changes(measurables, is_alike, msg("it is measured in another way"))
    rows = []
    for (cycle, results), changed in zip(of_cycle, changes, strict=True):
        rows.append((changed, {place: _of_result(cycle, one, changed) for place, one in results.items()}))
    targets = [one.target for _, results in of_cycle for one in results.values() if one.target is not None]
    last = targets[-1] if targets else None
    return Read(
        places=_by_place([cycle for cycle, _ in of_cycle], rows, "", NOT_THERE),
        direction=None if last is None or last.comparison == "=" else last.direction,
        item=item,
    )


def _sites(store: Store, cycle: Cycle) -> Sequence[Site]:
    return store.read_sites(cycle.programme, cycle.period, cycle.revisions[-1].number)


def _results(store: Store, cycle: Cycle, collected: CollectedCycle, level: str, item: str) -> dict[str, ItemResult]:
    if level != SITE:
        return {one.place: one.result for one in pool_cycles([collected], level) if one.result.item == item}
    number = cycle.revisions[-1].number
    scored = judge_revision(store, collected.measurable, cycle, number, collected.observations)
    return {result.site: result for result in scored.results if result.item == item}


def _changes(measurables: Sequence[Measurable], is_alike: IsAlike, told: Message) -> Iterator[Message | None]:
    """Of each cycle, whether it measured otherwise than the one before, and with which standard."""
    before: Measurable | None = None
    for measurable in measurables:
        if before is None or before is measurable or is_alike(before, measurable):
            yield None
        else:
            standard = next(changes_of_standard(before, measurable), None)
            yield told if standard is None else msg("{what}: {change}", what=told, change=standard)
        before = measurable


def _by_place(
    cycles: Sequence[Cycle],
    rows: Iterable[tuple[Message | None, Mapping[str, Seen]]],
    unit: str,
    reason: str,
) -> dict[str, list[Seen]]:
    """Of each place its cycles from the first to the last in which it is; between them it may be missing."""
    listed = list(rows)
    found: dict[str, list[Seen]] = {}
    for place in sorted({place for _, own in listed for place in own}):
        there = [number for number, (_, own) in enumerate(listed) if place in own]
        found[place] = [
            listed[number][1].get(place)
            or Seen(period=cycles[number].period, value=None, unit=unit, reason=reason, changed=listed[number][0])
            for number in range(there[0], there[-1] + 1)
        ]
    return found


def _of_score(period: str, score: Score, least: Decimal, changed: Message | None) -> Seen:
    """A score as a point; what covers too little to be rated is no point, for it is of other things than the others."""
    value = None if score.score is None else float(score.score)
    reason = score.reason
    if value is not None and (score.coverage or 0) < least:
        value, reason = None, LOW_COVERAGE
    return Seen(period=period, value=value, unit="score", reason=reason, changed=changed)


def _of_result(cycle: Cycle, result: ItemResult, changed: Message | None) -> Seen:
    value = result.value
    counted = value.spread if isinstance(value.spread, Proportion | EventRate) and value.unit != COUNT else None
    return Seen(
        period=cycle.period,
        value=value.value,
        unit=value.unit,
        n=result.n,
        counted=counted,
        worth=float(value.worth),
        reason=result.reason or value.reason or result.status.value,
        changed=changed,
    )
