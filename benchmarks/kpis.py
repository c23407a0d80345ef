"""The work: 50 indicators of a service desk, said once, for us and for everything we are compared with.

Each is written in SQL for one wide query (``sql``) and in sqaudit's language (``measure``, ``condition``); what
speaks no SQL reads the same parts. The SQL reads what ``base_sql`` gives: columns as they are (``csat_r``), and with
NULL for what is out of range (``csat``).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}
# What the peers must read of a file.
COLUMNS = (
    *("site_id", "channel", "priority", "agent_id", "customer_id", "opened_at", "resolved_at", "first_response_s"),
    *("csat", "nps", "ces", "is_complaint", "reopened", "accuracy_ok", "escalated", "handle_time_s", "order_value"),
    "delivered_on_time",
)
# Valid from … to. ``res`` is the time from opened_at to resolved_at.
RANGES: Mapping[str, tuple[float, float]] = {
    "csat": (1, 5),
    "nps": (0, 10),
    "ces": (1, 7),
    "frt": (0, 900_000),
    "res": (0, 1_000_000_000),
    "aht": (0, 1_000_000_000),
}
ORIGINS: Mapping[str, str] = {
    "csat": "csat",
    "nps": "nps",
    "ces": "ces",
    "frt": "first_response_s",
    "res": "epoch(resolved_at) - epoch(opened_at)",
    "aht": "handle_time_s",
}
QUANTILES = (0.5, 0.9, 0.95)
# The same columns in sqaudit's language: with their range, and as they are.
_RANGED = {"frt": "first_response", "aht": "handle_time", "res": "resolved_at - opened_at"}
_AS_THEY_ARE = {
    "res": "resolved_raw",
    "frt": "first_response_raw",
    **{name: f"{name}_raw" for name in ("csat", "nps", "ces")},
}


class Kind(StrEnum):
    """What an indicator is."""

    ROWS = "rows"
    MEAN = "mean"
    QUANTILE = "quantile"
    SHARE = "share"
    TRUE = "true"
    FIRST_CONTACT = "first_contact"
    MISSING = "missing"
    OUTSIDE = "outside"
    KNOWN = "known"
    NPS = "nps"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One indicator. ``bound`` belongs to SHARE (such as ``>= 4``), ``q`` to QUANTILE.

    ``where`` picks rows: a column that is true, or one that equals a value.
    """

    id: str
    kind: Kind
    column: str
    target: tuple[str, float]
    bound: tuple[str, float] | None = None
    q: float | None = None
    where: tuple[str, str | int | bool] | None = None
    also: tuple[str, str | int] | None = None

    @property
    def raw(self) -> str:
        """The column as it is, whatever its range."""
        return f"{self.column}_r" if self.column in RANGES else self.column

    def is_met_by(self, value: float | None) -> bool:
        """Whether a value meets the target; no value does not."""
        comparison, limit = self.target
        return value is not None and COMPARISONS[comparison](value, limit)


def _share(
    id_: str, column: str, bound: tuple[str, float], target: tuple[str, float], **more: tuple[str, str | int]
) -> Kpi:
    return Kpi(id=id_, kind=Kind.SHARE, column=column, bound=bound, target=target, where=more.get("where"))


def _quantiles(column: str, *limits: float) -> list[Kpi]:
    return [
        Kpi(id=f"{column}-p{round(100 * q)}", kind=Kind.QUANTILE, column=column, q=q, target=("<=", limit))
        for q, limit in zip(QUANTILES, limits, strict=True)
    ]


def _one(id_: str, kind: Kind, column: str, comparison: str, limit: float) -> Kpi:
    return Kpi(id=id_, kind=kind, column=column, target=(comparison, limit))


