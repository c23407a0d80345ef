"""Before and after to a verdict: whether a corrective action worked, as far as data can tell.

Six conditions are looked at. All hold: *effective*. The first three and no recurrence, but the target missed or a guard
worse: *partly*. A recurrence, an indicator that is surely worse, or an improvement that is surely too small: *not
effective*. Everything else is *inconclusive* and needs more data: what is not known never speaks for an action.

What the words mean here:

* **Surely worse** is a change in the wrong direction that is beyond chance. One that is not may come of an action that
  works, where the survey is small: inconclusive.
* **Surely too small** is an interval of the difference that lies wholly short of the least worthwhile improvement.
* A **recurrence** needs no figures: it decides alone, also where nothing can be compared.
* Where **all there are** were counted on both sides, there is no chance. The difference is what it is: an improvement
  of the least size or more counts, anything else is not effective; any worsening of a guard counts.
* An **interval without a test** (a median has one) stands for the test at 0.05: beyond chance if it leaves 0 out.
* A site that was **picked by the very values** that stand before needs a smaller probability (``statistics.picking``).
  That is asked of improvements only: the picking makes a worsening less likely, not more.
* Where **other actions** are judged on the same cycles, an improvement has to be beyond chance among all of them, by
  Holm (``statistics.adjusting``): that any of them is called effective by luck alone stays below the level. What has
  no probability, such as a median or a census, is none of them and stands by itself.
* **Guards** are looked at one by one at the same level. More of them raise more false alarms, which speaks against the
  action, not for it. One that cannot be judged leaves the whole inconclusive, unless another is worse already.

With **controls**, the improvement is that beyond theirs; the target is met or missed by the value after in any case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from math import inf, isfinite, isnan

from msgspec import Struct

from sqaudit.model.action import Verdict
from sqaudit.model.target import Direction, Target
from sqaudit.statistics.adjusting import holm
from sqaudit.statistics.contrasts import CENSUS, Contrast
from sqaudit.statistics.controlled import Controlled
from sqaudit.statistics.picking import after_picking
from sqaudit.statistics.quantiles import CONFIDENCE

ALPHA = 0.05


class Condition(StrEnum):
    """What has to hold for an action to be effective."""

    DIRECTION = "right_direction"
    CHANCE = "beyond_chance"
    SIZE = "large_enough"
    TARGET = "target_met"
    RECURRENCE = "not_recurred"
    GUARDS = "guards_kept"


class Reason(StrEnum):
    """Why a verdict is what it is. Beside these there are those that the evidence brought along."""

    # Not effective.
    RECURRED = "recurred"  # the finding was seen again after the fix
    WORSE = "indicator_worse"  # worse than before, beyond chance
    TOO_SMALL = "improvement_too_small"  # even the far end of the interval is short of the least improvement
    # Partly.
    TARGET_MISSED = "target_missed"  # better by enough, and still not where it has to be
    GUARD_WORSE = "guard_worse"  # something else became worse, beyond chance
    # Inconclusive.
    NOTHING_BEFORE = "no_value_before"
    NOTHING_AFTER = "no_value_after"
    NO_CONTROL = "no_control_value"  # the change of the controls is not known
    NOT_BETTER = "not_better"  # no improvement, but that may be chance
    WITHIN_CHANCE = "within_chance"  # better, but that may be chance
    PICKED = "picked_by_value"  # better beyond chance, but not for a site that was picked by its bad value
    AMONG_OTHERS = "among_others"  # better beyond chance by itself, but not among all that was judged with it
    NOT_TESTED = "not_tested"  # neither a test nor an interval
    BELOW_LEAST = "below_least_improvement"  # better, less than asked for; enough is still possible
    GUARD_UNKNOWN = "guard_unknown"  # a guard cannot be judged


class Guard(Struct, frozen=True, kw_only=True):
    """An item that must not become worse: what it changed by, after less before, which way is better.

    ``reason`` says why it cannot be judged.
    """

    item: str
    direction: Direction
    difference: float | None
    contrast: Contrast
    reason: str | None = None


class Evidence(Struct, frozen=True, kw_only=True):
    """What is known of the indicator of an action, and of what happened around it. All in the value's own unit.

    ``n_before`` and ``n_after`` are how many values there were, where that is known; ``improve``, 0 or more, is the
    least difference worth the effort. ``recurred``: the finding was seen again in a cycle after the fix. ``control`` is
    what changed beyond the sites where nothing was done. ``picked_from`` is in how many ways a picking by the values
    before could have ended (``ways_to_pick``), 1 if there was none. ``others`` are the probabilities, after their own
    picking, of the other actions judged on the same cycles. ``reason`` says why before and after cannot be compared:
    another measure, overlapping periods, too early, a small base. Without a ``target`` there is none to miss.
    """

    before: float | None
    after: float | None
    contrast: Contrast
    direction: Direction
    improve: float
    n_before: int | None = None
    n_after: int | None = None
    target: Target | None = None
    recurred: bool = False
    guards: tuple[Guard, ...] = ()
    control: Controlled | None = None
    picked_from: int = 1
    others: tuple[float, ...] = ()
    reason: str | None = None


class Judgement(Struct, frozen=True, kw_only=True):
    """A verdict, the codes of its reasons (none: all held), and how each condition and each guard came out.

    ``None`` is what could not be told. ``p`` is the probability that an improvement was judged by: that of its test,
    after picking and among others.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    checks: tuple[tuple[Condition, bool | None], ...] = ()
    guards: tuple[tuple[str, bool | None], ...] = ()
    p: float | None = None


