"""The named measures that come with sqaudit, one small module per family."""

from __future__ import annotations

from sqaudit.builtin.measures.amounts import MAX, MEAN, MIN, SUM
from sqaudit.builtin.measures.boxes import BOTTOM_BOX, TOP_BOX
from sqaudit.builtin.measures.cases import FIRST_CONTACT_RESOLUTION, RECURRENCE_RATE, REOPEN_RATE, RESOLUTION_RATE
from sqaudit.builtin.measures.contacts import ABANDON_RATE, SERVICE_LEVEL, SERVICE_LEVEL_COUNTS
from sqaudit.builtin.measures.counts import COUNT, DISTINCT
from sqaudit.builtin.measures.efforts import CES, CES_TOP
from sqaudit.builtin.measures.loyalty import CHURN, REPURCHASE, RETENTION, RETURN_RATE
from sqaudit.builtin.measures.punctuality import ON_TIME, REPLY_RATE, WITHIN_24H
from sqaudit.builtin.measures.quantiles import MEDIAN, P50, P90, P95, QUANTILE
from sqaudit.builtin.measures.rates import COMPLAINT_RATE, PER_THOUSAND, RATE
from sqaudit.builtin.measures.shares import ACCURACY, RESPONSE_RATE, SHARE, TRAINING_PASS
from sqaudit.builtin.measures.surveys import CSAT_INDEX, GAP, NPS
from sqaudit.builtin.measures.times import FIRST_RESPONSE, HANDLING_TIME, RESOLUTION
from sqaudit.model.ports import Measure

MEASURES: tuple[Measure, ...] = (
    ABANDON_RATE,
    ACCURACY,
    BOTTOM_BOX,
    CES,
    CES_TOP,
    CHURN,
    COMPLAINT_RATE,
    COUNT,
    CSAT_INDEX,
    DISTINCT,
    FIRST_CONTACT_RESOLUTION,
    FIRST_RESPONSE,
    GAP,
    HANDLING_TIME,
    MAX,
    MEAN,
    MEDIAN,
    MIN,
    NPS,
    ON_TIME,
    P50,
    P90,
    P95,
    PER_THOUSAND,
    QUANTILE,
    RATE,
    RECURRENCE_RATE,
    REOPEN_RATE,
    REPLY_RATE,
    REPURCHASE,
    RESOLUTION,
    RESOLUTION_RATE,
    RESPONSE_RATE,
    RETENTION,
    RETURN_RATE,
    SERVICE_LEVEL,
    SERVICE_LEVEL_COUNTS,
    SHARE,
    SUM,
    TOP_BOX,
    TRAINING_PASS,
    WITHIN_24H,
)
