"""What a value's interval is made from: how many were counted, and how they differed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from msgspec import Struct

Exact: TypeAlias = Fraction | int
Real: TypeAlias = int | float | Fraction | Decimal


class Proportion(Struct, frozen=True, kw_only=True):
    """``successes`` of ``n``, 0 to ``n``; the interval is Wilson's."""

    successes: Exact
    n: Exact


class Average(Struct, frozen=True, kw_only=True):
    """A mean of ``n`` values with their sample ``variance`` (divisor n - 1, in the value's unit squared); Student's t.

    ``variance`` is ``None`` where there are fewer than two values. No value can be below ``least`` or above ``most``,
    where these are known, so that the interval ends there. ``counts`` is how often each value was there, where every
    one is known by itself: of answers it is, of the rows of a dataset only their sums are kept.
    """

    mean: Exact
    variance: Exact | None
    n: Exact
    least: Exact | None = None
    most: Exact | None = None
    counts: Mapping[Real, int] | None = None


class EventRate(Struct, frozen=True, kw_only=True):
    """``events`` on an ``exposure`` above 0, shown per ``per`` units of it; Garwood's exact Poisson limits."""

    events: Exact
    exposure: Exact
    per: int = 1


class Promotion(Struct, frozen=True, kw_only=True):
    """``promoters`` and ``detractors`` among ``n`` answers; adjusted Wald, in points."""

    promoters: Exact
    detractors: Exact
    n: Exact


Spread: TypeAlias = Proportion | Average | EventRate | Promotion
