# mypy: disable-error-code="import-untyped,import-not-found"
"""Great Expectations: one batch per site of a pandas frame, its own expectations. ``gx.py SITES FILE…``.

The sites are spread evenly over all of them. Four indicators cannot be said and are left out: NPS, first contact, the
number of answers, and different values under a condition. Quantiles of a column share one expectation, as GX 1.24.1
gives several of them the value of the first.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "False"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import great_expectations as gx
import great_expectations.expectations as gxe
from frames import read_frame
from kpis import KPIS, QUANTILES, RANGES, Kind, Kpi

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")


def mostly(kpi: Kpi) -> float:
    """The share of rows that an expectation must hold for; an upper limit on a share is a lower one on the rest."""
    comparison, limit = kpi.target
    return limit if comparison == ">=" else 1 - limit


def between(kpi: Kpi) -> dict[str, float]:
    """The target as bounds of a value."""
    comparison, limit = kpi.target
    return {"min_value" if comparison == ">=" else "max_value": limit}


def expectation(kpi: Kpi) -> Any:  # noqa: ANN401, PLR0911 - one case per kind, GX is not there to be checked
    """The indicator as an expectation; ``None`` if there is no such one, or another one holds it too."""
    match kpi.kind:
        case Kind.ROWS:
            return gxe.ExpectTableRowCountToBeBetween(**between(kpi))
        case Kind.MEAN:
            return gxe.ExpectColumnMeanToBeBetween(column=kpi.column, **between(kpi))
        case Kind.QUANTILE if kpi.q == QUANTILES[0]:
            together = [one for one in KPIS if one.kind is Kind.QUANTILE and one.column == kpi.column]
            ranges = {
                "quantiles": [one.q for one in together],
                "value_ranges": [[None, one.target[1]] for one in together],
            }
            return gxe.ExpectColumnQuantileValuesToBeBetween(column=kpi.column, quantile_ranges=ranges)
        case Kind.SHARE:
            return share(kpi)
        case Kind.TRUE:
            good = kpi.target[0] == ">="
            return gxe.ExpectColumnValuesToBeInSet(column=kpi.column, value_set=[good], mostly=mostly(kpi))
        case Kind.MISSING:
            return gxe.ExpectColumnValuesToNotBeNull(column=kpi.raw, mostly=mostly(kpi))
        case Kind.OUTSIDE:
            low, high = RANGES[kpi.column]
            return gxe.ExpectColumnValuesToBeBetween(column=kpi.raw, min_value=low, max_value=high, mostly=mostly(kpi))
        case Kind.DISTINCT if kpi.where is None:
            return gxe.ExpectColumnUniqueValueCountToBeBetween(column=kpi.column, **between(kpi))
    return None


def share(kpi: Kpi) -> Any:  # noqa: ANN401 - GX is not there where types are checked
    """A share as an expectation of most rows; where few are wanted, most must lie on the other side."""
    comparison, limit = kpi.bound or ("", 0)
    if kpi.target[0] == "<=":  # whole numbers: not <= 6 is >= 7
        comparison, limit = ">=", limit + 1
    bounds = {"min_value" if comparison == ">=" else "max_value": limit}
    chosen = (
        {}
        if kpi.where is None
        else {"row_condition": f"{kpi.where[0]}=={kpi.where[1]!r}", "condition_parser": "pandas"}
    )
    return gxe.ExpectColumnValuesToBeBetween(column=kpi.column, mostly=mostly(kpi), **bounds, **chosen)


if __name__ == "__main__":
    frame = read_frame(sys.argv[2:])
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite("desk")
    for made in filter(None, map(expectation, KPIS)):
        suite.add_expectation(made)
    context.suites.add(suite)
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("tickets")
    batch = asset.add_batch_definition_whole_dataframe("site")
    groups = [group for _, group in frame.groupby("site_id")]
    wanted = int(sys.argv[1])
    outcomes: Counter[bool] = Counter()
    for group in groups[:: max(1, len(groups) // wanted)][:wanted]:
        result = batch.get_batch({"dataframe": group}).validate(suite, result_format="BOOLEAN_ONLY")
        for one in result.results:
            if (one.exception_info or {}).get("raised_exception"):
                sys.exit(str(one.exception_info))
            outcomes[bool(one.success)] += 1
    print(f"expectations {outcomes.total()}, failed {outcomes[False]}")
