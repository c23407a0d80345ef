"""Rows told apart by what conditions compare with, so that items that differ in their condition alone share a count.

Twenty items by channel and priority ask for each of their counts twenty times. Counted once per channel and priority,
and added up, they take a fraction of the time. Sums stay exact, so the values are the same.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from sqaudit.measures.knowing import NAME, TEXT
from sqaudit.measures.requests import ADDITIVE, Task

# Each slice of a site holds every aggregate: with more of them than this, there is more to write than is saved,
_MOST_SLICES = 100
# and with more in all, about a kilobyte each, memory might not hold them.
_MOST_IN_ALL = 250_000
# The walk itself takes about twice as long with slices.
_LEAST_SAVING = 3
_LITERAL = rf"(?:{TEXT}|-?[0-9]+(?:\.[0-9]+)?)"
_TERM = re.compile(rf"(?P<name>{NAME})(?: = (?P<value>{_LITERAL})| IN \((?P<values>{_LITERAL}(?:, {_LITERAL})*)\))?")
_BETWEEN_TERMS = re.compile(r"(?:\bAND\b|[()\s])*")
_NAMES = re.compile(rf"(?P<kept>{TEXT})|{NAME}")
_TRUE = "TRUE"

Compared = Mapping[str, frozenset[str]]
"""Columns in quotes, each with the literals that it is compared with, or TRUE alone."""


class Slices(Struct, frozen=True):
    """The columns that tell the slices apart, and the conditions that are told by them: those of ``wheres``."""

    columns: Compared = field(default_factory=dict)
    wheres: frozenset[str] = frozenset()

    def keys(self) -> dict[str, str]:
        """What a row's slice is told by: for each column its value, where a condition compares with it."""
        return {
            name: f"coalesce({name}, FALSE)"
            if _TRUE in values
            else f"(CASE WHEN {name} IN ({', '.join(sorted(values))}) THEN {name} END)"
            for name, values in sorted(self.columns.items())
        }


def slices_of(tasks: Sequence[Task], sites: int) -> Slices:
    """The slices that save most of the aggregates of these tasks at so many sites; none where they save too little."""
    most = min(_MOST_SLICES, _MOST_IN_ALL // max(sites, 1))
    asked = Counter(task.rows.where for task in tasks if task.rows.where != _TRUE)
    columns: dict[str, frozenset[str]] = {}
    wheres: set[str] = set()
    for where, _ in sorted(asked.items(), key=lambda one: (-one[1], one[0])):
        wider = _joined(columns, _compared(where))
        if wider is not None and math.prod(len(values) + 1 for values in wider.values()) <= most:
            columns = wider
            wheres.add(where)
    apart = {(task.rows.where, *one) for task in tasks for one in _pieces(task)}
    together = {(_TRUE if where in wheres else where, *one) for where, *one in apart}
    return Slices(columns, frozenset(wheres)) if len(apart) >= _LEAST_SAVING * len(together) else Slices()


def _pieces(task: Task) -> Iterable[tuple[str, str]]:
    return ((one.kind, one.expression) for one in task.statistics.values() if one.kind in ADDITIVE)


def _joined(columns: Compared, more: Compared | None) -> dict[str, frozenset[str]] | None:
    """Both together; ``None`` if one of them is, or a column is compared in one and true in the other."""
    if more is None:
        return None
    joined = {name: columns.get(name, frozenset()) | more.get(name, frozenset()) for name in {*columns, *more}}
    return None if any(_TRUE in values and len(values) > 1 for values in joined.values()) else joined


def _compared(where: str) -> Compared | None:
    """What a condition compares its columns with; ``None`` if it is more than equalities that all have to hold."""
    if _BETWEEN_TERMS.fullmatch(_TERM.sub("", where)) is None:
        return None
    compared: dict[str, frozenset[str]] | None = {}
    for term in _TERM.finditer(where):
        literals = re.findall(_LITERAL, term["value"] or term["values"] or "") or [_TRUE]
        compared = None if compared is None else _joined(compared, {term["name"]: frozenset(literals)})
    return compared


def told_by(where: str, names: Mapping[str, str]) -> str:
    """A condition said of other names: those that its columns have in the slices."""
    return _NAMES.sub(lambda found: found["kept"] or names[found.group()], where)
