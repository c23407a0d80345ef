# mypy: disable-error-code="import-untyped,import-not-found"
"""Soda Core 4 on DuckDB: one contract of 50 checks per site. ``soda4.py SITES FILE…`` for the first so many sites."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"  # without a network its retries would be measured
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
from kpis import KPIS, base_sql, sql
from soda_core.common.yaml import ContractYamlSource, DataSourceYamlSource
from soda_core.contracts.contract_verification import ContractVerificationSession

LIMITS = {">=": "must_be_greater_than_or_equal", "<=": "must_be_less_than_or_equal"}


def contract(site: int) -> str:
    """The contract of one site."""
    checks = "".join(
        f'  - metric:\n      qualifier: {kpi.id.replace("-", "_")}\n      expression: "{sql(kpi)}"\n'
        f"      threshold:\n        {LIMITS[kpi.target[0]]}: {kpi.target[1]}\n"
        for kpi in KPIS
    )
    return f"dataset: desk/main/tickets\nfilter: site_id = {site}\ncolumns:\n  - name: site_id\nchecks:\n{checks}"


if __name__ == "__main__":
    files = ", ".join(f"'{file}'" for file in sys.argv[2:])
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "tickets.duckdb"
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"CREATE VIEW tickets AS {base_sql(f'read_parquet([{files}])')}")
        source = f"type: duckdb\nname: desk\nconnection:\n  database: {database}\n"
        for site in range(int(sys.argv[1])):
            verified = ContractVerificationSession.execute(
                contract_yaml_sources=[ContractYamlSource.from_str(contract(site))],
                data_source_yaml_sources=[DataSourceYamlSource.from_str(source)],
            )
            if verified.has_errors:
                sys.exit(verified.get_errors_str())
            outcomes.update(one.outcome.value for one in verified.contract_verification_results[0].check_results)
    print(f"checks {outcomes.total()}, failed {outcomes['FAILED']}: {dict(outcomes)}")
