"""Intraclass correlations: how far numbers given by several judges tell the things judged apart.

The six forms of Shrout and Fleiss, *Psychological Bulletin* 86 (1979) 420-428, with the intervals given there and, for
absolute agreement, in McGraw and Wong, *Psychological Methods* 1 (1996) 30-46.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from sqaudit.statistics.agreement import NO_PAIRS, NO_VARIATION, Missing
from sqaudit.statistics.quantiles import CONFIDENCE, special_functions

Form: TypeAlias = Literal["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"]
Ratings: TypeAlias = Sequence[Sequence[float | Fraction]]


class MeanSquares(Struct, frozen=True, kw_only=True):
    """The parts of the variation of ``k`` judges' ratings of ``n`` things, in the ratings' unit squared.

    ``between`` things, ``within`` them; the latter is of ``judges`` and of what is left, ``error``.
    """

    n: int
    k: int
    between: Fraction
    within: Fraction
    judges: Fraction
    error: Fraction


class Intraclass(Struct, frozen=True, kw_only=True):
    """An intraclass correlation, at most 1, with its interval; ``None`` for a reason.

    The reason is ``no_pairs`` (fewer than two things or two judges) or ``no_variation`` (the things do not differ).
    Perfect agreement has no interval: the formulas would be sure of it, however few things there are. Absolute
    agreement not above 0 has none either.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Missing | None = None


class VarianceComponents(Struct, frozen=True, kw_only=True):
    """The variance ``between`` and ``within`` groups of one size, in the unit squared; none is below 0.

    ``is_cut`` tells that the estimate between groups was below 0, as it is when they differ less than by chance.
    """

    between: Fraction
    within: Fraction
    is_cut: bool

    @property
    def between_share(self) -> Fraction | None:
        """How much of the variance lies between groups, 0 to 1; ``None`` if there is none at all."""
        whole = self.between + self.within
        return self.between / whole if whole else None


def mean_squares(ratings: Ratings) -> MeanSquares:
    """Take the variation of ratings apart.

    Args:
        ratings: A row for each thing, with a rating by each judge; two of each at least, and no gaps.

    Raises:
        ValueError: Rows have different lengths, or there are fewer than two things or judges.
    """
    exact = [[Fraction(rating) for rating in row] for row in ratings]
    n, k = len(exact), len(exact[0]) if exact else 0
    if n < 2 or k < 2 or any(len(row) != k for row in exact):  # noqa: PLR2004 - two can differ
        raise ValueError("two things or more need a rating by each of two judges or more")
    things = [sum(row, Fraction(0)) for row in exact]
    judges = [sum(column, Fraction(0)) for column in zip(*exact, strict=True)]
    middle = _squares([sum(things, Fraction(0))]) / (n * k)
    whole = _squares([rating for row in exact for rating in row]) - middle
    of_things, of_judges = _squares(things) / k - middle, _squares(judges) / n - middle
    return MeanSquares(
        n=n,
        k=k,
        between=of_things / (n - 1),
        within=(whole - of_things) / (n * (k - 1)),
        judges=of_judges / (k - 1),
        error=(whole - of_things - of_judges) / ((n - 1) * (k - 1)),
    )


def variance_components(between: Fraction, within: Fraction, size: int) -> VarianceComponents:
    """The variances of a one-way random model, from its mean squares and the groups' ``size``.

    Raises:
        ValueError: A mean square is below 0, or the size not above 0.
    """
    if between < 0 or within < 0 or size < 1:
        raise ValueError(f"mean squares of {between} and {within} in groups of {size} are impossible")
    estimate = (between - within) / size
    return VarianceComponents(between=max(Fraction(0), estimate), within=within, is_cut=estimate < 0)


def intraclass_correlation(ratings: Ratings, form: Form = "ICC(2,1)", confidence: float = CONFIDENCE) -> Intraclass:
    """One of the six forms.

    Args:
        ratings: A row for each thing, with a rating by each judge and no gaps.
        form: Whether each thing has judges of its own (1), all have the same judges, drawn from many (2: absolute
            agreement, the one for auditors), or these judges are all there are (3: consistency); and whether the
            rating of one judge is meant (1) or the mean of all (k).
        confidence: Between 0 and 1.

    Raises:
        ValueError: Rows have different lengths, or ``confidence`` is out of its range.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    if len(ratings) < 2 or max(map(len, ratings)) < 2:  # noqa: PLR2004 - two can differ
        return Intraclass(value=None, reason=NO_PAIRS)
    parts, is_mean = mean_squares(ratings), form.endswith("k)")
    value = _estimate(parts, form)
    if value is None:
        return Intraclass(value=None, reason=NO_VARIATION)
    ends = None if value == 1 else _ends(parts, form, confidence)
    if ends is not None and is_mean:
        ends = _ends_of_means(*ends, parts.k)
    low, high = ends or (None, None)
    return Intraclass(value=float(value), low=low, high=high)


def _squares(numbers: Sequence[Fraction]) -> Fraction:
    return sum((number * number for number in numbers), Fraction(0))


def _estimate(parts: MeanSquares, form: Form) -> Fraction | None:
    n, k, between = parts.n, parts.k, parts.between
    noise = parts.within if form[4] == "1" else parts.error
    bias = (parts.judges - parts.error) / n if form[4] == "2" else Fraction(0)
    whole = between + bias if form.endswith("k)") else between + (k - 1) * noise + k * bias
    return (between - noise) / whole if whole > 0 else None


def _ends(parts: MeanSquares, form: Form, confidence: float) -> tuple[float, float] | None:
    """The interval of a single rating; that of a mean follows from it."""
    if form[4] == "2":
        return _ends_of_absolute_agreement(parts, confidence)
    n, k = parts.n, parts.k
    noise, degrees = (parts.within, n * (k - 1)) if form[4] == "1" else (parts.error, (n - 1) * (k - 1))
    ratio = float(parts.between / noise)
    low, high = ratio / _f_quantile(n - 1, degrees, confidence), ratio * _f_quantile(degrees, n - 1, confidence)
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _ends_of_absolute_agreement(parts: MeanSquares, confidence: float) -> tuple[float, float] | None:
    """McGraw and Wong 1996; the degrees of freedom are Satterthwaite's, who has none unless the estimate is above 0."""
    n, k = parts.n, parts.k
    single = _estimate(parts, "ICC(2,1)")
    if single is None or single <= 0:
        return None
    odds = single / (1 - single)
    of_judges = float(k * odds / n * parts.judges)
    of_error = float((1 + k * odds * (n - 1) / n) * parts.error)
    spread = of_judges**2 / (k - 1) + of_error**2 / ((n - 1) * (k - 1))
    degrees = (of_judges + of_error) ** 2 / spread
    between, error = float(parts.between), float(parts.error)
    rest = k * float(parts.judges) + (k * n - k - n) * error
    below, above = _f_quantile(n - 1, degrees, confidence), _f_quantile(degrees, n - 1, confidence)
    low = n * (between - below * error) / (below * rest + n * between)
    return low, n * (above * between - error) / (rest + n * above * between)


def _ends_of_means(low: float, high: float, k: int) -> tuple[float, float] | None:
    """Spearman and Brown's step from one rating to the mean of ``k``; ``None`` where it leads out of all bounds."""
    if 1 + (k - 1) * low <= 0:
        return None
    return k * low / (1 + (k - 1) * low), k * high / (1 + (k - 1) * high)


def _f_quantile(above: float, below: float, confidence: float) -> float:
    return float(special_functions().fdtri(above, below, (1 + confidence) / 2))
