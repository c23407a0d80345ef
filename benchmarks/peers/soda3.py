# mypy: disable-error-code="import-untyped,import-not-found"
"""Soda Core 3 on DuckDB: one ``group by`` block per indicator, its fastest shape for this. ``soda3.py FILE…``."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
from kpis import KPIS, Kpi, base_sql, sql
from soda.common.config_helper import ConfigHelper
from soda.scan import Scan

MOST_GROUPS = 10_000


def block(kpi: Kpi) -> str:
    """One indicator for all sites."""
    name = kpi.id.replace("-", "_")
    comparison, limit = kpi.target
    return f""" - group by:
     name: by_site_{name}
     group_limit: {MOST_GROUPS}
     query: |
       SELECT site_id, {sql(kpi)} AS {name} FROM tickets GROUP BY site_id
     fields: [site_id]
     checks:
       - {name} {comparison} {limit}:
           name: {name}
"""


if __name__ == "__main__":
    ConfigHelper.get_instance().config["send_anonymous_usage_stats"] = False
    files = ", ".join(f"'{file}'" for file in sys.argv[1:])
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW tickets AS {base_sql(f'read_parquet([{files}])')}")
    scan = Scan()
    scan.add_duckdb_connection(connection)
    scan.set_data_source_name("duckdb")
    scan.add_sodacl_yaml_str("checks for tickets:\n" + "".join(block(kpi) for kpi in KPIS))
    scan.execute()
    if scan.has_error_logs():
        sys.exit(scan.get_error_logs_text())
    # Each block adds a check of its own over all its sites.
    single = [one for one in scan._checks if type(one).__name__ == "MetricCheck"]  # noqa: SLF001
    outcomes = Counter(one.outcome.value if one.outcome else "none" for one in single)
    print(f"checks {outcomes.total()}, failed {outcomes['fail']}")
