# mypy: disable-error-code="import-untyped,import-not-found,no-any-return"
"""pandas: everything by ``groupby`` over one frame, results and verdicts printed. ``pandas_groupby.py FILE…``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas as pd
from frames import read_frame
from kpis import COMPARISONS, KPIS, QUANTILES, RANGES, Kind, Kpi

Column = Any


def rows_of(frame: Column, kpi: Kpi) -> Column:
    """Which rows an indicator is about, as a mask; ``None``: all."""
    if kpi.where is None:
        return None
    name, value = kpi.where
    return frame[name] if value is True else frame[name] == value


def marks(frame: Column) -> Column:
    """A column of true and false for everything that is counted."""
    made: dict[str, Column] = {"first_contact": ~frame.reopened & ~frame.escalated}
    made |= {"promoters": frame.nps >= 9, "detractors": frame.nps <= 6}  # noqa: PLR2004 - the scale of NPS
    for kpi in KPIS:
        chosen = rows_of(frame, kpi)
        if kpi.bound is not None:
            comparison, limit = kpi.bound
            met = COMPARISONS[comparison](frame[kpi.column], limit)
            made[f"{kpi.id} met"] = met if chosen is None else met & chosen
            if chosen is not None:
                made[f"{kpi.id} of"] = frame[kpi.column].notna() & chosen
        elif kpi.kind is Kind.TRUE:
            made[f"{kpi.id} met"] = frame[kpi.column].fillna(value=False).astype(bool)
    return pd.DataFrame(made)


def values(frame: Column) -> Column:  # noqa: C901 - one case per kind
    """One row per site, one column per indicator."""
    marked = marks(frame)
    sums = marked.groupby(frame.site_id).sum()
    sites = frame.groupby("site_id")
    rows = sites.size()
    measured = sorted({kpi.column for kpi in KPIS if kpi.column != "*"} | {f"{name}_r" for name in RANGES})
    known = sites[measured].count()
    means = sites[sorted({kpi.column for kpi in KPIS if kpi.kind is Kind.MEAN})].mean()
    quantiles = sites[["frt", "res", "aht"]].quantile(list(QUANTILES)).unstack()  # noqa: PD010

    def value(kpi: Kpi) -> Column:  # noqa: C901, PLR0911
        match kpi.kind:
            case Kind.ROWS:
                return rows
            case Kind.MEAN:
                return means[kpi.column]
            case Kind.QUANTILE:
                return quantiles[kpi.column, kpi.q]
            case Kind.SHARE:
                return sums[f"{kpi.id} met"] / (sums[f"{kpi.id} of"] if kpi.where else known[kpi.column])
            case Kind.TRUE:
                return sums[f"{kpi.id} met"] / known[kpi.column]
            case Kind.FIRST_CONTACT:
                return sums["first_contact"] / rows
            case Kind.MISSING:
                return 1 - known[kpi.raw] / rows
            case Kind.OUTSIDE:
                return (known[kpi.raw] - known[kpi.column]) / known[kpi.raw]
            case Kind.KNOWN:
                return known[kpi.column]
            case Kind.NPS:
                return 100 * (sums["promoters"] - sums["detractors"]) / known["nps"]
            case Kind.DISTINCT:
                chosen = rows_of(frame, kpi)
                return (sites if chosen is None else frame[chosen].groupby("site_id"))[kpi.column].nunique()

    return pd.DataFrame({kpi.id: value(kpi).astype(float) for kpi in KPIS})


def judged(found: Column) -> Column:
    """One row per site and indicator with its verdict."""
    targets = pd.DataFrame([(kpi.id, *kpi.target) for kpi in KPIS], columns=["kpi", "comparison", "bound"])
    long = found.rename_axis("site_id").reset_index().melt("site_id", var_name="kpi").merge(targets, on="kpi")
    met = (long.value >= long.bound).where(long.comparison == ">=", long.value <= long.bound)
    long["status"] = met.map({True: "pass", False: "fail"}).where(long.value.notna(), "no_data")
    return long[["site_id", "kpi", "value", "status"]]


if __name__ == "__main__":
    judged(values(read_frame(sys.argv[1:]))).to_csv(sys.stdout, index=False, header=False)
