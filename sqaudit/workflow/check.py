"""Every problem of every document: their shape, their references, and every expression in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqaudit.documents.building import build_programme
from sqaudit.documents.expressions import ExpressionKind, ExpressionSite
from sqaudit.documents.library import Library
from sqaudit.errors import Problem, SqauditError, msg
from sqaudit.expressions.conditions import read_condition
from sqaudit.expressions.gate import ExpressionProblem, check_condition
from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.problem import did_you_mean
from sqaudit.expressions.queries import check_query
from sqaudit.measures.derived import read_derived
from sqaudit.measures.language import compile_measure
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.programme import SITE_WORDS
from sqaudit.model.standard import Dataset
from sqaudit.plugin.host import PluginHost
from sqaudit.workflow.context import read_documents
from sqaudit.workflow.measurable import site_names
from sqaudit.workflow.sites import known_sites


def check_documents(path: Path, host: PluginHost, now: datetime) -> tuple[Problem, ...]:
    """All problems of a project, a folder or one file, warnings included, ordered by file and line."""
    library = read_documents(path, host, now)
    problems = [*library.problems, *_expression_problems(library, host)]
    return tuple(sorted(problems, key=_order))


def check_programme(library: Library, host: PluginHost, programme: str) -> tuple[Problem, ...]:
    """The expressions of a programme's documents that stop it from running."""
    files = library.files_of(programme)
    return tuple(p for p in _expression_problems(library, host, programme) if p.place.file in files)


def _expression_problems(library: Library, host: PluginHost, programme: str | None = None) -> Iterator[Problem]:
    told: set[tuple[str, ...]] = set()
    for site in library.expressions():
        if programme is not None and site.programme not in {None, programme}:
            continue
        try:
            _check_expression(library, site, host)
        except ExpressionProblem as problem:
            found = Problem(site.place(problem.start), problem.code, problem.message, problem.hint)
            key = (str(found.place), found.code, str(found.message))
            if key not in told:
                told.add(key)
                yield found


def _check_expression(library: Library, site: ExpressionSite, host: PluginHost) -> None:
    if site.kind in {ExpressionKind.COLUMN, ExpressionKind.SITE}:
        # The file's columns are known when it is read; names of columns may be any text.
        if "(" in site.text:
            parse_expression(site.text)
    elif site.kind is ExpressionKind.QUERY:
        _check_query(site)
    elif site.kind is ExpressionKind.MEASURE and site.dataset is not None:
        compile_measure(site.text, site.dataset, host.measures())
    elif site.kind is ExpressionKind.WHERE and site.dataset is not None:
        check_condition(site.text, site.dataset.columns)
    elif site.kind is ExpressionKind.DERIVE:
        read_derived(site.text, dict.fromkeys(site.names or (), ""))
    elif site.kind is ExpressionKind.INTERVAL and site.dataset is not None:
        _check_interval(site.text, site.dataset, host)
    elif site.kind is ExpressionKind.POPULATION:
        _check_population(library, site)
    else:
        names = site.names if site.names is not None else _names_of_sites(library, site.programme)
        if names is not None:
            read_condition(site.text, names)


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


def _check_interval(text: str, dataset: Dataset, host: PluginHost) -> None:
    """That an interval is asked for where one can be had that is not there anyway."""
    try:
        measure = compile_measure(text, dataset, host.measures())
    except ExpressionProblem:
        return  # told at the measure
    if all(statistic.kind is not StatisticKind.QUANTILE for statistic in measure.statistics.values()):
        message = msg("'{text}' is no quantile: its interval is there anyway, or cannot be had", text=text)
        raise ExpressionProblem("SQA319", message, hint=msg("remove '{key}:'", key="interval"), end=len(text))


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