KPIS: Sequence[Kpi] = (
    _one("tickets", Kind.ROWS, "*", ">=", 200),
    _one("csat-mean", Kind.MEAN, "csat", ">=", 4.0),
    _share("csat-top2", "csat", (">=", 4), (">=", 0.75)),
    _share("csat-bottom2", "csat", ("<=", 2), ("<=", 0.08)),
    _one("csat-missing", Kind.MISSING, "csat", "<=", 0.70),
    _one("csat-outside", Kind.OUTSIDE, "csat", "<=", 0.005),
    _one("csat-answers", Kind.KNOWN, "csat", ">=", 50),
    _one("nps", Kind.NPS, "nps", ">=", 20),
    _one("nps-missing", Kind.MISSING, "nps", "<=", 0.85),
    _one("nps-outside", Kind.OUTSIDE, "nps", "<=", 0.005),
    _share("nps-promoters", "nps", (">=", 9), (">=", 0.40)),
    _share("nps-detractors", "nps", ("<=", 6), ("<=", 0.25)),
    _one("ces-mean", Kind.MEAN, "ces", ">=", 5),
    _share("ces-top2", "ces", (">=", 6), (">=", 0.40)),
    _one("ces-missing", Kind.MISSING, "ces", "<=", 0.90),
    _one("ces-outside", Kind.OUTSIDE, "ces", "<=", 0.005),
    _one("frt-mean", Kind.MEAN, "frt", "<=", 1_200),
    *_quantiles("frt", 600, 2_400, 3_600),
    _one("frt-outside", Kind.OUTSIDE, "frt", "<=", 0.005),
    _one("frt-missing", Kind.MISSING, "frt", "<=", 0.05),
    _share("frt-15-minutes", "frt", ("<=", 900), (">=", 0.7)),
    _share("frt-1-hour", "frt", ("<=", 3_600), (">=", 0.95)),
    _share("frt-phone", "frt", ("<=", 300), (">=", 0.3), where=("channel", "phone")),
    _share("frt-chat", "frt", ("<=", 600), (">=", 0.5), where=("channel", "chat")),
    _one("res-mean", Kind.MEAN, "res", "<=", 86_400),
    *_quantiles("res", 30_000, 170_000, 260_000),
    _one("res-outside", Kind.OUTSIDE, "res", "<=", 0.002),
    _one("res-open", Kind.MISSING, "res", "<=", 0.08),
    _share("res-24-hours", "res", ("<=", 86_400), (">=", 0.75)),
    _share("res-urgent-4-hours", "res", ("<=", 14_400), (">=", 0.25), where=("priority", 1)),
    _one("complaints", Kind.TRUE, "is_complaint", "<=", 0.07),
    _one("reopened", Kind.TRUE, "reopened", "<=", 0.05),
    _one("escalated", Kind.TRUE, "escalated", "<=", 0.09),
    _one("accuracy", Kind.TRUE, "accuracy_ok", ">=", 0.95),
    _one("accuracy-missing", Kind.MISSING, "accuracy_ok", "<=", 0.75),
    _one("first-contact", Kind.FIRST_CONTACT, "*", ">=", 0.85),
    _one("aht-mean", Kind.MEAN, "aht", "<=", 450),
    *_quantiles("aht", 380, 800, 1_000),
    _one("on-time", Kind.TRUE, "delivered_on_time", ">=", 0.9),
    _one("on-time-missing", Kind.MISSING, "delivered_on_time", "<=", 0.3),
    _one("agents", Kind.DISTINCT, "agent_id", ">=", 5),
    _one("customers", Kind.DISTINCT, "customer_id", ">=", 100),
    Kpi(
        id="complaining-customers",
        kind=Kind.DISTINCT,
        column="customer_id",
        target=("<=", 5_000),
        where=("is_complaint", True),
    ),
    _one("order-mean", Kind.MEAN, "order_value", ">=", 40),
)
SLICES: Sequence[tuple[str, str | int]] = (
    *(("channel", channel) for channel in ("phone", "email", "chat", "web", "shop", "app")),
    *(("priority", priority) for priority in (1, 2, 3)),
)


def with_slices(times: int) -> list[Kpi]:
    """The 50, and each of them again for a channel or a priority: 50 · ``times`` in all, ``times`` up to 10."""
    sliced = [replace(kpi, id=f"{kpi.id}-{name}-{value}", also=(name, value)) for name, value in SLICES for kpi in KPIS]
    return [*KPIS, *sliced[: len(KPIS) * (times - 1)]]


def condition(kpi: Kpi) -> str | None:
    """Which rows it is about, in SQL and in sqaudit's language alike; ``None``: all."""
    pairs = [pair for pair in (kpi.where, kpi.also) if pair is not None]
    return " AND ".join(name if value is True else f"{name} = {value!r}" for name, value in pairs) or None


