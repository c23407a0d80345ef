"""A resolved programme made ready to be measured and scored: every expression checked, every scorer found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from sqaudit.documents.building import build_programme
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.errors import Incomplete, msg
from sqaudit.expressions.conditions import Condition, read_condition
from sqaudit.expressions.gate import ExpressionProblem, check_condition
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.derived import Derived, order_derived, read_derived
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.answer import AnswerForm
from sqaudit.model.checklist import BONUS, Checklist, Item, Summary, SummaryKind
from sqaudit.model.ids import fold_id
from sqaudit.model.programme import SITE_WORDS, Programme, Site, SiteDataset
from sqaudit.model.standard import RATING_WORDS, Dataset
from sqaudit.plugin.host import PluginHost
from sqaudit.scoring.answers import unit_and_formula
from sqaudit.scoring.items import Question
from sqaudit.scoring.rating import RatingScale
from sqaudit.workflow.compiling import compile_or_fail, sound_scorer
from sqaudit.workflow.registers import requests_for_records


class Measurable(Struct, frozen=True, kw_only=True):
    """A programme whose items can be measured (``requests``, by dataset) and judged (``questions``, in order).

    ``recorded``, by dataset, is what is asked of the records that answer questions instead of people. Everything else
    goes by item: its ``measures``, what is ``asked`` of its dataset, when it ``applies``. ``derived`` items come in the
    order in which they can be computed; ``answers`` are what may be answered. Items
    ``about_persons`` tell what persons said or did; those ``by_persons`` have groups or subjects that are persons,
    ``grouped_by_persons`` are those questions about subjects whose groups are.
    ``conditions`` are those of ``share(CONDITION)``: of subjects by checklist, and of the programme's sites under
    ``None``. The points of ``bonuses`` are added.

    ``holds`` has the conditions of the programme's overlays, in their order. What they make of it at a site is told by
    ``workflow.overlays``, which keeps it in ``variants``; there, items that overlays rule out are ``ruled_out``.
    """

    programme: Programme
    questions: tuple[Question, ...]
    measures: Mapping[str, CompiledMeasure]
    requests: Mapping[str, tuple[MeasureRequest, ...]]
    recorded: Mapping[str, tuple[MeasureRequest, ...]]
    asked: Mapping[str, MeasureRequest]
    derived: Mapping[str, Derived]
    answers: Mapping[str, AnswerForm]
    applies: Mapping[str, Condition]
    conditions: Mapping[str | None, Condition]
    about_persons: frozenset[str]
    by_persons: frozenset[str]
    grouped_by_persons: frozenset[str]
    scale: RatingScale
    bonuses: frozenset[str]
    holds: tuple[Condition, ...] = ()
    ruled_out: frozenset[str] = frozenset()
    variants: dict[tuple[bool | None, ...], Measurable] = field(default_factory=dict)

    @property
    def all_requests(self) -> dict[str, tuple[MeasureRequest, ...]]:
        """All that is asked of records, by dataset: by items, and for answers."""
        datasets = sorted({*self.requests, *self.recorded})
        return {name: (*self.requests.get(name, ()), *self.recorded.get(name, ())) for name in datasets}

    @property
    def counting(self) -> Iterator[tuple[str, str]]:
        """Datasets with the items whose observations count their rows; what records answer counts its register's."""
        for dataset, requests in self.requests.items():
            yield from ((dataset, request.item) for request in requests)
        for question in self.questions:
            checklist, answers = question.checklist, question.checklist.answers
            if answers is not None and question.item.ask is not None:
                yield (checklist.dataset or "" if checklist.subject else answers.dataset), question.item.id

    @property
    def asked_of_people(self) -> list[Question]:
        """The questions that people are to answer, in order."""
        return [one for one in self.questions if one.item.ask is not None and one.checklist.answers is None]

    def unit_and_formula(self, item: str) -> tuple[str, str]:
        """What an item's value is measured in, and by which formula."""
        if item in self.answers:
            return unit_and_formula(self.answers[item])
        made = self.derived[item] if item in self.derived else self.measures[item]
        return made.unit, made.formula


