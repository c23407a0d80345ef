"""Whole runs over a cluster of two workers: what files give on DuckDB, also when a worker dies on the way."""

import runpy
import threading
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from spark_cluster import CONFIG
from sqaudit.builtin.templates import TEMPLATES
from sqaudit.locale.catalogues import compile_catalogues
from sqaudit.testing import ProjectOnDisk

pytestmark = pytest.mark.spark
TESTS = Path(__file__).parents[3] / "tests"
agreeing = SimpleNamespace(**runpy.run_path(str(TESTS / "agreeing.py")))
ROWS = 300
# For each worker one, so that what they find has to be put together.
FEW_TASKS = {
    **{name: value for name, value in CONFIG.items() if name != "spark.sql.files.maxPartitionBytes"},
    "spark.driver.memory": "1500m",  # with less, most of the time goes into collecting what the parser leaves
    "spark.sql.shuffle.partitions": 2,
    "spark.sql.files.minPartitionNum": 2,
}
# Texts are typed otherwise than the cells of Parquet, and then measured by the same queries: a measure for each column.
OF_TEXTS = ["mean", "share-of", "accuracy", "nps", "ces", "top-box", "retention", "counted", "row"]


@pytest.fixture(scope="module", autouse=True)
def _spoken():
    compile_catalogues()


def made_project(folder, cluster, sources, measured=None):
    """A project of two programmes: ``here`` measures files by DuckDB, ``there`` the same files by Spark."""
    config = ", ".join(f"{name}: {str(value).lower()}" for name, value in FEW_TASKS.items())
    engine = f"engine: {{spark: {{master: '{cluster.url}', timeout: PT2M, config: {{{config}}}}}}}"
    places = {
        dataset: (f"path: data/{file}", f"{engine}\n    path: ../here/data/{file}") for dataset, file in sources.items()
    }
    made = ProjectOnDisk(folder / "project")
    templates = TEMPLATES["minimal"].files("en")
    for name, content in {**templates, **agreeing.documents(places, measured)}.items():
        made.write(name, content)
    return made


def within(rows):
    """The rows of the period: of CSV files DuckDB counts the others too, which Spark does not read."""
    first, last = datetime(2024, 1, 3), datetime(2024, 12, 29)
    return [row for row in rows if row[1] is not None and first < row[1] < last]


def test_files_measured_by_spark_give_what_they_give_by_duckdb(tmp_path, cluster):
    places = {"tickets": "tickets.parquet", "slices": "tickets.parquet", "texts": "texts/tickets.csv"}
    made = made_project(tmp_path, cluster, places, {"texts": OF_TEXTS})
    data = made.folder / "audits" / "here" / "data"
    rows = agreeing.rows_of(7, ROWS)
    agreeing.write_files(data, rows)
    agreeing.write_files(data / "texts", within(rows))
    here = agreeing.results_of(made, "here")
    agreeing.assert_measured(here)
    assert len(here) > 700
    agreeing.assert_same(here, agreeing.results_of(made, "there"))
    counted, there = agreeing.records_of(made, "here"), agreeing.records_of(made, "there")
    read = there["texts"].columns  # DuckDB reads all columns of CSV files, Spark those that are measured
    texts = replace(counted["texts"], columns={name: counted["texts"].columns[name] for name in read})
    agreeing.assert_same_records({**counted, "texts": texts}, there)
    assert len(read) > 12


@contextmanager
def when_measuring(act):
    """Do something once the rows are typed and kept, and a pass over them is on its way."""
    from sqaudit_spark.driver import _Shared

    acted, ended = [], threading.Event()

    def watch():
        while not ended.is_set():
            tracker = _Shared.context.statusTracker() if _Shared.context is not None else None
            if tracker is not None and max(tracker.getActiveStageIds(), default=0) >= 4:
                act()
                acted.append(True)
                return
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield acted
    finally:
        ended.set()
        watcher.join()


@pytest.fixture(scope="module")
def few(tmp_path_factory, cluster):
    """A project of few measures, and what DuckDB makes of it."""
    measured = {"tickets": ["median", "share"]}
    made = made_project(tmp_path_factory.mktemp("few"), cluster, {"tickets": "tickets.parquet"}, measured)
    agreeing.write_files(made.folder / "audits" / "here" / "data", agreeing.rows_of(8, ROWS))
    return made, agreeing.results_of(made, "here")


def test_a_run_survives_the_loss_of_a_worker_with_what_it_kept(few, cluster):
    made, here = few
    with when_measuring(lambda: cluster.kill_worker(0)) as killed:
        outcome = made.run("run", "there", "--period", agreeing.PERIOD)
    assert killed
    if outcome.code == 3:  # to fail is right, to be wrong is not
        assert "spark" in outcome.text
        return
    agreeing.assert_same(here, agreeing.results_of(made, "there"))


def test_a_run_that_loses_its_cluster_says_so(few, cluster, monkeypatch):
    import sqaudit_spark.session

    made, _ = few
    made.edit("audits/here/programme.yaml", "nulls: ['',", "nulls: ['-', '',")
    made.edit("audits/there/programme.yaml", "nulls: ['',", "nulls: ['-', '',")
    monkeypatch.setattr(sqaudit_spark.session, "PATIENCE", 6)
    with when_measuring(lambda: [cluster.kill_worker(0) for _ in list(cluster.workers)]) as killed:
        outcome = made.run("run", "there", "--period", agreeing.PERIOD)
    assert killed
    assert outcome.code == 3, outcome.text
    assert "'tickets' cannot be read by spark: the cluster" in outcome.text
