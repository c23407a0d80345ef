"""The session in this machine: files, failures, interruption, and no JVM left behind."""

import _thread
import gzip
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from sqaudit.errors import UnusableSource
from sqaudit.model.ports import EngineFailure, EngineRequest

from sqaudit_spark.engine import SparkEngine, suffix_of
from sqaudit_spark.failures import failure_of, one_line
from sqaudit_spark.settings import forbidden

LOCAL = {"master": "local[1]", "config": {"spark.sql.shuffle.partitions": 2, "spark.driver.memory": "700m"}}
# Minutes of work in tasks of half a second: Spark ends a cancelled job only between tasks.
SLOW = "SELECT sum(x) AS x FROM ({}) AS every".format(
    " UNION ALL ".join(
        ["SELECT sqrt(a.k + b.k + c.k + d.k) AS x FROM records a, records b, records c, records d"] * 100
    )
)


def request(*paths, table=None, **parameters):
    return EngineRequest(parameters=parameters or LOCAL, table=table, paths=tuple(map(Path, paths)), zone="UTC")


def test_the_plugin_offers_the_engine_without_importing_spark():
    code = (
        "import sys, sqaudit_spark; print([e.name for e in sqaudit_spark.sqaudit_engines()], 'pyspark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['spark'] False\n"


@pytest.mark.parametrize(
    "name",
    [
        "spark.jars",
        "spark.jars.packages",
        "spark.plugins",
        "spark.driver.extraJavaOptions",
        "spark.executor.extraClassPath",
        "spark.sql.extensions",
        "spark.sql.files.ignoreCorruptFiles",
        "spark.sql.ansi.enabled",
        "spark.submit.pyFiles",
        "spark.executor.memoryOverheadFactor.x",
    ],
)
def test_documents_bring_no_code_and_change_no_number(name):
    assert forbidden({name: "x", "spark.executor.memory": "1g"}) == [name]
    with pytest.raises(UnusableSource, match=name), SparkEngine().open(request(master="local[1]", config={name: "x"})):
        pass


def test_a_master_that_is_not_there_is_told_at_once():
    begun = time.monotonic()
    with (
        pytest.raises(UnusableSource, match="cannot be reached"),
        SparkEngine().open(request(master="spark://127.0.0.1:9")),
    ):
        pass
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column `x` cannot be resolved. SQLSTATE: 42703; line 1\n\tat a.b",
            "A column `x` cannot be resolved.",
        ),
        (
            "An error occurred while calling o1.collect.\n: org.apache.spark.SparkException: Job aborted due to stage failure: x\n\tat org.a(B.scala:1)",
            "Job aborted due to stage failure: x",
        ),
        ("", "no reason was given"),
    ],
)
def test_one_readable_line(said, line):
    assert one_line(said).rstrip(".") == line.rstrip(".")


def test_failures_do_not_quote_rows():
    failure = failure_of(ValueError("x\n[CAST_INVALID_INPUT] The value 'Li Wei' of the type"))
    assert failure.reason == "a value that cannot be read"
    assert not failure.lost
    assert failure_of(RuntimeError("SparkContext was shut down")).lost


def test_formats_by_suffix():
    assert [suffix_of(Path(name)) for name in ("a.csv", "b.CSV.gz", "c.parquet", "folder")] == [
        ".csv",
        ".csv",
        ".parquet",
        ".parquet",
    ]


def test_connect_says_what_to_install():
    try:
        import grpc  # noqa: F401
    except ImportError:
        pass
    else:
        pytest.skip("Spark Connect's packages are installed")
    with (
        pytest.raises(UnusableSource) as caught,
        SparkEngine().open(request(remote="sc://127.0.0.1:15002")),
    ):
        pass
    assert "sqaudit-spark[connect]" in str(caught.value.hint)


