"""A small sound project, and objects that stand in for plugins."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest

from sqaudit.builtin.scorers.points import BonusScorer, DeductScorer
from sqaudit.documents.library import Library, read_library
from sqaudit.errors import msg

CASES = Path(__file__).parents[2] / "cases" / "documents"
TODAY = date(2026, 11, 1)


class TargetScorer:
    name = "target"
    parameters_schema: ClassVar = {"type": "object", "additionalProperties": False}

    def problem(self, parameters, target):
        return None

    def score(self, value, target, parameters):
        return Decimal(100)


class LinearScorer(TargetScorer):
    name = "linear"
    parameters_schema: ClassVar = {
        "type": "object",
        "required": ["zero", "full"],
        "additionalProperties": False,
        "properties": {"zero": {"type": "number"}, "full": {"anyOf": [{"const": "target"}, {"type": "number"}]}},
    }

    def problem(self, parameters, target):
        if parameters["full"] == "target" and target is None:
            return msg("'full: target' needs a target")
        return msg("'zero' and 'full' must differ") if parameters["zero"] == parameters["full"] else None


class BandsScorer(TargetScorer):
    name = "bands"
    parameters_schema: ClassVar = {"type": "array", "minItems": 1}


class FileCollector:
    name = "file"
    parameters_schema: ClassVar = {"type": "object", "additionalProperties": False}

    def collect(self, request):
        raise NotImplementedError


class QueueCollector(FileCollector):
    name = "queue"
    parameters_schema: ClassVar = {
        "type": "object",
        "required": ["channel"],
        "additionalProperties": False,
        "properties": {"channel": {"type": "string"}},
    }


class PostgresqlEngine:
    name = "postgresql"
    parameters_schema: ClassVar = {
        "type": "object",
        "required": ["url"],
        "additionalProperties": False,
        "properties": {"url": {"type": "string"}, "timeout": {"type": "string", "format": "duration"}},
    }

    def open(self, request):
        raise NotImplementedError


class SparkEngine(PostgresqlEngine):
    name = "spark"
    parameters_schema: ClassVar = {"type": "object", "additionalProperties": False}


SCORERS = {
    scorer.name: scorer for scorer in (TargetScorer(), LinearScorer(), BandsScorer(), DeductScorer(), BonusScorer())
}
COLLECTORS = {collector.name: collector for collector in (FileCollector(), QueueCollector())}
ENGINES = {engine.name: engine for engine in (PostgresqlEngine(), SparkEngine())}


def read_with_stand_ins(folder: Path, **options) -> Library:
    wanted = {"packs": {}, "scorers": SCORERS, "collectors": COLLECTORS, "engines": ENGINES, "today": TODAY}
    return read_library(folder, **{**wanted, **options})


@pytest.fixture
def read():
    """Read a library with the scorers and collectors of this module."""
    return read_with_stand_ins


@pytest.fixture
def project(tmp_path):
    """A copy of the sound project, to be changed at will."""
    return Path(shutil.copytree(CASES / "project", tmp_path / "project"))
