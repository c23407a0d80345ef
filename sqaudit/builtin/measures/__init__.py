"""The named measures that come with sqaudit, one small module per family."""

from __future__ import annotations

from sqaudit.builtin.measures.amounts import MAX, MEAN, MIN, SUM
from sqaudit.builtin.measures.counts import COUNT, DISTINCT, PER_THOUSAND
from sqaudit.builtin.measures.punctuality import ON_TIME
from sqaudit.builtin.measures.quantiles import P50, P90, P95, QUANTILE
from sqaudit.builtin.measures.shares import SHARE
from sqaudit.builtin.measures.surveys import NPS, TOP_BOX
from sqaudit.model.ports import Measure

MEASURES: tuple[Measure, ...] = (
    COUNT,
    DISTINCT,
    MAX,
    MEAN,
    MIN,
    NPS,
    ON_TIME,
    P50,
    P90,
    P95,
    PER_THOUSAND,
    QUANTILE,
    SHARE,
    SUM,
    TOP_BOX,
)
