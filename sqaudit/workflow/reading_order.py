"""Which datasets a run reads, and in which order: a query comes after what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from sqaudit.errors import UnusableSource, msg
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.expressions.queries import CheckedQuery, check_query
from sqaudit.model.programme import Programme
from sqaudit.model.standard import Column


class ReadingOrder(Struct, frozen=True, kw_only=True):
    """The datasets to read, each after those its query reads, and the queries by dataset."""

    datasets: tuple[str, ...]
    queries: Mapping[str, CheckedQuery]

    @property
    def fetched(self) -> list[str]:
        """The datasets whose records are fetched, by name."""
        return sorted(dataset for dataset in self.datasets if dataset not in self.queries)


def order_reading(programme: Programme, wanted: Iterable[str]) -> ReadingOrder:
    """The wanted datasets and all that their queries read.

    Raises:
        UnusableSource: A query is no longer allowed; documents that were checked have none.
    """
    order: dict[str, None] = {}
    queries: dict[str, CheckedQuery] = {}
    tables = {name: dataset.columns for name, dataset in programme.standard.datasets.items()}

    def visit(dataset: str) -> None:
        if dataset in order or dataset in queries:
            return
        text = programme.sources[dataset].query
        if text is not None:
            queries[dataset] = _checked(dataset, text, tables)
            for other in sorted(queries[dataset].tables):
                visit(other)
        order[dataset] = None

    for dataset in sorted(set(wanted)):
        visit(dataset)
    return ReadingOrder(datasets=tuple(order), queries=queries)


def _checked(dataset: str, text: str, tables: Mapping[str, Mapping[str, Column]]) -> CheckedQuery:
    try:
        return check_query(text, tables)
    except ExpressionProblem as problem:
        message = msg("the query of '{dataset}': {problem}", dataset=dataset, problem=problem.message)
        raise UnusableSource(problem.code, message, problem.hint) from problem