class _Gain(Struct, frozen=True, kw_only=True):
    """A difference and its interval, turned so that more is better, and what is known of chance."""

    size: Decimal
    low: float | None
    high: float | None
    p: float | None
    untested: str | None
    is_census: bool


def judge(evidence: Evidence, alpha: float = ALPHA) -> Judgement:
    """The verdict on an action.

    Args:
        evidence: What is known.
        alpha: The probability, between 0 and 1, that a difference has to stay below to be beyond chance.

    Raises:
        ValueError: ``alpha``, ``improve``, ``picked_from`` or a probability is impossible.
    """
    if not 0 < alpha < 1 or not 0 <= evidence.improve < inf or evidence.picked_from < 1:
        raise ValueError(f"{evidence} cannot be judged at {alpha}")
    missing = _missing(evidence)
    gain = None if missing else _gain_of(evidence)
    p = None if gain is None or gain.p is None else _among_all(gain.p, evidence)
    guards = tuple((guard.item, _is_kept(guard, alpha)) for guard in evidence.guards)
    checks = {
        Condition.DIRECTION: None if gain is None else gain.size > 0,
        Condition.CHANCE: None if gain is None else _is_beyond_chance(gain, p, evidence.picked_from, alpha),
        Condition.SIZE: None if gain is None else gain.size >= _exact(evidence.improve),
        Condition.TARGET: _is_target_met(evidence),
        Condition.RECURRENCE: not evidence.recurred,
        Condition.GUARDS: _all_of([kept for _, kept in guards]),
    }
    verdict, reasons = _verdict(evidence, missing, gain, checks, alpha)
    return Judgement(verdict=verdict, reasons=reasons, checks=tuple(checks.items()), guards=guards, p=p)


def _verdict(
    evidence: Evidence,
    missing: tuple[str, ...],
    gain: _Gain | None,
    checks: Mapping[Condition, bool | None],
    alpha: float,
) -> tuple[Verdict, tuple[str, ...]]:
    failures = [Reason.RECURRED] if evidence.recurred else []
    if gain is not None:
        failures += _failures(gain, evidence.improve, alpha)
    if failures:
        return Verdict.NOT_EFFECTIVE, tuple(failures)
    if gain is None:
        return Verdict.INCONCLUSIVE, missing
    doubts = _doubts(gain, checks, evidence.picked_from, alpha)
    if doubts:
        return Verdict.INCONCLUSIVE, doubts
    shortfalls = [] if checks[Condition.TARGET] else [Reason.TARGET_MISSED]
    if not checks[Condition.GUARDS]:
        shortfalls.append(Reason.GUARD_WORSE)
    return Verdict.PARTLY if shortfalls else Verdict.EFFECTIVE, tuple(shortfalls)


def _failures(gain: _Gain, improve: float, alpha: float) -> list[Reason]:
    """What shows that it did not work."""
    if gain.size < 0 and _signal(gain, alpha):
        return [Reason.WORSE]
    if gain.is_census:
        is_short = gain.size <= 0 or gain.size < _exact(improve)
    else:
        is_short = gain.high is not None and gain.high < improve
    return [Reason.TOO_SMALL] if is_short else []


