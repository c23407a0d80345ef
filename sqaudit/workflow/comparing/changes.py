"""One value before and after: the difference, what chance has to say about it, and the verdict. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from math import isinf

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.errors import Message
from sqaudit.measures.sampling import CENSUS
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.spread import EventRate
from sqaudit.model.target import Direction, Target
from sqaudit.statistics.adjusting import benjamini_hochberg
from sqaudit.statistics.bases import LOW_BASE_BELOW
from sqaudit.statistics.contrasts import SQUARE_AND_ADD, Contrast, Sampled, contrast, square_and_add
from sqaudit.workflow.levels import MEASURE_CHANGED

ALPHA = 0.05
SHARE, PERCENTAGE_POINTS, POINTS, COUNT = "share", "percentage_points", "points", "count"
ONLY_BEFORE, ONLY_AFTER = "only_before", "only_after"
PERIODS_OVERLAP, UNEQUAL_PERIODS, SMALL_BASE = "periods_overlap", "unequal_periods", "small_base"
NO_INTERVAL, INTERVAL_ONLY, NO_VALUE = "no_interval", "interval_only", "no_value"
SCORES_NOT_TESTED, SCORING_CHANGED = "scores_not_tested", "scoring_changed"
_NOT_THE_SAME = frozenset({MEASURE_CHANGED, SCORING_CHANGED})


class Verdict(StrEnum):
    """What may be said of a change. Without a target nobody said which way is better: higher, or lower."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NO_CHANGE = "no_change"
    NOT_TESTED = "not_tested"
    NOT_COMPARABLE = "not_comparable"


class Kind(StrEnum):
    """What a change is one of. A score is that of the place as a whole."""

    ITEM = "item"
    DIMENSION = "dimension"
    SCORE = "score"


class Windows(Struct, frozen=True, kw_only=True):
    """How the two periods lie to each other."""

    overlap: bool = False
    equal: bool = True


class Change(Struct, frozen=True, kw_only=True):
    """A value in one place, before and after.

    ``contrast`` is in the value's own unit, shares from 0 to 1. ``reason`` says why it is not comparable, or why it is
    not tested. ``changed`` is what a reader has to know: what else is no longer as it was. ``p_adjusted`` and
    ``verdict`` are there once all changes were judged together.
    """

    kind: Kind
    place: str
    id: str
    unit: str
    before: float | None
    after: float | None
    is_comparable: bool
    n_before: int | None = None
    n_after: int | None = None
    criterion: str | None = None
    direction: Direction | None = None
    contrast: Contrast = field(default_factory=Contrast)
    reason: str | None = None
    changed: tuple[Message, ...] = ()
    p_adjusted: float | None = None
    verdict: Verdict = Verdict.NOT_COMPARABLE

    @property
    def difference(self) -> float | None:
        """After less before, in its own unit; shares in percentage points."""
        if self.before is None or self.after is None or self.reason in _NOT_THE_SAME:
            return None
        return self.in_its_unit(float(_exact(self.after) - _exact(self.before)))

    @property
    def difference_unit(self) -> str:
        """What the difference is measured in."""
        return PERCENTAGE_POINTS if self.unit == SHARE else self.unit

    @property
    def relative(self) -> float | None:
        """The difference by the value before; of points from -100 to 100, or of nothing, there is none."""
        if self.difference is None or not self.before or self.before < 0 or self.unit == POINTS:
            return None
        return float((_exact(self.after) - _exact(self.before)) / _exact(self.before))

    def in_its_unit(self, number: float | None) -> float | None:
        """A number of the contrast in the unit of the difference."""
        return float(_exact(number) * 100) if number is not None and self.unit == SHARE else number


