"""Measures on a Spark cluster. Imports nothing of Spark until a session is opened."""

from __future__ import annotations

from collections.abc import Iterable

from sqaudit.model.ports import RecordEngine
from sqaudit.plugin import hookimpl

__version__ = "1.0.0"
sqaudit_api = ">=1,<2"


@hookimpl
def sqaudit_engines() -> Iterable[RecordEngine]:
    """The engine ``spark``."""
    from sqaudit_spark.engine import SparkEngine

    return [SparkEngine()]
