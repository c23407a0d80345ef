"""The yardstick: the best single query by an expert, as a whole process that prints every result and its verdict.

Everything in one grouped pass, the three quantiles of a column from one state:
``python benchmarks/listq.py FILE… [--memory 1GB]``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
from kpis import COMPARISONS, KPIS, QUANTILES, Kind, Kpi, base_sql, sql


def source_sql(files: Sequence[str]) -> str:
    """The files as a relation."""
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}])"


def listq_sql(files: Sequence[str]) -> str:
    """One row per site: the site and the 50 values, by the name of the indicator."""
    held = {f"{kpi.column}_all": kpi.column for kpi in KPIS if kpi.kind is Kind.QUANTILE}
    states = [f"quantile_cont({column}, {list(QUANTILES)}) AS {name}" for name, column in held.items()]
    values = [f'{sql(kpi)} AS "{kpi.id}"' for kpi in KPIS if kpi.kind is not Kind.QUANTILE]
    picked = ", ".join(_picked(kpi) for kpi in KPIS)
    grouped = f"SELECT site_id, {', '.join([*values, *states])} FROM ({base_sql(source_sql(files))}) GROUP BY site_id"
    return f"SELECT site_id, {picked} FROM ({grouped})"


def _picked(kpi: Kpi) -> str:
    if kpi.kind is not Kind.QUANTILE:
        return f'"{kpi.id}"'
    return f'{kpi.column}_all[{QUANTILES.index(kpi.q or 0) + 1}]::DOUBLE AS "{kpi.id}"'


def judged_sql(wide: str) -> str:
    """One row per site and indicator with its verdict."""
    targets = ", ".join(f"('{kpi.id}', '{kpi.target[0]}', {kpi.target[1]}::DOUBLE)" for kpi in KPIS)
    names = ", ".join(f'"{kpi.id}"' for kpi in KPIS)
    met = " OR ".join(f"comparison = '{sign}' AND value {sign} bound" for sign in COMPARISONS)
    return (
        f"WITH wide AS ({wide}), long AS (FROM wide UNPIVOT INCLUDE NULLS (value FOR kpi IN ({names})))"
        f" SELECT site_id, kpi, value, CASE WHEN value IS NULL THEN 'no_data' WHEN {met} THEN 'pass' ELSE 'fail' END"
        f" FROM long JOIN (VALUES {targets}) AS targets(kpi, comparison, bound) USING (kpi)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--memory")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as spill:
        connection = duckdb.connect(config={"temp_directory": str(Path(spill))})
        connection.execute("SET preserve_insertion_order = false")
        if wanted.memory:
            connection.execute(f"SET memory_limit = '{wanted.memory}'")
        rows = connection.execute(judged_sql(listq_sql(wanted.files))).fetchall()
        sys.stdout.write("\n".join(f"{site},{kpi},{value},{status}" for site, kpi, value, status in rows))
        connection.close()
