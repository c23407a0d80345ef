"""What a value's interval is made from: how many were counted, and how they differed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """``successes`` of ``n``, 0 to ``n``; the interval is Wilson's."""

    successes: Fraction
    n: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """A mean of ``n`` values with their sample ``variance`` (divisor n - 1, in the value's unit squared); Student's t.

    ``variance`` is ``None`` where there are fewer than two values.
    """

    mean: Fraction
    variance: Fraction | None
    n: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRate:
    """``events`` on an ``exposure`` above 0, shown per ``per`` units of it; Garwood's exact Poisson limits."""

    events: Fraction
    exposure: Fraction
    per: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """``promoters`` and ``detractors`` among ``n`` answers; adjusted Wald, in points."""

    promoters: Fraction
    detractors: Fraction
    n: Fraction


Spread: TypeAlias = Proportion | Average | EventRate | Promotion