@pytest.mark.spark
class TestLocal:
    def test_columns_have_duckdb_types(self, nasty):
        found = dict(nasty.spark.columns("records"))
        expected = {**nasty.types, "a": "TIMESTAMP WITH TIME ZONE", "z": "TIMESTAMP WITH TIME ZONE"}
        assert found == expected

    def test_numbers_texts_and_truths(self, nasty):
        sql = "SELECT sum(k) AS a, avg(k) AS b, max(s) IS NOT NULL AS c, count(*) AS d, sum(d) AS e FROM records"
        kinds = [type(value).__name__ for value in nasty.spark.query(sql)[0]]
        assert kinds == ["int", "float", "bool", "int", "Decimal"]

    def test_fingerprints_know_rows_and_no_order(self, nasty):
        every = nasty.spark.fingerprint("SELECT * FROM records")
        assert every == nasty.spark.fingerprint("SELECT * FROM records ORDER BY s DESC")
        others = ["SELECT * FROM records WHERE k <> 99", "SELECT * REPLACE (coalesce(s, '') AS s) FROM records"]
        assert len({every, *map(nasty.spark.fingerprint, others)}) == 3

    @pytest.mark.parametrize(("shown", "copies"), [("k AS x", 1), ("hour(a) AS x", 2)])
    def test_rows_are_kept_once_unless_zones_see_other_rows(self, nasty, shown, copies):
        session, sql = nasty.spark, f"SELECT {shown} FROM records"
        stored = session._context._jsc.getPersistentRDDs
        before = stored().size()
        kept = session.keep(sql)
        for zone in ("UTC", "Asia/Shanghai", "UTC"):
            found = [
                session.query(f"SELECT sum(x) AS s, count(*) AS n FROM {rows} AS r", zone=zone)
                for rows in (kept, f"({sql})")
            ]
            assert found[0] == found[1]
        assert stored().size() - before == copies

    def test_rows_kept_of_kept_rows(self, nasty):
        session = nasty.spark
        first = session.keep("SELECT k, a FROM records WHERE k < 30")
        second = session.keep(f"SELECT k, hour(a) AS h FROM {first} AS r")
        asked = "SELECT sum(h) AS s, count(*) AS n FROM {} AS r"
        found = session.query(asked.format(second), zone="America/New_York")
        assert found == session.query(
            asked.format("(SELECT k, hour(a) AS h FROM records WHERE k < 30)"), zone="America/New_York"
        )

    def test_rows_that_spark_cannot_compute_are_not_kept(self, nasty):
        with pytest.raises(EngineFailure, match="'strip_accents'"):
            nasty.spark.keep("SELECT strip_accents(s) AS x FROM records")

    def test_failures(self, nasty):
        for sql, said in (
            ("SELECT sum(k + 9223372036854775807) FROM records", "too large"),
            ("SELECT strip_accents(s) FROM records", "'strip_accents' cannot be computed on Spark"),
            ("SELECT count(*) FROM nowhere", "nowhere"),
            ('SELECT count(*) FROM parquet."/etc/hosts"', "parquet"),
        ):
            with pytest.raises(EngineFailure, match=said) as caught:
                nasty.spark.query(sql)
            assert "\n" not in caught.value.reason
            assert "\tat " not in caught.value.reason
            assert not caught.value.lost
        assert nasty.spark.query("SELECT count(*) FROM records") == [(72,)]

    def test_interrupted_within_a_second(self, nasty):
        begun = []
        jobs = nasty.spark._context.statusTracker()

        def interrupt():
            while not jobs.getActiveJobsIds():
                time.sleep(0.05)
            time.sleep(0.5)
            begun.append(time.monotonic())
            _thread.interrupt_main()

        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            nasty.spark.query(SLOW)
        assert time.monotonic() - begun[0] < 1
        assert nasty.spark.query("SELECT count(*) FROM records") == [(72,)]

    def test_a_query_that_takes_too_long(self, nasty, monkeypatch):
        monkeypatch.setattr(nasty.spark, "_timeout", 0.6)
        with pytest.raises(EngineFailure, match=r"within 0\.6 seconds"):
            nasty.spark.query(SLOW)

    def test_delimited_files(self, nasty, tmp_path):
        from sqaudit_spark.engine import _register

        text = '﻿"Site Name",价格,note\nA,1.50,"two\nlines, ""quoted"""\nB,,\\n\n'
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        with gzip.open(tmp_path / "b.csv.gz", "wt", encoding="utf-8") as file:
            file.write(text)
        paths = [tmp_path / "a.csv", tmp_path / "b.csv.gz"]
        nasty.spark.prepare(lambda spark: _register(spark, "texts", paths))
        assert dict(nasty.spark.columns("texts")) == dict.fromkeys(("Site Name", "价格", "note"), "VARCHAR")
        sql = 'SELECT "Site Name" AS a, TRY_CAST("价格" AS DECIMAL(18,2)) AS b, note AS c, count(*) AS d FROM texts GROUP BY ALL ORDER BY a'
        rows = nasty.spark.query(sql)
        assert [(a, None if b is None else float(b), c, d) for a, b, c, d in rows] == [
            ("A", 1.5, 'two\nlines, "quoted"', 2),
            ("B", None, "\\n", 2),
        ]

    @pytest.mark.parametrize("second", ["x,b\n1,2\n", "a,b\n1,2,3\n"])
    def test_files_that_do_not_fit_are_no_numbers(self, nasty, tmp_path, second):
        from sqaudit_spark.engine import _register

        (tmp_path / "a.csv").write_text("a,b\n1,2\n")
        (tmp_path / "b.csv").write_text(second)
        paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
        nasty.spark.prepare(lambda spark: _register(spark, "unfit", paths))
        with pytest.raises(EngineFailure):
            nasty.spark.query("SELECT count(*) AS n, count(a) AS m FROM unfit")

    def test_a_second_cluster_is_refused(self, nasty):
        with (
            pytest.raises(UnusableSource, match="another is in use"),
            SparkEngine().open(request(master="local[2]")),
        ):
            pass

    def test_silent_and_gone(self, tmp_path):
        """A run of its own: not a word on stdout or stderr, and its JVM ends with it."""
        code = textwrap.dedent("""
            import sys
            from pathlib import Path
            from sqaudit.model.ports import EngineFailure, EngineRequest
            from sqaudit_spark.engine import SparkEngine
            from spark_records import java_processes
            Path(sys.argv[1]).write_text("a,b\\n1,2\\n")
            request = EngineRequest(
                parameters={"master": "local[1]"}, table="t", paths=(Path(sys.argv[1]),), zone="Asia/Shanghai"
            )
            with SparkEngine().open(request) as session:
                assert session.query("SELECT sum(TRY_CAST(a AS BIGINT)) AS x FROM t") == [(1,)]
                try:
                    session.query("SELECT sum(TRY_CAST(a AS BIGINT) + 9223372036854775807) AS x FROM t")
                except EngineFailure:
                    pass
                assert java_processes()
            assert not java_processes()
        """)
        paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "t.csv")],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths},
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
