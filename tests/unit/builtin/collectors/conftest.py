"""Collectors as the host calls them, and web services that do as a test says."""

import runpy
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sqaudit.model.ports import CollectRequest
from sqaudit.model.programme import Period, Source

running_service = runpy.run_path(str(Path(__file__).parents[3] / "web_service.py"))["running_service"]
ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER = Period(label="2026-10", start=datetime(2026, 10, 1, tzinfo=ZONE), end=datetime(2026, 11, 1, tzinfo=ZONE))


@pytest.fixture(scope="session")
def collect():
    """The rows of a collector for October 2026 in Shanghai."""

    def run(collector, project, **parameters):
        source = Source(dataset="d", paths=(), collector=collector.name, parameters=parameters)
        return list(collector.collect(CollectRequest(source=source, project=project, period=OCTOBER)).rows)

    return run


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with running_service() as running:
        yield running


@pytest.fixture
def another_service(service):
    with running_service() as running:
        yield running
