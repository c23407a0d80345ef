"""Every problem of every document: their shape, their references, and every expression in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqaudit.documents.library import ExpressionSite, Library
from sqaudit.errors import Gravity, InvalidInput, Problem
from sqaudit.expressions.conditions import read_condition
from sqaudit.expressions.gate import ExpressionProblem, check_row_expression
from sqaudit.measures.language import compile_measure
from sqaudit.plugin.host import PluginHost
from sqaudit.workflow.context import read_documents


def check_documents(path: Path, host: PluginHost, now: datetime) -> tuple[Problem, ...]:
    """All problems of a project, a folder or one file, warnings included, ordered by file and line."""
    library = read_documents(path, host, now)
    found = [*library.problems, *_expression_problems(library, host)]
    return tuple(sorted(found, key=_order))


def check_programme(library: Library, host: PluginHost, programme: str) -> tuple[Problem, ...]:
    """The errors that stop a programme from running."""
    return tuple(p for p in _expression_problems(library, host, programme) if p.gravity is Gravity.ERROR)


def _expression_problems(library: Library, host: PluginHost, programme: str | None = None) -> Iterator[Problem]:
    for site in library.expressions(programme):
        try:
            _check_expression(site, host)
        except ExpressionProblem as problem:
            yield Problem(site.place(problem.start), problem.code, problem.message, problem.hint)


def _check_expression(site: ExpressionSite, host: PluginHost) -> None:
    if site.kind == "measure":
        compile_measure(site.text, site.dataset, host.measures())
    elif site.kind == "where":
        check_row_expression(site.text, site.dataset.columns)
    else:
        read_condition(site.text, site.names)


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return (problem.place.file, problem.place.line or 0, problem.place.column or 0, problem.code)