def _doubts(gain: _Gain, checks: Mapping[Condition, bool | None], ways: int, alpha: float) -> tuple[str, ...]:
    """What keeps an action that may have worked from being called so."""
    doubts: list[str] = []
    if not checks[Condition.DIRECTION]:
        doubts.append(Reason.NOT_BETTER)
    elif not checks[Condition.CHANCE]:
        doubts += _doubts_of_chance(gain, ways, alpha)
    if checks[Condition.DIRECTION] and not checks[Condition.SIZE]:
        doubts.append(Reason.BELOW_LEAST)
    if checks[Condition.GUARDS] is None:
        doubts.append(Reason.GUARD_UNKNOWN)
    return tuple(doubts)


def _doubts_of_chance(gain: _Gain, ways: int, alpha: float) -> list[str]:
    signal = _signal(gain, alpha)
    if signal is None:
        return [Reason.NOT_TESTED, *([] if gain.untested is None else [gain.untested])]
    if not signal:
        return [Reason.WITHIN_CHANCE]
    is_picked = gain.p is None or after_picking(gain.p, ways) >= alpha
    return [Reason.PICKED if is_picked else Reason.AMONG_OTHERS]


def _missing(evidence: Evidence) -> tuple[str, ...]:
    """Why there is no difference to judge; empty where there is one."""
    if evidence.reason is not None:
        return (evidence.reason,)
    if not _is_known(evidence.before) or evidence.n_before == 0:
        return (Reason.NOTHING_BEFORE,)
    if not _is_known(evidence.after) or evidence.n_after == 0:
        return (Reason.NOTHING_AFTER,)
    if evidence.control is not None and not _is_known(evidence.control.difference):
        return (Reason.NO_CONTROL,)
    return ()


def _gain_of(evidence: Evidence) -> _Gain:
    if evidence.control is not None:
        difference, contrast = _exact(evidence.control.difference), evidence.control.contrast
    else:
        difference, contrast = _exact(evidence.after) - _exact(evidence.before), evidence.contrast
    return _turned(difference, contrast, evidence.direction)


def _turned(difference: Decimal, contrast: Contrast, direction: Direction) -> _Gain:
    low, high, p = (
        None if number is None or isnan(number) else number for number in (contrast.low, contrast.high, contrast.p)
    )
    if p is not None and not 0 <= p <= 1:
        raise ValueError(f"a probability of {p} is impossible")
    is_higher = direction is Direction.HIGHER
    return _Gain(
        size=difference if is_higher else -difference,
        low=low if is_higher else None if high is None else -high,
        high=high if is_higher else None if low is None else -low,
        p=p,
        untested=contrast.reason,
        # Where only one side was counted in full, the interval has a width.
        is_census=contrast.reason == CENSUS and low == high,
    )


def _signal(gain: _Gain, alpha: float) -> bool | None:
    """Whether a difference is beyond chance, to either side; ``None`` where nothing tells."""
    if gain.is_census:
        return True
    if gain.p is not None:
        return gain.p < alpha
    # Without a reason why there is no test, it was taken away, and the interval is not to stand for it.
    if gain.untested is None or (gain.low is None and gain.high is None) or CONFIDENCE + alpha < 1:
        return None
    return (gain.low is not None and gain.low > 0) or (gain.high is not None and gain.high < 0)


def _among_all(p: float, evidence: Evidence) -> float:
    """A probability after picking, among those of the other actions."""
    return holm([after_picking(p, evidence.picked_from), *evidence.others])[0]


def _is_beyond_chance(gain: _Gain, p: float | None, ways: int, alpha: float) -> bool | None:
    signal = _signal(gain, alpha)
    if not signal or gain.size <= 0:
        return signal
    if p is None:
        return signal if ways == 1 else None
    return p < alpha


def _is_kept(guard: Guard, alpha: float) -> bool | None:
    """Whether a guard is no worse than before, beyond chance."""
    if guard.reason is not None or not _is_known(guard.difference):
        return None
    gain = _turned(_exact(guard.difference), guard.contrast, guard.direction)
    signal = _signal(gain, alpha)
    return None if signal is None else not (signal and gain.size < 0)


def _all_of(outcomes: Sequence[bool | None]) -> bool | None:
    """False where one is; else unknown where one is."""
    return False if False in outcomes else None if None in outcomes else True


def _is_target_met(evidence: Evidence) -> bool | None:
    if evidence.target is None:
        return True
    return evidence.target.is_met_by(float(evidence.after or 0)) if _is_known(evidence.after) else None


def _is_known(number: float | None) -> bool:
    return number is not None and isfinite(number)


def _exact(number: float | None) -> Decimal:
    """A number as it is written: what two of them differ by has no last digits of its own."""
    return Decimal(repr(float(number or 0)))
