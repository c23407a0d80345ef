"""The engine ``spark``: where it connects, and which records it lays open."""

from __future__ import annotations

import contextlib
import csv
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqaudit.errors import Message, UnusableSource, told
from sqaudit.model.ports import EngineFailure, EngineRequest, EngineSession
from sqaudit.model.target import read_duration

from sqaudit_spark.settings import forbidden

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FILES = "records"  # what files are called in queries
_UNREACHABLE = "SQA517"
_DEFAULT_TIMEOUT = "PT1H"
_REACH_WITHIN = 5  # seconds


class SparkEngine:
    """Measures on a Spark cluster: Parquet, CSV and tables."""

    name = "spark"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "properties": {
            "master": {"type": "string", "pattern": r"^(local(\[(\d+|\*)\])?|spark://[^\s]+|yarn|k8s://[^\s]+)$"},
            "remote": {"type": "string", "pattern": r"^sc://[^\s]+$"},
            "app_name": {"type": "string", "minLength": 1},
            "config": {
                "type": "object",
                "propertyNames": {"pattern": r"^spark\."},
                "additionalProperties": {"type": ["string", "integer", "number", "boolean"]},
            },
            "timeout": {
                "type": "string",
                "pattern": r"^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$",
                "default": _DEFAULT_TIMEOUT,
                "description": "How long one query may take, such as PT5M",
            },
        },
        "oneOf": [{"required": ["master"]}, {"required": ["remote"]}],
        "additionalProperties": False,
    }

    @contextlib.contextmanager
    def open(self, request: EngineRequest) -> Iterator[EngineSession]:
        """A session over the files, named ``records`` in queries unless the request names them, or over the table.

        Raises:
            UnusableSource: SQA517 if Spark cannot be had, SQA509 for files it does not read.
        """
        from sqaudit_spark.session import Session

        config: Any = request.parameters.get("config") or {}
        wrong = forbidden(config)
        if wrong:
            raise _unusable(
                told(
                    {"en": "'{name}' may not be set for Spark in a document", "zh": "文档中不得为 Spark 设置“{name}”"},
                    name=wrong[0],
                ),
                told(
                    {
                        "en": "set it in spark-defaults.conf of the cluster, or leave it out",
                        "zh": "请在集群的 spark-defaults.conf 中设置，或删去",
                    }
                ),
            )
        timeout = read_duration(str(request.parameters.get("timeout", _DEFAULT_TIMEOUT)))
        with _spark(request.parameters, config) as spark:
            session = Session(
                spark,
                zone=request.zone,
                timeout=max(timeout or 0, 1),
                is_cluster=not str(request.parameters.get("master", "")).startswith("local"),
            )
            try:
                name = request.table or FILES
                try:
                    if request.paths:
                        session.prepare(lambda ready: _register(ready, name, request.paths))
                    session.columns(name)
                except EngineFailure as failure:
                    raise _unusable(
                        told(
                            {"en": "Spark cannot read '{name}': {reason}", "zh": "Spark 无法读取“{name}”：{reason}"},
                            name=name,
                            reason=failure.reason,
                        ),
                        told(
                            {
                                "en": "files must lie where every worker finds them under the same path",
                                "zh": "文件必须位于每个工作节点都能以相同路径找到的地方",
                            }
                        ),
                    ) from failure
                yield session
            finally:
                session.close()


def _unusable(message: Message, hint: Message | None = None) -> UnusableSource:
    return UnusableSource(_UNREACHABLE, message, hint)


@contextlib.contextmanager
def _spark(parameters: Mapping[str, object], config: Mapping[str, object]) -> Iterator[SparkSession]:
    app_name = str(parameters.get("app_name", "sqaudit"))
    remote = parameters.get("remote")
    if remote is not None:
        with _connected(str(remote), config) as session:
            yield session
        return
    master = str(parameters["master"])
    _look_for(master)
    from sqaudit_spark.driver import DriverFailure, driver

    with contextlib.ExitStack() as stack:
        try:
            session = stack.enter_context(driver(master, app_name, config))
        except ImportError as error:
            raise _unusable(
                told({"en": "Spark is not installed: {reason}", "zh": "未安装 Spark：{reason}"}, reason=error),
                told({"en": "run pip install sqaudit-spark", "zh": "运行 pip install sqaudit-spark"}),
            ) from error
        except DriverFailure as error:
            raise _unusable(
                told(
                    {
                        "en": "Spark at '{place}' cannot be used: {reason}",
                        "zh": "无法使用位于“{place}”的 Spark：{reason}",
                    },
                    place=master,
                    reason=error,
                ),
                told(
                    {
                        "en": "Java 17 or 21 is needed here, and a cluster with a free worker there",
                        "zh": "本机需要 Java 17 或 21，集群需要有空闲的工作节点",
                    }
                ),
            ) from error
        yield session


