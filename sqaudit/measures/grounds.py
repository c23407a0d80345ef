"""Where a dataset is measured, and what is asked of it: what all passes share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from sqaudit.measures.planning import Grain, Pass, PassKind
from sqaudit.measures.queries import Rows
from sqaudit.measures.requests import MeasureRequest, Task
from sqaudit.model.calendar import Calendar
from sqaudit.model.evidence import Number
from sqaudit.model.measuring import SITE_COLUMN, StagedDataset
from sqaudit.model.ports import EngineSession

Group: TypeAlias = tuple[str | None, ...]
"""A site with the values of the columns that the rows are broken down by."""
Found: TypeAlias = dict[str, Number | None]
"""Statistics by name."""


class Ground(Struct, frozen=True, kw_only=True):
    """Where and over what a dataset is measured.

    ``session`` is the engine with the rows, ``local`` one in this process, which knows the types of expressions by
    ``shape``, a relation with the same columns. ``zones`` are the ids of the sites by zone, ``calendars`` the calendar
    of each site that has one, with its zone. ``memory`` is what the engine may take, in bytes; ``None``: it looks after
    itself.
    """

    session: EngineSession
    local: EngineSession
    staged: StagedDataset
    shape: str
    zones: Mapping[str, Collection[str]]
    calendars: Mapping[str, tuple[Calendar, str]] = field(default_factory=dict)
    memory: int | None = None


class Total(Struct, frozen=True, kw_only=True):
    """Something to be known of all rows, found on the way: an aggregate, and how those of groups make the whole's."""

    aggregate: str
    whole: Callable[[Iterable[int]], int]


class Asked(Struct, frozen=True, kw_only=True):
    """What is measured, ready to be run."""

    ground: Ground
    requests: Sequence[MeasureRequest]
    tasks: Sequence[Task]
    types: Mapping[str, str]
    plan: Sequence[Pass]
    timeless: Collection[int]
    clocked: str
    whole_period: str

    def placed_in_time(self, one: Pass) -> list[Task]:
        """The tasks of a pass whose rows can be told to be in the period."""
        return [self.tasks[number] for number in one.requests if number not in self.timeless]

    def rows(self, one: Pass, tasks: Sequence[Task], sites: Sequence[str] | None) -> Rows:
        """The rows of a pass for these tasks, with clocks only where one of them reads one."""
        staged = self.ground.staged
        reads_clocks = any(self.requests[task.number].clocks for task in tasks)
        return Rows(
            relation=self.clocked if reads_clocks else staged.relation,
            periods=list(dict.fromkeys(task.rows.in_period for task in tasks)) or ["TRUE"],
            types=self.types,
            grain=one.grain,
            sites=sites,
            site=SITE_COLUMN if one.kind is PassKind.RANKS else staged.site_column,
            masks={key: staged.masks[key] for key in one.grain.keys if staged.columns[key].mask is not None},
        )


def group_of(row: Sequence[object], grain: Grain) -> Group:
    """The site and the values that a row of an answer begins with."""
    return tuple(None if part is None else str(part) for part in row[: 1 + len(grain.keys)])
