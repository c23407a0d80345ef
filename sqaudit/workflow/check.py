"""Every problem of every document: their shape, their references, and every expression in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqaudit.documents.building import build_programme
from sqaudit.documents.expressions import ExpressionKind, ExpressionSite
from sqaudit.documents.library import Library
from sqaudit.documents.project import PROJECT_FILE
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.documents.settings import read_settings
from sqaudit.documents.suggesting import called_now
from sqaudit.errors import Gravity, Incomplete, InvalidDocuments, Message, Place, Problem, SqauditError, msg
from sqaudit.expressions.clock_calls import refuse_calendars
from sqaudit.expressions.conditions import read_condition
from sqaudit.expressions.gate import ExpressionProblem, check_condition, check_file_expression
from sqaudit.expressions.names import names_read
from sqaudit.expressions.problem import did_you_mean
from sqaudit.expressions.queries import CheckedQuery, check_query
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.derived import read_derived
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.programme import SITE_WORDS, Programme, SiteDataset
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Dataset
from sqaudit.plugin.host import PluginHost
from sqaudit.workflow.compiling import compile_or_fail
from sqaudit.workflow.context import Context, read_documents
from sqaudit.workflow.history import find_lost_ids
from sqaudit.workflow.measurable import site_names
from sqaudit.workflow.overlay_problems import overlay_problems
from sqaudit.workflow.sites import known_sites

_UNWEIGHTED = frozenset({StatisticKind.QUANTILE, StatisticKind.DISTINCT, StatisticKind.MIN, StatisticKind.MAX})


def check_documents(
    path: Path, host: PluginHost, now: datetime, environ: Mapping[str, str] = MappingProxyType({})
) -> tuple[Problem, ...]:
    """All problems of a project, a folder or one file, warnings included, ordered by file and line.

    Those of a project are compared with what its store knows, if there is one; ``environ`` may name another store.
    """
    library = read_documents(path, host, now)
    problems = [*library.problems, *_expression_problems(library, host)]
    problems += [one for programme in library.programmes for one in overlay_problems(library, programme)]
    if library.collection.project is not None and library.collection.project.valid:
        settings = read_settings(environ=environ, now=now)
        problems += _store_problems(
            Context(folder=library.project.folder, library=library, host=host, settings=settings)
        )
    return tuple(sorted(problems, key=_order))


def _store_problems(context: Context) -> Sequence[Problem]:
    """The ids that the documents have lost since their last cycle; a store that nobody can read is no fault of theirs.

    What opens stores takes long to load: a file that is not there is seen without.
    """
    try:
        written = context.store_url.removeprefix("sqlite:///")
        if written != context.store_url and not (context.folder / written).exists():
            return ()
        with context.store(create=False) as store:
            return find_lost_ids(context, store)
    except SqauditError as error:
        from sqaudit.store.location import NoStoreYet

        if isinstance(error, NoStoreYet):
            return ()
        message = msg("whether ids were lost cannot be seen: {reason}", reason=error.message)
        return [Problem(Place(PROJECT_FILE), error.code, message, error.hint, Gravity.WARNING)]


def check_programme(library: Library, host: PluginHost, programme: str) -> tuple[Problem, ...]:
    """The expressions and overlays of a programme's documents that stop it from running."""
    files = library.files_of(programme)
    contradictions = (p for p in overlay_problems(library, programme) if p.gravity is Gravity.ERROR)
    return (*(p for p in _expression_problems(library, host, programme) if p.place.file in files), *contradictions)


def check_files(library: Library, host: PluginHost, files: Collection[str]) -> tuple[Problem, ...]:
    """The errors of some of the documents, those of their expressions as well."""
    problems = (*library.problems, *_expression_problems(library, host))
    return tuple(p for p in problems if p.gravity is Gravity.ERROR and p.place.file in files)


def sound_programme(context: Context, programme_id: str) -> tuple[ResolvedProgramme, Programme]:
    """A programme without errors, with all plugins that it requires: resolved, and built.

    Raises:
        InvalidInput: There is no such programme, or its documents have errors.
        Incomplete: A required plugin is missing.
    """
    resolved = context.library.resolved(programme_id)
    problems = check_programme(context.library, context.host, programme_id)
    errors = [problem for problem in problems if problem.gravity is Gravity.ERROR]
    if errors:
        raise InvalidDocuments(errors)
    programme = build_programme(resolved)
    context.host.require((*context.project.requires, *programme.requires))
    return resolved, programme


