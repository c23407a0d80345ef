"""The engine is locked, interruptible, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import duckdb
import pytest

from sqaudit.engines.duckdb import open_engine, temporary_folder

FORBIDDEN = [
    "SET TimeZone = 'UTC'",
    "SET threads = 1",
    "RESET memory_limit",
    "SELECT * FROM read_csv('{outside}')",
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM glob('/*')",
    "COPY (SELECT 1) TO '{outside}.copy'",
    "ATTACH '{outside}.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
]


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as made:
        yield made


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_locked_engine_reaches_nothing_outside(folder, tmp_path, statement):
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    with open_engine(folder=folder) as engine, pytest.raises(duckdb.Error):
        engine.query(statement.format(outside=outside))
    assert sorted(path.name for path in tmp_path.iterdir() if path != folder) == ["outside.csv"]


def test_it_reads_the_files_it_was_opened_for_and_not_their_neighbours(folder, tmp_path):
    allowed, neighbour = tmp_path / "a's.csv", tmp_path / "b.csv"
    for path in (allowed, neighbour):
        path.write_text("a\n1\n", encoding="utf-8")
    with open_engine(folder=folder, files=[allowed]) as engine:
        name = str(allowed).replace("'", "''")
        assert engine.query(f"SELECT a FROM read_csv('{name}')") == [(1,)]
        with pytest.raises(duckdb.Error):
            engine.query(f"SELECT a FROM read_csv('{neighbour}')")


def test_every_zone_has_its_own_local_time(folder):
    zones = ("America/New_York", "Asia/Shanghai")
    with open_engine(folder=folder, zones=zones) as engine:
        hours = [engine.query("SELECT hour(TIMESTAMPTZ '2026-07-01 12:00Z')", zone=zone)[0][0] for zone in zones]
    assert hours == [8, 20]


def test_ctrl_c_stops_a_query_within_a_second(folder):
    with open_engine(folder=folder) as engine:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            engine.query("SELECT count(*) FROM range(1000000000) a, range(1000) b")
        assert time.monotonic() - started < 5
        assert engine.query("SELECT 1") == [(1,)], "the engine is usable afterwards"


def test_what_a_killed_process_left_is_removed_by_the_next(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = (
        f"import tempfile; tempfile.tempdir = {str(tmp_path)!r}\n"
        "import os, signal\n"
        "from sqaudit.engines.duckdb import temporary_folder\n"
        "with temporary_folder() as folder:\n"
        "    (folder / 'spill').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = tmp_path.iterdir()
    with temporary_folder() as own:
        assert own.is_dir()
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_running_process_uses_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as first, temporary_folder():
        assert first.is_dir()