def make_measurable(resolved: ResolvedProgramme, host: PluginHost, sites: Sequence[Site] | None) -> Measurable:
    """Check every expression of a programme and find every measure and scorer it names.

    Items are keyed by their id, which is unique in a programme. ``sites`` are those whose attributes conditions may
    read, or ``None`` where a dataset will tell them.

    Raises:
        Incomplete: A plugin that brought a measure or scorer is not there, or no longer accepts what is written.
    """
    programme = build_programme(resolved)
    questions: list[Question] = []
    asked: dict[str, MeasureRequest] = {}
    requests: defaultdict[str, list[MeasureRequest]] = defaultdict(list)
    applies: dict[str, Condition] = {}
    words = site_names(programme, sites)
    answers: dict[str, AnswerForm] = {}
    criteria = programme.criteria
    for checklist in programme.checklists:
        earlier: list[str] = []  # questions of this checklist, whose answers later ones may read
        for item in checklist.items:
            criterion = criteria[item.criterion] if item.criterion else None
            questions.append(
                Question(
                    checklist=checklist,
                    item=item,
                    criterion=criterion,
                    scorer=sound_scorer(item, criterion, host),
                    scoring=programme.standard.scoring,
                )
            )
            try:
                if item.when is not None:
                    readable = words if item.ask is None else (*words, *earlier)
                    applies[item.id] = read_condition(item.when, readable)
                if item.ask is not None:
                    answers[item.id] = item.ask.form
                    earlier.append(fold_id(item.id))
                elif item.derive is None:
                    asked[item.id] = _request(programme, checklist, item, host)
                    requests[item.dataset].append(asked[item.id])
            except ExpressionProblem as problem:
                raise _no_longer(item, problem) from problem
    recorded: defaultdict[str, list[MeasureRequest]] = defaultdict(list)
    for dataset, request in requests_for_records(programme, host.measures()):
        recorded[dataset].append(request)
    datasets = programme.standard.datasets
    items = {question.item.id: question.item for question in questions}
    return Measurable(
        programme=programme,
        questions=tuple(questions),
        measures={item: request.measure for item, request in asked.items()},
        requests={dataset: tuple(wanted) for dataset, wanted in requests.items()},
        recorded={dataset: tuple(wanted) for dataset, wanted in recorded.items()},
        asked=asked,
        derived=_derived(items, asked, answers),
        answers=answers,
        applies=applies,
        conditions=_conditions(programme, asked),
        about_persons=frozenset(
            name
            for name, request in asked.items()
            if datasets[items[name].dataset].about_persons
            or _names_persons(datasets[items[name].dataset], request.measure.columns)
        ),
        by_persons=frozenset(
            name for name, request in asked.items() if _names_persons(datasets[items[name].dataset], request.keys)
        )
        | _naming_persons(programme, lambda checklist, _item: checklist.subject),
        grouped_by_persons=_naming_persons(programme, lambda _checklist, item: item.by),
        scale=_scale(programme),
        bonuses=bonuses_of(programme),
        holds=tuple(read_condition(overlay.when, words) for overlay in programme.overlays),
    )


def bonuses_of(programme: Programme) -> frozenset[str]:
    """The items whose points are added to the base of a rollup by deduction."""
    items = (item for checklist in programme.checklists for item in checklist.items)
    return frozenset(item.id for item in items if item.score.scorer == BONUS)


def _request(programme: Programme, checklist: Checklist, item: Item, host: PluginHost) -> MeasureRequest:
    dataset = programme.standard.datasets[item.dataset]
    # Of a dataset without the subject's columns, items are measured at the site.
    has_subjects = bool(checklist.subject) and dataset.columns.keys() >= set(checklist.subject)
    time = programme.sources[item.dataset].time
    wants_latest = has_subjects and checklist.summary.kind is SummaryKind.LATEST
    return MeasureRequest(
        checklist=checklist.id,
        item=item.id,
        measure=compile_or_fail(item.measure, dataset, host),
        where=None if item.where is None else check_condition(item.where, dataset.columns),
        time=item.time or time,
        by=item.by,
        subject=checklist.subject if has_subjects else (),
        sample=item.sample,
        interval=item.interval,
        newest=time if wants_latest else None,
    )


def _derived(
    items: Mapping[str, Item], asked: Mapping[str, MeasureRequest], answers: Mapping[str, AnswerForm]
) -> dict[str, Derived]:
    texts = {name: item.derive for name, item in items.items() if item.derive is not None}
    units = {name: request.measure.unit for name, request in asked.items()} | dict.fromkeys(texts, "")
    units |= {name: unit_and_formula(form)[0] for name, form in answers.items()}
    derived: dict[str, Derived] = {}
    for name in order_derived(texts):
        try:
            derived[name] = read_derived(texts[name], units)
        except ExpressionProblem as problem:
            raise _no_longer(items[name], problem) from problem
        units[name] = derived[name].unit
    return derived


def _conditions(programme: Programme, asked: Mapping[str, MeasureRequest]) -> dict[str | None, Condition]:
    conditions: dict[str | None, Condition] = {}
    for checklist in programme.checklists:
        own = [
            fold_id(item.id)
            for item in checklist.items
            if (item.ask is not None and checklist.subject) or (item.id in asked and asked[item.id].subject)
        ]
        if own and (condition := _share_condition(checklist.summary, (*RATING_WORDS, *own))) is not None:
            conditions[checklist.id] = condition
    condition = _share_condition(programme.summary, rating_names(programme))
    return conditions if condition is None else {**conditions, None: condition}


def _share_condition(summary: Summary, names: Sequence[str]) -> Condition | None:
    if summary.kind is not SummaryKind.SHARE or summary.condition is None:
        return None
    return read_condition(summary.condition, names)


def _naming_persons(programme: Programme, columns_of: Callable[[Checklist, Item], Sequence[str]]) -> frozenset[str]:
    """The questions about subjects of which these columns name persons, by the dataset that they are found in."""
    found = set()
    for checklist in programme.checklists:
        dataset = programme.standard.datasets.get(checklist.dataset or "")
        for item in checklist.items:
            columns = columns_of(checklist, item) if dataset is not None and item.ask is not None else ()
            if dataset is not None and _names_persons(dataset, dataset.columns.keys() & set(columns)):
                found.add(item.id)
    return frozenset(found)


def _names_persons(dataset: Dataset, columns: Iterable[str]) -> bool:
    return any(dataset.columns[name].about_persons for name in columns)


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