def compare_results(  # noqa: PLR0913 - two results, and what is known of both
    place: str,
    before: ItemResult | None,
    after: ItemResult | None,
    windows: Windows,
    *,
    is_same: bool,
    changed: tuple[Message, ...] = (),
) -> Change:
    """An item in one place, in two cycles; it is in at least one of them.

    Args:
        place: The site, region or programme.
        before: What came of it in the earlier cycle.
        after: And in the later one.
        windows: How their periods lie.
        is_same: Whether both measured the same.
        changed: What else is no longer as it was.
    """
    known = after or before
    assert known is not None  # noqa: S101 - told above
    target = next((one.target for one in (after, before) if one is not None and one.target is not None), None)
    change = Change(
        kind=Kind.ITEM,
        place=place,
        id=known.item,
        unit=known.value.unit,
        before=None if before is None else before.value.value,
        after=None if after is None else after.value.value,
        n_before=None if before is None else before.n,
        n_after=None if after is None else after.n,
        criterion=known.criterion,
        direction=_direction(target),
        is_comparable=False,
        changed=changed,
    )
    if before is None or after is None:
        return replace(change, reason=ONLY_AFTER if before is None else ONLY_BEFORE)
    reason = MEASURE_CHANGED if not is_same else _without_value(before) or _without_value(after)
    if reason is None and windows.overlap:
        reason = PERIODS_OVERLAP
    if reason is None and not windows.equal and known.value.unit == COUNT:
        reason = UNEQUAL_PERIODS
    if reason is not None:
        return replace(change, reason=reason)
    found = contrast_of(before.value, after.value)
    if found.low is not None and (has_small_base(before) or has_small_base(after)):
        return replace(change, contrast=replace(found, p=None, test=None), reason=SMALL_BASE)
    return replace(change, contrast=found, reason=found.reason, is_comparable=True)


def contrast_of(before: Value, after: Value) -> Contrast:
    """The difference of two measured values: tested where what was counted is known, else with an interval, if any."""
    if before.spread is not None and after.spread is not None and type(before.spread) is type(after.spread):
        found = contrast(
            Sampled(spread=before.spread, worth=before.worth), Sampled(spread=after.spread, worth=after.worth)
        )
        if found.low is not None or found.reason != CENSUS:
            return found
    numbers = (before.value, before.low, before.high, after.value, after.low, after.high)
    if any(number is None for number in numbers):
        return Contrast(reason=NO_INTERVAL)
    was, was_low, was_high, became, low, high = (float(number or 0) for number in numbers)
    ends = square_and_add(was, (was_low, was_high), became, (low, high))
    reason = CENSUS if isinf(before.worth) or isinf(after.worth) else INTERVAL_ONLY
    return Contrast(low=ends[0], high=ends[1], interval=SQUARE_AND_ADD, reason=reason)


def compare_scores(  # noqa: PLR0913 - the parts of two scores
    kind: Kind,
    place: str,
    identity: str,
    before: Decimal | None,
    after: Decimal | None,
    *,
    reason: str | None,
    changed: tuple[Message, ...] = (),
) -> Change:
    """A score before and after. It is made of many values and their weights, and no chance is known for it.

    ``reason`` says why the two cannot be compared.
    """
    return Change(
        kind=kind,
        place=place,
        id=identity,
        unit="score",
        before=None if before is None else float(before),
        after=None if after is None else float(after),
        direction=Direction.HIGHER,
        is_comparable=reason is None,
        reason=reason or SCORES_NOT_TESTED,
        changed=changed,
    )


def judge_changes(changes: Sequence[Change]) -> list[Change]:
    """All changes of one table with their verdicts: those tested are adjusted for how many they are."""
    tested = {place: one.contrast.p for place, one in enumerate(changes) if one.contrast.p is not None}
    adjusted = dict(zip(tested, benjamini_hochberg(list(tested.values())), strict=True))
    return [
        replace(one, p_adjusted=adjusted.get(place), verdict=_verdict(one, adjusted.get(place)))
        for place, one in enumerate(changes)
    ]


def _verdict(change: Change, p: float | None) -> Verdict:
    if not change.is_comparable:
        return Verdict.NOT_COMPARABLE
    if p is None:
        return Verdict.NOT_TESTED
    if p >= ALPHA or not change.difference:
        return Verdict.NO_CHANGE
    if change.direction is None:
        return Verdict.HIGHER if change.difference > 0 else Verdict.LOWER
    is_better = (change.difference > 0) is (change.direction is Direction.HIGHER)
    return Verdict.BETTER if is_better else Verdict.WORSE


def _direction(target: Target | None) -> Direction | None:
    """Which way a target points; one that asks for an exact number points nowhere."""
    return None if target is None or target.comparison == "=" else target.direction


def _without_value(result: ItemResult) -> str | None:
    if result.value.value is not None:
        return None
    if result.status in {Status.NOT_APPLICABLE, Status.NOT_SELECTED, Status.UNANSWERED}:
        return result.status.value
    return result.reason or NO_VALUE


def has_small_base(result: ItemResult) -> bool:
    """Whether a value rests on too little to be judged. A count has no base; totals of a rate may lie in one row."""
    value, base = result.value, float(result.n)
    if isinstance(value.spread, EventRate):
        base = max(base, float(value.spread.exposure))
    return base < LOW_BASE_BELOW and value.unit != COUNT and not isinf(value.worth)


def _exact(number: float | None) -> Decimal:
    return Decimal(repr(number or 0))
