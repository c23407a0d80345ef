"""The JVM that talks to a cluster: started silently, shared by the sessions of one run, gone with the last of them."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqaudit_spark.failures import one_line, words_of
from sqaudit_spark.settings import ALWAYS, AT_START, ON_CLUSTERS, written

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_END_WITHIN = 10  # seconds
_lock = threading.Lock()


class DriverFailure(Exception):
    """No session could be had; the reason in one line."""


class _Shared:
    """The one driver of this process: Spark allows no second."""

    settings: Mapping[str, str] | None = None
    context: Any = None
    folder: tempfile.TemporaryDirectory[str] | None = None  # Spark wants one for tables that it never makes
    users = 0


@contextlib.contextmanager
def driver(master: str, app_name: str, config: Mapping[str, object]) -> Iterator[SparkSession]:
    """A session of its own on the cluster.

    Raises:
        DriverFailure: If Java is not there, the cluster does not answer, or another cluster is in use.
    """
    settings = {**AT_START, **ALWAYS, "spark.master": master, "spark.app.name": app_name}
    settings |= {} if master.startswith("local") else ON_CLUSTERS
    settings |= {name: written(value) for name, value in config.items()}
    with _lock:
        _start(settings)
        _Shared.users += 1
    try:
        yield _session()
    finally:
        with _lock:
            _Shared.users -= 1
            if not _Shared.users:
                _stop()


def _session() -> SparkSession:
    from pyspark.sql import SparkSession

    session = SparkSession(_Shared.context).newSession()
    for name, value in ALWAYS.items():
        session.conf.set(name, value)
    return session


def _start(settings: Mapping[str, str]) -> None:
    from pyspark import SparkConf, SparkContext

    if _Shared.context is not None:
        if settings != _Shared.settings:
            raise DriverFailure("a run can use one cluster, with one configuration; another is in use")
        return
    if SparkContext._active_spark_context is not None:  # noqa: SLF001  there is no public way to ask
        raise DriverFailure("another Spark session is running in this process")
    _silence()
    conf = SparkConf(loadDefaults=False)
    conf.setAll(list(settings.items()))
    folder = tempfile.TemporaryDirectory(prefix="sqaudit-spark-", ignore_cleanup_errors=True)
    conf.set("spark.sql.warehouse.dir", Path(folder.name).as_uri())
    with tempfile.TemporaryFile() as said:
        try:
            gateway = _launch(conf, said)
            _Shared.context = SparkContext(conf=_known_to_java(conf, gateway), gateway=gateway)
        except Exception as error:
            told = words_of(error)  # before Java is gone: it knows the words
            _end_of(SparkContext)
            folder.cleanup()
            said.seek(0)
            lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
            reason = one_line(lines[-1]) if "JAVA_GATEWAY_EXITED" in told and lines else one_line(told)
            raise DriverFailure(reason) from error
        _Shared.settings, _Shared.folder = dict(settings), folder


def _launch(conf: Any, said: Any) -> Any:  # noqa: ANN401
    from pyspark.java_gateway import launch_gateway

    quiet = Path(__file__).with_name("log4j2.properties").as_uri()
    conf.set("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={quiet} -Dlog4j.configurationFile={quiet}")
    launch: Any = launch_gateway
    return launch(conf, {"stderr": said, "stdout": subprocess.DEVNULL})


def _known_to_java(conf: Any, gateway: Any) -> Any:  # noqa: ANN401
    from pyspark import SparkConf

    known = SparkConf(_jvm=gateway.jvm)
    known.setAll(conf.getAll())
    return known


def _silence() -> None:
    import logging
    import warnings

    warnings.filterwarnings("ignore", message="PySpark does not yet fully support", category=FutureWarning)
    for name in ("SQLQueryContextLogger", "py4j", "pyspark"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _stop() -> None:
    from pyspark import SparkContext

    context, _Shared.context, _Shared.settings = _Shared.context, None, None
    stopping = threading.Thread(target=lambda: _quietly(context.stop), daemon=True)
    stopping.start()
    stopping.join(_END_WITHIN)
    _end_of(SparkContext)
    if _Shared.folder is not None:
        _Shared.folder.cleanup()
        _Shared.folder = None


def _quietly(call: Any) -> None:  # noqa: ANN401
    with contextlib.suppress(Exception):
        call()


def _end_of(spark_context: Any) -> None:  # noqa: ANN401
    """End the JVM, so that a later run starts its own."""
    gateway = spark_context._gateway  # noqa: SLF001
    spark_context._gateway = spark_context._jvm = None  # noqa: SLF001
    spark_context._active_spark_context = None  # noqa: SLF001
    from pyspark.sql import SparkSession

    SparkSession._instantiatedSession = None  # noqa: SLF001
    if gateway is None:
        return
    process = gateway.proc
    _quietly(gateway.shutdown)
    if process is None:
        return
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_END_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
