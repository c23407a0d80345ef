"""What sites are ranked by, of one cycle: their scores or an item's values, each with how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.score import ItemResult, Level, Score, Value
from sqaudit.model.target import Direction
from sqaudit.scoring.uncertainty import CENSUS, NO_INTERVAL, SMALL_BASE, LikelyScore, likely_score, standard_error
from sqaudit.statistics.quantiles import CONFIDENCE, normal_quantile
from sqaudit.statistics.weighted_sums import quantile_of
from sqaudit.store.engine import Store
from sqaudit.workflow.collected import SharedDocuments, observed_under
from sqaudit.workflow.comparing.changes import has_small_base
from sqaudit.workflow.context import Context
from sqaudit.workflow.judging import ScoredCycle
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.overlays import at_site
from sqaudit.workflow.ranking.placing import SiteValue, is_census
from sqaudit.workflow.score import collected_cycle, judge_revision

_FORMULA = "score"
_HALF = 0.5


class JudgedCycle(Struct, frozen=True, kw_only=True):
    """A cycle's newest revision, judged, with the ids that items had."""

    cycle: Cycle
    measurable: Measurable
    sites: Sequence[Site]
    scored: ScoredCycle
    weights: dict[str, float]
    called: dict[str, str]


def judged_cycle(context: Context, store: Store, programme: str, period: str | None) -> JudgedCycle:
    """The newest revision of a cycle, under the ids that its items have in the newest cycle."""
    cycle = collected_cycle(context, store, programme, period)
    newest = collected_cycle(context, store, programme, None) if cycle.is_regular else cycle
    documents = SharedDocuments(context, store, [cycle, newest])
    number = cycle.revisions[-1].number
    sites = store.read_sites(cycle.programme, cycle.period, number)
    measurable, renames = documents.measurable(cycle, sites), documents.renames(cycle)
    seen = observed_under(renames, store.read_observations(cycle.programme, cycle.period, number))
    scored = judge_revision(store, measurable, cycle, number, seen)
    return JudgedCycle(
        cycle=cycle,
        measurable=measurable,
        sites=sites,
        scored=scored,
        weights={site.id: float(scored.lift.weight(site)) for site in sites},
        called=dict(renames.items),
    )


def item_values(judged: JudgedCycle, item: str) -> tuple[list[SiteValue], str, Direction | None]:
    """An item's values at the sites, its id now, and which way is better, if one is.

    Raises:
        InvalidInput: The cycle has no such item.
    """
    item = judged.called.get(item, item)
    known = [question.item.id for question in judged.measurable.questions]
    if item not in known:
        raise InvalidInput("SQA764", msg("no item is called '{item}'", item=item), did_you_mean(item, known))
    results = [one for one in judged.scored.results if one.item == item]
    targets = [one.target for one in results if one.target is not None and one.target.comparison != "="]
    return [_of_item(one) for one in results], item, targets[0].direction if targets else None


def _of_item(result: ItemResult) -> SiteValue:
    value, error = result.value, standard_error(result.value)
    reason = None
    if value.value is None:
        reason = result.reason or value.reason or result.status.value
    elif error is None:
        reason = NO_INTERVAL
    elif is_census(value):
        reason = CENSUS
    elif has_small_base(result):
        reason = SMALL_BASE
    return SiteValue(site=result.site, value=value, n=result.n, error=error, reason=reason)


def score_values(judged: JudgedCycle) -> list[SiteValue]:
    """The scores of the sites, each with the interval that the samples of its items leave it."""
    of_site: defaultdict[str, list[ItemResult]] = defaultdict(list)
    for result in judged.scored.results:
        of_site[result.site].append(result)
    measurables = {site.id: at_site(judged.measurable, site) for site in judged.sites}
    found = []
    for score in judged.scored.scores:
        if score.level is Level.AUDIT and not score.subject:
            results = of_site[score.id]
            small = {one.item for one in results if one.value.value is not None and has_small_base(one)}
            asked = measurables[score.id]
            questions = {question.item.id: question for question in asked.questions}
            likely = likely_score(asked.programme.standard, questions, results, small)
            found.append(_of_score(score, likely, judged.weights[score.id]))
    return found


def _of_score(score: Score, known: LikelyScore, weight: float) -> SiteValue:
    number, likely = None if score.score is None else float(score.score), known.distribution
    low = high = None
    if number is not None and likely is not None:
        tail = (1 - CONFIDENCE) / 2
        low, high = min(number, quantile_of(likely, tail)), max(number, quantile_of(likely, 1 - tail))
    reason = score.reason if number is None else known.reason
    if reason is None and known.small > _HALF:
        reason = SMALL_BASE
    return SiteValue(
        site=score.id,
        value=Value(value=number, unit="score", formula=_FORMULA, low=low, high=high, interval=None),
        n=None,
        error=None if low is None or high is None else (high - low) / (2 * normal_quantile()),
        weight=weight,
        likely=likely,
        reason=reason,
        items=known.items if number is not None else (),
    )
