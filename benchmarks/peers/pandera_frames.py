# mypy: disable-error-code="import-untyped,import-not-found"
"""pandera on polars: one schema of 50 checks, validated lazily once per site. ``pandera_frames.py FILE…``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandera.polars as pa
import polars as pl
from kpis import COLUMNS, COMPARISONS, KPIS, ORIGINS, RANGES, Kind, Kpi

Expression = Any


def aggregate(kpi: Kpi) -> Expression:  # noqa: C901, PLR0911 - one case per kind
    """An indicator as one polars expression over a site's frame."""
    column, raw = pl.col(kpi.column), pl.col(kpi.raw)
    known = column.count().cast(pl.Float64)
    match kpi.kind:
        case Kind.ROWS:
            return pl.len()
        case Kind.MEAN:
            return column.mean()
        case Kind.QUANTILE:
            return column.quantile(kpi.q, "linear")
        case Kind.SHARE:
            comparison, limit = kpi.bound or ("", 0)
            met: Expression = COMPARISONS[comparison](column, limit)
            if kpi.where is None:
                return met.sum() / known
            chosen = pl.col(kpi.where[0]) == kpi.where[1]
            return (met & chosen).sum() / (column.is_not_null() & chosen).sum()
        case Kind.TRUE:
            return column.sum() / known
        case Kind.FIRST_CONTACT:
            return (~pl.col("reopened") & ~pl.col("escalated")).sum() / pl.len()
        case Kind.MISSING:
            return 1 - raw.count() / pl.len()
        case Kind.OUTSIDE:
            return (raw.count().cast(pl.Float64) - known) / raw.count()
        case Kind.KNOWN:
            return known
        case Kind.NPS:
            return 100 * ((column >= 9).sum().cast(pl.Float64) - (column <= 6).sum()) / known  # noqa: PLR2004
        case Kind.DISTINCT:
            return (column if kpi.where is None else column.filter(pl.col(kpi.where[0]))).n_unique()


def check(kpi: Kpi) -> Any:  # noqa: ANN401 - pandera is not there where types are checked
    """The target of an indicator as a check of a frame."""
    comparison, limit = kpi.target
    verdict = COMPARISONS[comparison](aggregate(kpi), limit)
    return pa.Check(lambda given: given.lazyframe.select(verdict), name=kpi.id)


if __name__ == "__main__":
    frame = pl.read_parquet(sys.argv[1:], columns=list(COLUMNS))
    origins = {name: pl.col(ORIGINS[name]) for name in RANGES if name != "res"}
    origins["res"] = (pl.col("resolved_at") - pl.col("opened_at")).dt.total_microseconds() / 1e6
    frame = frame.with_columns(**{f"{name}_r": origin for name, origin in origins.items()})
    frame = frame.with_columns(
        **{name: pl.when(pl.col(f"{name}_r").is_between(*RANGES[name])).then(pl.col(f"{name}_r")) for name in RANGES}
    )
    schema = pa.DataFrameSchema(checks=[check(kpi) for kpi in KPIS])
    sites = frame.partition_by("site_id", maintain_order=True)
    failed = 0
    for site in sites:
        try:
            schema.validate(site, lazy=True)
        except pa.errors.SchemaErrors as found:
            failed += len(found.schema_errors)
    print(f"checks {len(KPIS) * len(sites)}, failed {failed}")