def _expression_problems(library: Library, host: PluginHost, programme: str | None = None) -> Iterator[Problem]:
    told: set[tuple[str, ...]] = set()
    calendars = _Calendars(library)
    for site in library.expressions():
        if programme is not None and site.programme not in {None, programme}:
            continue
        try:
            if _check_expression(library, site, host):
                yield from calendars.problems(site, programme)
        except Incomplete as failure:  # not the document's fault: a run goes on without the item
            yield Problem(site.place(0), failure.code, failure.message, failure.hint, Gravity.WARNING)
        except ExpressionProblem as problem:
            hint = _hint_of_rename(library, site.text, problem) or problem.hint
            found = Problem(site.place(problem.start), problem.code, problem.message, hint)
            key = (str(found.place), found.code, str(found.message))
            if key not in told:
                told.add(key)
                yield found


def _hint_of_rename(library: Library, text: str, problem: ExpressionProblem) -> Message | None:
    """What an item is called now that an expression calls by an old id."""
    name = text[problem.start : problem.end]
    now = library.renamed_items().get(name) if problem.code == "SQA303" else None
    return None if now is None else called_now(name, now)


def _check_expression(library: Library, site: ExpressionSite, host: PluginHost) -> bool:
    """Whether it counts open time, which takes calendars."""
    if site.kind in {ExpressionKind.COLUMN, ExpressionKind.SITE}:
        # The file's columns are known when it is read; names of columns may be any text.
        if "(" in site.text:
            refuse_calendars(site.text)
    elif site.kind is ExpressionKind.QUERY:
        _check_query(site)
    elif site.kind is ExpressionKind.MEASURE and site.dataset is not None:
        return _counts_open_time(compile_or_fail(site.text, site.dataset, host))
    elif site.kind is ExpressionKind.WHERE and site.dataset is not None:
        return bool(check_condition(site.text, site.dataset.columns).clocks)
    elif site.kind is ExpressionKind.DERIVE:
        read_derived(site.text, dict.fromkeys(site.names or (), ""))
    elif site.kind in {ExpressionKind.INTERVAL, ExpressionKind.WEIGHT} and site.dataset is not None:
        _check_beside_measure(site.kind, site.text, site.dataset, host)
    elif site.kind is ExpressionKind.POPULATION:
        _check_population(library, site)
    else:
        names = site.names if site.names is not None else _names_of_sites(library, site.programme)
        if names is not None:
            _check_answers_read(site, names)
            read_condition(site.text, (*names, *site.earlier))
    return False


def _counts_open_time(measure: CompiledMeasure) -> bool:
    if measure.failure is not None:
        raise measure.failure
    return bool(measure.clocks)


def _check_answers_read(site: ExpressionSite, names: Sequence[str]) -> None:
    """That a question does not depend on what is answered after it, and that each name means one thing."""
    for name in names_read(site.text):
        folded = name.casefold()
        start = max(site.text.casefold().find(folded), 0)
        if folded in {other.casefold() for other in site.later} and name not in (*names, *site.earlier):
            message = msg("the answer to '{name}' is not known yet when this question is asked", name=name)
            hint = msg("move '{name}' above the questions that depend on its answer", name=name)
            raise ExpressionProblem("SQA341", message, hint=hint, start=start, end=start + len(name))
        if folded in {other.casefold() for other in site.earlier} and name in names:
            message = msg("'{name}' is an attribute of sites and an earlier question as well", name=name)
            hint = msg("give the question another id")
            raise ExpressionProblem("SQA342", message, hint=hint, start=start, end=start + len(name))


def _check_query(site: ExpressionSite) -> None:
    """Also that the result has every column that the dataset needs, under its own or another name."""
    query = check_query(site.text, {name: dataset.columns for name, dataset in (site.datasets or {}).items()})
    source, dataset = site.source or {}, site.dataset
    needed = [column.name for column in (dataset.columns.values() if dataset else ()) if not column.optional]
    named = [source.get("time", ""), source.get("site", ""), *source.get("key", ())]
    for name in dict.fromkeys([*needed, *(name for name in named if name.isidentifier())]):
        if name not in source.get("columns", {}) and name not in query.columns:
            message = msg("the query gives no column '{column}', which its dataset needs", column=name)
            hint = did_you_mean(name, query.columns)
            raise ExpressionProblem("SQA317", message, hint=hint, end=len(site.text))
    _check_masked_result(site, query)


