"""What changed where something was done, beyond what changed where nothing was: the difference in differences.

Controls take away what moved everybody: a season, a new form, the market. They do not take away regression to the mean
when only the treated were picked for their bad values; ``statistics.picking`` tells what to do about that.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf, isinf

from msgspec import Struct

from sqaudit.model.spread import Average, EventRate, Promotion, Proportion, Spread
from sqaudit.statistics.comparison import UNPOOLED_Z, WELCH, Mean, two_sided, welch
from sqaudit.statistics.contrasts import (
    CENSUS,
    NO_VARIATION,
    SQUARE_AND_ADD,
    TOO_FEW,
    Contrast,
    Sampled,
    mean_of,
    square_and_add,
)
from sqaudit.statistics.quantiles import normal_quantile
from sqaudit.statistics.spreads import interval_of

_POINTS = 100


class Controlled(Struct, frozen=True, kw_only=True):
    """The change of the treated less that of the controls, in the value's own unit, and what chance has to say of it.

    ``difference`` is ``None`` where one of the four values is missing.
    """

    difference: float | None
    contrast: Contrast


def difference_in_differences(
    treated_before: Sampled, treated_after: Sampled, control_before: Sampled, control_after: Sampled
) -> Controlled:
    """The change of the treated less the change of the controls; the four are independent samples of one measure.

    Of proportions, rates and net promoter scores, the interval is squared and added from the limits that the four have
    by themselves, first within each change, then of the two changes (G. Y. Zou, A. Donner, Construction of confidence
    limits about effect measures, *Statistics in Medicine* 27 (2008) 1693-1702). The test is z, with the standard error
    that is recovered from the limit towards no difference: a sample without failures or events varies all the same, and
    the probability is below 0.05 where the interval leaves 0 out.

    Of means, interval and test are Student's t with the degrees of freedom of F. E. Satterthwaite, An approximate
    distribution of estimates of variance components, *Biometrics Bulletin* 2 (1946) 110-114: Welch's t of the changes.

    Several sites on a side are one sample here, their counts added up. Where sites rise and fall by themselves, more
    than their answers do, that is too sure; then one answer is worth less than one (``Sampled.worth``).

    Raises:
        ValueError: The four are not of one kind, or their counts contradict each other.
    """
    four = (treated_before, treated_after, control_before, control_after)
    if len({type(one.spread) for one in four}) > 1:
        raise ValueError(f"{[one.spread for one in four]} are no values of one measure")
    values = [_value(one.spread) for one in four]
    known = [value for value in values if value is not None]
    if len(known) < len(four):
        return Controlled(difference=None, contrast=Contrast(reason=TOO_FEW))
    was, became, control_was, control_became = known
    difference = float((became - was) - (control_became - control_was))
    if all(isinf(one.worth) for one in four):
        return Controlled(difference=difference, contrast=Contrast(reason=CENSUS))
    is_mean = isinstance(treated_before.spread, Average)
    contrast = _of_means(four) if is_mean else _of_counts(four, [float(value) for value in known])
    return Controlled(difference=difference, contrast=contrast)


def _value(spread: Spread) -> Fraction | None:
    match spread:
        case Proportion():
            return Fraction(spread.successes) / spread.n if spread.n > 0 else None
        case EventRate():
            return Fraction(spread.events) * spread.per / spread.exposure if spread.exposure > 0 else None
        case Promotion():
            return Fraction(_POINTS * (spread.promoters - spread.detractors)) / spread.n if spread.n > 0 else None
        case Average():
            return Fraction(spread.mean) if spread.n > 0 else None


def _of_counts(four: tuple[Sampled, Sampled, Sampled, Sampled], values: list[float]) -> Contrast:
    limits = [interval[:2] for one in four if (interval := interval_of(one.spread, one.worth)) is not None]
    change = square_and_add(values[0], limits[0], values[1], limits[1])
    control_change = square_and_add(values[2], limits[2], values[3], limits[3])
    difference = (values[1] - values[0]) - (values[3] - values[2])
    low, high = square_and_add(values[3] - values[2], control_change, values[1] - values[0], change)
    p = _recovered(difference, difference - low if difference > 0 else high - difference)
    return Contrast(low=low, high=high, interval=SQUARE_AND_ADD, p=p, test=UNPOOLED_Z)


def _recovered(difference: float, margin: float) -> float:
    """The probability of z, whose standard error makes the ``margin`` that there is towards no difference."""
    if not difference:
        return 1.0
    return two_sided(normal_quantile() * difference / margin if margin else inf)


def _of_means(four: tuple[Sampled, Sampled, Sampled, Sampled]) -> Contrast:
    means = [mean for one in four if (mean := _mean(one)) is not None]
    if len(means) < len(four):
        return Contrast(reason=TOO_FEW)
    found = welch(_change(means[2], means[3]), _change(means[0], means[1]))
    if found is None:
        return Contrast(reason=NO_VARIATION)
    return Contrast(low=found.low, high=found.high, interval=WELCH, p=found.p, test=WELCH)


def _mean(sampled: Sampled) -> Mean | None:
    assert isinstance(sampled.spread, Average)  # noqa: S101 - told by the caller
    if isinf(sampled.worth):
        return Mean(mean=float(sampled.spread.mean), variance=0.0, degrees=1.0)
    return mean_of(sampled.spread, sampled.worth)


def _change(before: Mean, after: Mean) -> Mean:
    """The change with its own variance and degrees; without a variance, the degrees count for nothing."""
    found = welch(before, after)
    return Mean(
        mean=after.mean - before.mean,
        variance=before.variance + after.variance,
        degrees=1.0 if found is None else found.degrees,
    )
