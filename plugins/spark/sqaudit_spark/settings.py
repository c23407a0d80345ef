"""How a Spark session is set: what documents may say, and what is always so because the numbers depend on it."""

from __future__ import annotations

from collections.abc import Mapping

# No code, no jars, no class names, and nothing that would leave records out (such as ignoring files that are missing).
ALLOWED = (
    "spark.authenticate",
    "spark.cores.max",
    "spark.driver.bindAddress",
    "spark.driver.blockManager.port",
    "spark.driver.host",
    "spark.driver.maxResultSize",
    "spark.driver.memory",
    "spark.driver.port",
    "spark.dynamicAllocation.",
    "spark.executor.cores",
    "spark.executor.heartbeatInterval",
    "spark.executor.instances",
    "spark.executor.memory",
    "spark.executor.memoryOverhead",
    "spark.hadoop.fs.s3a.access.key",
    "spark.hadoop.fs.s3a.endpoint",
    "spark.hadoop.fs.s3a.path.style.access",
    "spark.hadoop.fs.s3a.secret.key",
    "spark.memory.",
    "spark.network.timeout",
    "spark.rpc.",
    "spark.shuffle.service.enabled",
    "spark.speculation",
    "spark.sql.adaptive.coalescePartitions.",
    "spark.sql.adaptive.enabled",
    "spark.sql.files.maxPartitionBytes",
    "spark.sql.files.minPartitionNum",
    "spark.sql.shuffle.partitions",
    "spark.task.cpus",
    "spark.task.maxFailures",
    "spark.yarn.queue",
)
# Rows are typed in levels, each of which names those below it several times. To move a condition down through them, or
# to keep account of what each name is equal to, would write every expression out anew at each mention: for hours.
_NOT_INLINED = ("PushDownPredicates", "PushPredicateThroughNonJoin", "InferFiltersFromConstraints")
ALWAYS: Mapping[str, str] = {
    "spark.sql.optimizer.excludedRules": ",".join(
        f"org.apache.spark.sql.catalyst.optimizer.{rule}" for rule in _NOT_INLINED
    ),
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.csv.parser.columnPruning.enabled": "false",  # else a record with cells too many goes unseen
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.runSQLOnFiles": "false",  # a table's name is never a path
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.variable.substitute": "false",  # ${…} in a text would be replaced
}
AT_START: Mapping[str, str] = {
    "spark.log.level": "OFF",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


# A cancelled task that does not notice it is ended with its executor, which the master starts anew.
ON_CLUSTERS: Mapping[str, str] = {"spark.task.reaper.enabled": "true", "spark.task.reaper.killTimeout": "10s"}


def is_allowed(name: str) -> bool:
    """Whether a document may set this."""
    return any(name == allowed or (allowed.endswith(".") and name.startswith(allowed)) for allowed in ALLOWED)


def forbidden(config: Mapping[str, object]) -> list[str]:
    """The names that a document may not set."""
    return sorted(name for name in config if not is_allowed(name))


def written(value: object) -> str:
    """A value of YAML as Spark writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
