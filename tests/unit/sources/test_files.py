"""Finding files, and knowing them again."""

import hashlib
import os

import pytest

from sqaudit.errors import UnusableSource
from sqaudit.model.programme import Source
from sqaudit.sources.files import changed_since, find_files, fingerprint_files


def found(project, *paths, folder="audits/one"):
    return find_files(Source(dataset="d", paths=paths, folder=folder), project)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "audits" / "one" / "data"
    folder.mkdir(parents=True)
    for name in ("b-2.csv", "b-10.csv", "a.csv.gz", "note.txt"):
        (folder / name).write_text(name)
    return tmp_path


def test_patterns_are_expanded_once_and_sorted_by_name(project):
    names = [path.name for path in found(project, "data/b-2.csv", "data/*.csv", "data/*.gz")]
    assert names == ["a.csv.gz", "b-10.csv", "b-2.csv"]


def test_a_missing_file_says_where_it_was_looked_for_and_what_is_near(project):
    with pytest.raises(UnusableSource) as caught:
        found(project, "data/b-3.csv")
    assert caught.value.code == "SQA501"
    assert "audits/one" in str(caught.value.message)
    assert "'b-2.csv'" in str(caught.value.hint)
    assert str(project) not in str(caught.value.message) + str(caught.value.hint)


@pytest.mark.parametrize(
    ("path", "code"),
    [("data/*.parquet", "SQA502"), ("nowhere/x.csv", "SQA501"), ("data", "SQA503"), ("data/**/*.xlsx", "SQA502")],
)
def test_what_cannot_be_found_is_an_unusable_source(project, path, code):
    with pytest.raises(UnusableSource) as caught:
        found(project, path)
    assert caught.value.code == code
    assert caught.value.hint is not None


def test_a_fingerprint_is_of_content_and_names_whatever_the_order(project):
    paths = found(project, "data/*.csv")
    fingerprint, files = fingerprint_files(paths, project)
    lines = sorted(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  audits/one/data/{p.name}\n" for p in paths)
    assert fingerprint == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert fingerprint_files(tuple(reversed(paths)), project)[0] == fingerprint
    assert [file.size for file in files] == [8, 7]
    os.utime(paths[0])
    assert fingerprint_files(paths, project)[0] == fingerprint
    paths[0].write_text("x")
    assert fingerprint_files(paths, project)[0] != fingerprint


def test_a_file_that_changes_meanwhile_is_noticed_even_with_the_same_size_and_time(project):
    paths = found(project, "data/*.csv")
    _, files = fingerprint_files(paths, project)
    changed_since(files, project)
    before = paths[0].stat()
    paths[0].write_text("x" * before.st_size)
    os.utime(paths[0], ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(UnusableSource, match="SQA511"):
        changed_since(files, project)