def _look_for(master: str) -> None:
    """Ask each master whether it is there: Spark itself would try for a minute."""
    if not master.startswith("spark://"):
        return
    reason = "it has no host and port"
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit():
            continue
        try:
            socket.create_connection((host, int(port)), timeout=_REACH_WITHIN).close()
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return
    raise _unusable(
        told(
            {"en": "Spark at '{place}' cannot be reached: {reason}", "zh": "无法连接位于“{place}”的 Spark：{reason}"},
            place=master,
            reason=reason,
        ),
        told(
            {
                "en": "start the master, or correct the host and port of its address",
                "zh": "请启动主节点，或更正其地址中的主机和端口",
            }
        ),
    )


@contextlib.contextmanager
def _connected(remote: str, config: Mapping[str, object]) -> Iterator[SparkSession]:
    from sqaudit_spark.failures import one_line
    from sqaudit_spark.settings import ALWAYS, written

    try:
        import pyspark.sql.connect.session as connect
    except ImportError as error:
        raise _unusable(
            told(
                {
                    "en": "Spark Connect needs more than is installed: {reason}",
                    "zh": "Spark Connect 还需要尚未安装的组件：{reason}",
                },
                reason=one_line(str(error)),
            ),
            told({"en": "run pip install 'sqaudit-spark[connect]'", "zh": "运行 pip install 'sqaudit-spark[connect]'"}),
        ) from error
    try:
        session: Any = connect.SparkSession.builder.remote(remote).create()
        for name, value in {**{name: written(value) for name, value in config.items()}, **ALWAYS}.items():
            session.conf.set(name, value)
    except Exception as error:
        place = urlsplit(remote).netloc.rpartition("@")[2]
        raise _unusable(
            told(
                {"en": "Spark at '{place}' cannot be used: {reason}", "zh": "无法使用位于“{place}”的 Spark：{reason}"},
                place=place,
                reason=one_line(str(error)),
            ),
            told(
                {
                    "en": "start the Spark Connect server, or correct its address",
                    "zh": "请启动 Spark Connect 服务器，或更正其地址",
                }
            ),
        ) from error
    try:
        yield session
    finally:
        with contextlib.suppress(Exception):
            session.stop()


def _register(spark: SparkSession, name: str, paths: Sequence[Path]) -> None:
    from sqaudit_spark.pieces import named

    places = [path.absolute().as_uri() for path in sorted(paths)]
    suffixes = {suffix_of(path) for path in paths}
    if suffixes == {".parquet"}:
        frame = spark.read.parquet(*places)
    elif suffixes <= {".csv", ".tsv"} and len(suffixes) == 1:
        frame = _read_delimited(spark, places, _header(min(paths)), "\t" if ".tsv" in suffixes else ",")
    else:
        raise UnusableSource(
            "SQA509",
            told(
                {
                    "en": "Spark reads Parquet, CSV and TSV files, and no mixture, not {suffixes}",
                    "zh": "Spark 只读取 Parquet、CSV 和 TSV 文件且不能混用，不能读取 {suffixes}",
                },
                suffixes=", ".join(suffixes),
            ),
            told(
                {
                    "en": "write the records as Parquet, or leave out the engine",
                    "zh": "请把记录写成 Parquet，或去掉 engine",
                }
            ),
        )
    frame.createOrReplaceTempView(named(name))


def suffix_of(path: Path) -> str:
    """The suffix that tells the format, that of ``.csv.gz`` being ``.csv``; a folder is taken for Parquet."""
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ".parquet"


def _header(path: Path) -> list[str]:
    import gzip

    opened = gzip.open if path.suffix.casefold() == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file, delimiter="\t" if suffix_of(path) == ".tsv" else ","), [])


def _read_delimited(spark: SparkSession, places: Sequence[str], header: Sequence[str], delimiter: str) -> Any:  # noqa: ANN401
    from pyspark.sql.types import StringType, StructField, StructType

    schema = StructType([StructField(column, StringType(), nullable=True) for column in header])
    options = {
        "header": "true",
        "enforceSchema": "false",  # a file with another header is an error, not shifted columns
        "sep": delimiter,
        "quote": '"',
        "escape": '"',
        "multiLine": "true",
        "mode": "FAILFAST",
        "encoding": "UTF-8",
        "maxCharsPerColumn": "-1",
        "emptyValue": "",
    }
    return spark.read.options(**options).schema(schema).csv(list(places))