def _check_masked_result(site: ExpressionSite, query: CheckedQuery) -> None:
    """That what masked columns hold stays masked in the columns of a result, and names no site and no key."""
    source, declared = site.source or {}, {} if site.dataset is None else site.dataset.columns
    named = [name for name in (source.get("site"), *source.get("key", ())) if name is not None]
    for name in (*(name for name, column in declared.items() if column.mask is None), *named):
        if name in declared and declared[name].mask is not None:
            continue
        masked = _masked_in(source.get("columns", {}).get(name, name), query)
        if masked:
            message = msg(
                "'{name}' would tell what masked columns hold: {columns}", name=name, columns=", ".join(sorted(masked))
            )
            hint = msg("declare it as text with 'mask:' in the standard, or let the query count or compare instead")
            raise ExpressionProblem("SQA238", message, hint=hint, end=len(site.text))


def _masked_in(written: str | int, query: CheckedQuery) -> frozenset[str]:
    """The masked columns that a place in a query's result tells: a name, a position or an expression."""
    if isinstance(written, int):
        written = next(iter(query.columns[written - 1 : written]), "") if written > 0 else ""
    if written in query.columns:
        return query.masked.get(written, frozenset())
    try:
        sql = check_file_expression(written, query.columns)
    except ExpressionProblem:
        return frozenset()  # told where the result is read
    return frozenset().union(*(masked for name, masked in query.masked.items() if quote_name(name) in sql))


def _check_beside_measure(kind: ExpressionKind, text: str, dataset: Dataset, host: PluginHost) -> None:
    """That an interval is asked for where there is none anyway and one can be had, and weights where they count."""
    try:
        measure = compile_or_fail(text, dataset, host)
    except ExpressionProblem:
        return  # told at the measure
    if measure.failure is not None:
        return
    kinds = {statistic.kind for statistic in measure.statistics.values()}
    hint = msg("remove '{key}:'", key=kind.value)
    if kind is ExpressionKind.INTERVAL and StatisticKind.QUANTILE not in kinds:
        message = msg("'{text}' is no quantile: its interval is there anyway, or cannot be had", text=text)
        raise ExpressionProblem("SQA319", message, hint=hint, end=len(text))
    if kind is ExpressionKind.WEIGHT and kinds & _UNWEIGHTED:
        message = msg("'{text}' takes no weights: they would change nothing", text=text)
        raise ExpressionProblem("SQA320", message, hint=hint, end=len(text))


class _Calendars:
    """The sites without a calendar, looked for once in each programme that counts open time."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._without: dict[str, str | None] = {}

    def problems(self, site: ExpressionSite, programme: str | None) -> Iterator[Problem]:
        """The problem of an expression that counts open time, for each programme where some site has no calendar."""
        for user in site.users:
            if programme not in {None, user}:
                continue
            if user not in self._without:
                self._without[user] = self._site_without(user)
            lacking = self._without[user]
            if lacking is not None:
                item = site.item or site.kind.value
                message = msg(
                    "'{item}' counts open time, and site '{site}' of programme '{programme}' has no calendar",
                    item=item,
                    site=lacking,
                    programme=user,
                )
                if not lacking:
                    message = msg(
                        "'{item}' counts open time, and the sites of programme '{programme}' have no calendar",
                        item=item,
                        programme=user,
                    )
                hint = msg("add 'calendar:' to sqaudit.yaml, to the programme or to the site")
                yield Problem(site.place(0), "SQA332", message, hint)

    def _site_without(self, programme: str) -> str | None:
        """The first site that no calendar is known for; empty where records have to tell the sites."""
        try:
            built = build_programme(self._library.resolved(programme))
            sites = known_sites(built, self._library.project.folder)
        except SqauditError:
            return None  # told where it belongs
        if sites is not None:
            return next((site.id for site in sites if built.calendar_of(site) is None), None)
        listing = built.sites
        tells = isinstance(listing, SiteDataset) and (not listing.attributes or "calendar" in listing.attributes)
        return "" if built.calendar is None and not (tells and built.calendars) else None


def _check_population(library: Library, site: ExpressionSite) -> None:
    names = site.names if site.names is not None else _names_of_sites(library, site.programme)
    attributes = sorted(set(names) - set(SITE_WORDS)) if names is not None else [site.text]
    if site.text not in attributes:
        message = msg("no site has an attribute '{name}'", name=site.text)
        hint = did_you_mean(site.text, attributes) or msg("write a whole number, or add the attribute to the sites")
        raise ExpressionProblem("SQA303", message, hint=hint, end=len(site.text))


def _names_of_sites(library: Library, programme: str | None) -> tuple[str, ...] | None:
    """The words of a file of sites; ``None`` while it cannot be read, which a run will say."""
    try:
        built = build_programme(library.resolved(programme or ""))
        return site_names(built, known_sites(built, library.project.folder))
    except SqauditError:
        return None


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return (problem.place.file, problem.place.line or 0, problem.place.column or 0, problem.code)