def measure(kpi: Kpi) -> str:  # noqa: C901, PLR0911 - one case per kind
    """The indicator in sqaudit's language; its rows are picked by ``condition``."""
    column = _RANGED.get(kpi.column, kpi.column)
    as_it_is = _AS_THEY_ARE.get(kpi.column, column)
    match kpi.kind:
        case Kind.ROWS:
            return "count(*)"
        case Kind.QUANTILE:
            return f"p{round(100 * (kpi.q or 0))}({column})"
        case Kind.SHARE:
            comparison, limit = kpi.bound or ("", 0)
            bound = f"INTERVAL {limit:g} SECOND" if kpi.column == "res" else f"{limit:g}"
            return f"share({column} {comparison} {bound})"
        case Kind.TRUE:
            return f"share({column})"
        case Kind.FIRST_CONTACT:
            return "share(NOT reopened AND NOT escalated)"
        case Kind.MISSING:
            return f"share({as_it_is} IS NULL)"
        case Kind.OUTSIDE if kpi.column == "res":
            return f"share({as_it_is} < opened_at)"
        case Kind.OUTSIDE:
            low, high = RANGES[kpi.column]
            return f"share({as_it_is} < {low:g} OR {as_it_is} > {high:g})"
        case Kind.KNOWN:
            return f"count({column} IS NOT NULL)"
        case Kind.MEAN | Kind.NPS | Kind.DISTINCT:
            return f"{kpi.kind}({column})"


def base_sql(source: str) -> str:
    """A query for what ``sql`` reads; ``source`` is a relation, such as a file's name in quotes."""
    pieces = [name for name in COLUMNS if name not in {"csat", "nps", "ces"}]
    for column, origin in ORIGINS.items():
        low, high = RANGES[column]
        pieces += [
            f"({origin}) AS {column}_r",
            f"CASE WHEN ({origin}) BETWEEN {low} AND {high} THEN ({origin}) END AS {column}",
        ]
    return f"SELECT {', '.join(pieces)} FROM {source}"


def sql(kpi: Kpi) -> str:  # noqa: C901, PLR0911 - one case per kind
    """The indicator as one aggregate over ``base_sql``."""
    picked = condition(kpi)
    column, raw = kpi.column, kpi.raw
    rows, known, known_raw = (_count(term, picked) for term in ("TRUE", f"{column} IS NOT NULL", f"{raw} IS NOT NULL"))
    chosen = f" FILTER (WHERE {picked})" if picked else ""
    match kpi.kind:
        case Kind.ROWS:
            return f"{rows}::DOUBLE"
        case Kind.MEAN:
            return f"avg({column}){chosen}"
        case Kind.QUANTILE:
            return f"quantile_cont({column}, {kpi.q}){chosen}::DOUBLE"
        case Kind.SHARE:
            comparison, limit = kpi.bound or ("", 0)
            return _ratio(_count(f"{column} {comparison} {limit:g}", picked), known)
        case Kind.TRUE:
            return _ratio(_count(column, picked), known)
        case Kind.FIRST_CONTACT:
            return _ratio(_count("NOT reopened AND NOT escalated", picked), rows)
        case Kind.MISSING:
            return _ratio(_count(f"{raw} IS NULL", picked), rows)
        case Kind.OUTSIDE:
            return _ratio(f"({known_raw} - {known})", known_raw)
        case Kind.KNOWN:
            return f"{known}::DOUBLE"
        case Kind.NPS:
            promoters, detractors = (_count(term, picked) for term in ("nps >= 9", "nps <= 6"))
            return f"100 * {_ratio(f'({promoters} - {detractors})', known)}"
        case Kind.DISTINCT:
            return f"count(DISTINCT {column}){chosen}::DOUBLE"


def _count(term: str, picked: str | None) -> str:
    terms = [each for each in (term, picked) if each not in {None, "TRUE"}]
    return f"count(*) FILTER (WHERE {' AND '.join(f'({each})' for each in terms)})" if terms else "count(*)"


def _ratio(part: str, whole: str) -> str:
    return f"{part} / nullif({whole}, 0)::DOUBLE"
