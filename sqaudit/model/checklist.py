"""How a standard's criteria are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sqaudit.model.answer import Ask
from sqaudit.model.standard import NotApplicable, Unanswered
from sqaudit.model.target import Target
from sqaudit.model.texts import Text

# The scorers of the rollup ``deduction``: points off its base, points onto it.
DEDUCT = "deduct"
BONUS = "bonus"
POINT_SCORERS = (DEDUCT, BONUS)


class ScoreRule(Struct, frozen=True, kw_only=True):
    """Which scorer turns an item's value into 0 to 100, with its parameters as written."""

    scorer: str = "target"
    parameters: Mapping[str, object] | tuple[object, ...] = field(default_factory=dict)

    @property
    def most_points(self) -> Decimal:
        """The most points that the item can win or cost: its ``cap`` if it counts points, else 100."""
        if self.scorer in POINT_SCORERS and isinstance(self.parameters, Mapping):
            return Decimal(str(self.parameters.get("cap", 100)))
        return Decimal(100)


class Sample(Struct, frozen=True, kw_only=True):
    """How the rows of an item stand for all there are; without it every row counts alike, and none is missing.

    ``population`` is the number of units they were drawn from, or the site attribute that holds it. ``weight`` names
    the column of survey weights. Answers of one ``cluster`` (a column) are alike by ``icc`` (0 to 1).
    """

    population: int | str | None = None
    weight: str | None = None
    cluster: str | None = None
    icc: Decimal | None = None


class Item(Struct, frozen=True, kw_only=True):
    """How one criterion is observed at a site. An item without criterion informs, without points.

    It is measured over a dataset, derived from other items (``derive``), or asked of a person (``ask``); in the last
    two cases ``measure`` and ``dataset`` are empty. ``where`` picks rows, ``when`` decides whether the item applies to
    a site, ``time`` names the column that places a row in the period (default: the source's). ``target`` is the item's
    own, else its criterion's. ``by`` names the columns whose groups are measured beside the whole; ``interval``
    asks for the interval of a quantile.
    ``not_applicable`` and ``unanswered`` are the item's own policies, else its standard's. ``code`` is what it is
    called in the records that answer it, if its checklist has such ``answers``. ``was`` are the ids it had before. One
    that ``takes_target`` has that of its criterion, also where an overlay gives the criterion another.
    """

    id: str
    title: Text
    dataset: str
    measure: str
    derive: str | None = None
    ask: Ask | None = None
    code: str | None = None
    criterion: str | None = None
    where: str | None = None
    when: str | None = None
    time: str | None = None
    target: Target | None = None
    score: ScoreRule = field(default_factory=ScoreRule)
    weight: Decimal = Decimal(1)
    by: tuple[str, ...] = ()
    interval: bool = False
    sample: Sample | None = None
    not_applicable: NotApplicable | None = None
    unanswered: Unanswered | None = None
    was: tuple[str, ...] = ()
    takes_target: bool = False


class SummaryKind(StrEnum):
    """How the scores and values of many become one."""

    MEAN = "mean"
    WORST = "worst"
    LATEST = "latest"
    SHARE = "share"
    VOLUME = "volume"


class Summary(Struct, frozen=True, kw_only=True):
    """How subjects make a site, or sites a programme. ``condition`` belongs to SHARE: which of them count."""

    kind: SummaryKind = SummaryKind.MEAN
    condition: str | None = None


class RecordedAnswers(Struct, frozen=True, kw_only=True):
    """Where a checklist's questions are answered by records: rows of ``dataset`` that have the subject's columns.

    The column ``item`` names the item, ``value`` holds the answer; without it a row says that the fault occurred. With
    ``absent_passes`` an item that no row is about has the best answer.
    """

    dataset: str
    item: str
    value: str | None = None
    absent_passes: bool = False


class Checklist(Struct, frozen=True, kw_only=True):
    """Ordered items of one standard.

    ``subject`` names the columns whose values are looked at one by one below the site, such as calls or visits; their
    values and scores become the site's by ``summary``. People are asked about those that a sample has drawn; these
    are found in the rows of ``dataset`` for which ``where`` holds, if it is not a list that they are drawn from. With
    ``answers`` nobody is asked: records answer the questions about every subject that is found there. ``retired`` are
    the ids of items that ended on purpose. One with a ``layer`` is looked at only where that standard's overlay holds.
    """

    id: str
    standard: str
    title: Text
    items: tuple[Item, ...]
    subject: tuple[str, ...] = ()
    summary: Summary = field(default_factory=Summary)
    dataset: str | None = None
    where: str | None = None
    answers: RecordedAnswers | None = None
    retired: tuple[str, ...] = ()
    layer: str | None = None

    @property
    def asks_of_subjects(self) -> bool:
        """Whether people are asked about its subjects, one by one."""
        return self.answers is None and bool(self.subject) and any(item.ask is not None for item in self.items)
