"""A whole run over Spark, found like any installed plugin, gives the results of the same run without it."""

import runpy
from pathlib import Path

import pytest

import sqaudit_spark
from sqaudit_spark.engine import SparkEngine

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT / "tests" / "acceptance" / "test_engines_agree.py"
PARAMETERS = {"master": "local[2]", "config": {"spark.sql.shuffle.partitions": 2, "spark.driver.memory": "900m"}}
ENGINE = (
    "engine: {spark: {master: 'local[2]', timeout: PT2M,"
    " config: {spark.sql.shuffle.partitions: 2, spark.driver.memory: 900m}}}"
)
MEASURED = {"lake": ["rows", "mean", "mean-time", "share", "median"], "texts": ["mean"], "catalogue": ["mean"]}
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not SHARED.is_file(), reason="the project that all engines share is not beside this plugin"),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project in which the plugin is installed."""
    from importlib.metadata import distributions

    if not any(one.metadata["Name"] == "sqaudit-spark" for one in distributions()):
        about = tmp_path / "installed" / f"sqaudit_spark-{sqaudit_spark.__version__}.dist-info"
        about.mkdir(parents=True)
        version = f"Version: {sqaudit_spark.__version__}\n"
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: sqaudit-spark\n{version}")
        (about / "entry_points.txt").write_text("[sqaudit]\nspark = sqaudit_spark\n")
        monkeypatch.syspath_prepend(about.parent)
    return runpy.run_path(str(ROOT / "tests" / "conftest.py"))["ProjectOnDisk"](tmp_path / "project")


def test_files_and_tables_on_spark_give_what_files_give(project):
    from sqaudit.model.ports import EngineRequest

    shared = runpy.run_path(str(SHARED))
    parquet = "data/tickets.parquet"
    sources = {
        "lake": (f"path: {parquet}", f"{ENGINE}\n    path: {parquet}"),
        "texts": ("path: data/tickets.csv", f"{ENGINE}\n    path: data/tickets.csv"),
        "catalogue": (f"path: {parquet}", f"{ENGINE}\n    table: global_temp.tickets"),
    }
    for name, content in shared["documents"](sources, MEASURED, "region").items():
        project.write(name, content)
    for programme in ("here", "there"):
        shared["write_files"](project.folder / "audits" / programme / "data", shared["rows_of"](11))
    here = shared["results_of"](project, "here")
    path = project.folder / "audits" / "there" / parquet
    with SparkEngine().open(EngineRequest(parameters=PARAMETERS, table=None, paths=(path,), zone="UTC")) as session:
        session.prepare(lambda spark: spark.read.parquet(path.as_uri()).createGlobalTempView("tickets"))
        there = shared["results_of"](project, "there")
    shared["assert_measured"](here)
    shared["assert_same"](here, there)
    shared["assert_same_records"](shared["records_of"](project, "here"), shared["records_of"](project, "there"))
