"""When a query fails: find the requests that make it fail, and keep the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from sqaudit.measures.requests import OF_NUMBERS, Task
from sqaudit.model.ports import EngineFailure, EngineSession

_NUMBERS = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|DOUBLE|FLOAT|INTERVAL)")


class Isolated(Struct, frozen=True):
    """How many tasks were computed, and why the others could not be, by their number."""

    succeeded: int
    failed: dict[int, str]


def isolate(tasks: Sequence[Task], compute: Callable[[Sequence[Task]], None]) -> Isolated:
    """Compute the tasks together; where that fails, halves of them, down to those that cannot be computed.

    An engine that is lost fails them all at once.
    """
    try:
        compute(tasks)
    except EngineFailure as failure:
        if len(tasks) <= 1 or failure.lost:
            reason = f"could not be computed: {failure.reason}"
            return Isolated(0, {task.number: reason for task in tasks})
    else:
        return Isolated(len(tasks), {})
    middle = len(tasks) // 2
    first, second = isolate(tasks[:middle], compute), isolate(tasks[middle:], compute)
    return Isolated(first.succeeded + second.succeeded, first.failed | second.failed)


def learn_types(session: EngineSession, relation: str, tasks: Sequence[Task]) -> tuple[dict[str, str], dict[int, str]]:
    """DuckDB's type of every expression of a number, and the tasks whose expressions are no numbers.

    ``session`` is that of an engine in this process, ``relation`` has the columns of the rows, if none of them.
    """
    types: dict[str, str] = {}

    def describe(group: Sequence[Task]) -> None:
        expressions = list(dict.fromkeys(found for task in group for found in task.expressions(OF_NUMBERS)))
        if expressions:
            listed = ", ".join(f"{sql} AS t{place}" for place, sql in enumerate(expressions))
            described = session.query(f"DESCRIBE SELECT {listed} FROM {relation}")
            types.update(zip(expressions, (str(row[1]) for row in described), strict=True))

    failed = isolate(tasks, describe).failed
    for task in tasks:
        wrong = [types[sql] for sql in task.expressions(OF_NUMBERS) if sql in types and not _is_number(types[sql])]
        if wrong:
            failed[task.number] = f"a number is needed, not {wrong[0]}"
    return types, failed


def _is_number(kind: str) -> bool:
    return _NUMBERS.fullmatch(kind) is not None or kind == '"NULL"'
