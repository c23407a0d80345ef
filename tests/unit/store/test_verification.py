"""Verification finds what was altered behind our back; a backup is a whole store of its own."""

import os
import sqlite3

import pytest

from sqaudit.errors import CannotAccess
from sqaudit.store.engine import open_store

URL = "sqlite:///sqaudit.db"


def fill(url, folder, make):
    """A store that holds one scored revision."""
    with open_store(url, folder) as store:
        make.add(store)
        store.save_scored("monthly", "2026-10", 1, [make.result()], [make.score()], make.following(make.finding()))
        assert store.verify() == []


@pytest.fixture
def project(tmp_path, make):
    """A folder whose store holds one scored revision."""
    fill(URL, tmp_path, make)
    return tmp_path


@pytest.fixture
def alter(request, tmp_path, url):
    """Change a store behind its back, and its references with it."""

    def run(statement):
        if url != URL:
            request.getfixturevalue("database").run("SET session_replication_role = replica", statement)
            return
        with sqlite3.connect(tmp_path / "sqaudit.db") as raw:
            raw.execute(statement)
        raw.close()

    return run


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("""UPDATE documents SET content = '{"kind":"Standard"}'""", "SQA622"),
        ("DELETE FROM documents", "SQA621"),
        ("DELETE FROM revisions", "SQA621"),
        ("DELETE FROM cycles", "SQA621"),
        ("DELETE FROM observations", "SQA623"),
        ("DELETE FROM results", "SQA623"),
        ("UPDATE revisions SET scored = (1 = 0)", "SQA623"),
        ("UPDATE revisions SET number = 2", "SQA623"),
    ],
)
def test_what_was_altered_is_found(url, tmp_path, make, alter, statement, code):
    fill(url, tmp_path, make)
    alter(statement)
    with open_store(url, tmp_path) as store:
        problems = store.verify()
    assert code in {problem.code for problem in problems}
    assert all(problem.place.file and str(problem.message) for problem in problems)


def test_damage_is_found(project, make):
    with open_store(URL, project) as store:
        make.add(store, number=2, observations=[make.observation(f"s{n:05}") for n in range(3000)])
    path = project / "sqaudit.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(20_000))
    with open_store(URL, project) as store:
        try:
            codes = {problem.code for problem in store.verify()}
        except CannotAccess as error:
            codes = {error.code}
    assert codes <= {"SQA620", "SQA606"}
    assert codes


def test_a_backup_holds_everything_and_overwrites_nothing(project):
    copy = project / "copy.db"
    with open_store(URL, project) as store:
        store.backup(copy)
        expected = store.read_results(), store.list_cycles()
        before = copy.read_bytes()
        with pytest.raises(CannotAccess, match="SQA614"):
            store.backup(copy)
        with pytest.raises(CannotAccess, match="SQA614"):
            store.backup(project / "sqaudit.db")
    assert copy.read_bytes() == before
    with open_store("sqlite:///copy.db", project, create=False) as store:
        assert (store.read_results(), store.list_cycles()) == expected
        assert store.verify() == []


def test_a_backup_into_a_missing_folder_is_told(project):
    with open_store(URL, project) as store, pytest.raises(CannotAccess, match="SQA601"):
        store.backup(project / "not" / "there.db")


def test_a_store_in_memory_can_be_copied(tmp_path, make):
    with open_store("sqlite://", tmp_path) as store:
        make.add(store)
        store.backup(tmp_path / "copy.db")
    with open_store("sqlite:///copy.db", tmp_path, create=False) as store:
        assert len(store.list_cycles()) == 1
