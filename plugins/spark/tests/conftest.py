"""The fixtures, and the skips where pyspark or Java is absent."""

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE))
if importlib.util.find_spec("sqaudit_spark") is None:
    sys.path.append(str(HERE.parent))

from spark_cluster import Cluster  # noqa: E402
from spark_records import HAS_SPARK, TYPES, Pair, java_processes, nasty_rows, write_parquet  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "spark: needs pyspark and Java")


def pytest_collection_modifyitems(items):
    # A process has one driver at a time: the cluster's tests are done before the session in this machine begins.
    items.sort(key=lambda item: item.path.name not in {"test_cluster.py", "test_runs.py"})
    for item in items:
        if item.get_closest_marker("spark") is not None and not HAS_SPARK:
            item.add_marker(pytest.mark.skip(reason="needs pyspark and Java"))


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    """The nasty rows, on Spark in this machine."""
    from sqaudit.model.ports import EngineRequest

    from sqaudit_spark.engine import SparkEngine

    path = tmp_path_factory.mktemp("records") / "nasty.parquet"
    write_parquet(path, nasty_rows(), TYPES)
    parameters = {"master": "local[1]", "config": {"spark.sql.shuffle.partitions": 2, "spark.driver.memory": "700m"}}
    request = EngineRequest(parameters=parameters, table=None, paths=(Path(path),), zone="UTC")
    with SparkEngine().open(request) as session:
        yield Pair(session, path, TYPES)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if not HAS_SPARK:
        pytest.skip("needs pyspark and Java")
    before = set(java_processes())
    one = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        one.add_workers(2)
        yield one
    finally:
        one.stop()
        assert set(java_processes()) <= before, "a JVM was left behind"
