"""A resolved programme made ready to be measured and scored: every expression checked, every scorer found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqaudit.documents.building import build_programme
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.errors import Incomplete, msg
from sqaudit.expressions.conditions import Condition, read_condition
from sqaudit.expressions.gate import ExpressionProblem, check_condition
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.language import compile_measure
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.checklist import Item
from sqaudit.model.ids import fold_id
from sqaudit.model.programme import SITE_WORDS, Programme, Site, SiteDataset
from sqaudit.model.standard import RATING_WORDS
from sqaudit.plugin.host import PluginHost
from sqaudit.scoring.items import Question
from sqaudit.scoring.rating import RatingScale


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurable:
    """A programme whose items can be measured (``requests``, by dataset) and judged (``questions``, in order)."""

    programme: Programme
    questions: tuple[Question, ...]
    measures: Mapping[str, CompiledMeasure]
    requests: Mapping[str, tuple[MeasureRequest, ...]]
    applies: Mapping[str, Condition]
    scale: RatingScale


def make_measurable(resolved: ResolvedProgramme, host: PluginHost, sites: Sequence[Site] | None) -> Measurable:
    """Check every expression of a programme and find every measure and scorer it names.

    Items are keyed by their id, which is unique in a programme. ``sites`` are those whose attributes conditions may
    read, or ``None`` where a dataset will tell them.

    Raises:
        Incomplete: A plugin that brought a measure or scorer is not there, or no longer accepts what is written.
    """
    programme = build_programme(resolved)
    questions: list[Question] = []
    measures: dict[str, CompiledMeasure] = {}
    requests: defaultdict[str, list[MeasureRequest]] = defaultdict(list)
    applies: dict[str, Condition] = {}
    for checklist in programme.checklists:
        for item in checklist.items:
            dataset = programme.standard.datasets[item.dataset]
            criterion = programme.standard.criteria[item.criterion] if item.criterion else None
            questions.append(
                Question(checklist=checklist, item=item, criterion=criterion, scorer=host.scorer(item.score.scorer))
            )
            try:
                measures[item.id] = compile_measure(item.measure, dataset, host.measures())
                where = None if item.where is None else check_condition(item.where, dataset.columns)
                if item.when is not None:
                    applies[item.id] = read_condition(item.when, site_names(programme, sites))
            except ExpressionProblem as problem:
                raise _no_longer(item, problem) from problem
            requests[item.dataset].append(
                MeasureRequest(
                    checklist=checklist.id,
                    item=item.id,
                    measure=measures[item.id],
                    where=where,
                    time=item.time or programme.sources[item.dataset].time,
                )
            )
    return Measurable(
        programme=programme,
        questions=tuple(questions),
        measures=measures,
        requests={dataset: tuple(asked) for dataset, asked in requests.items()},
        applies=applies,
        scale=_scale(programme),
    )


def site_names(programme: Programme, sites: Sequence[Site] | None) -> tuple[str, ...]:
    """The names a ``when`` may read of a site: its own fields and every attribute that some site has."""
    if isinstance(programme.sites, SiteDataset):
        return (*SITE_WORDS, *programme.sites.attributes)
    return (*SITE_WORDS, *sorted({name for site in sites or () for name in site.attributes}))


def site_values(site: Site) -> Mapping[str, object]:
    """What a ``when`` may read of this site."""
    own = {
        "id": site.id,
        "region": site.region,
        "manager": site.manager,
        "timezone": site.timezone,
        "weight": site.weight,
    }
    return {**site.attributes, **own}


def rating_names(programme: Programme) -> tuple[str, ...]:
    """The names a rating's condition may read: score, coverage, failed items by severity, item values by id."""
    items = (fold_id(item.id) for checklist in programme.checklists for item in checklist.items)
    return (*RATING_WORDS, *items)


def _scale(programme: Programme) -> RatingScale:
    names = rating_names(programme)
    ratings = programme.standard.ratings
    conditions = tuple(None if r.when is None else read_condition(r.when, names) for r in ratings)
    return RatingScale(ratings=ratings, conditions=conditions, scoring=programme.standard.scoring)


def _no_longer(item: Item, problem: ExpressionProblem) -> Incomplete:
    return Incomplete(
        problem.code,
        msg("item '{item}': {problem}", item=item.id, problem=problem.message),
        problem.hint or msg("run `sqaudit check`, and `sqaudit plugins list` if a measure is unknown"),
    )
