"""Every command explains itself in both languages, is documented, and lists the fields that programs rely on."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from sqaudit.cli.main import COMMANDS, main, make_cli

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIELDS = {
    "results": "programme period revision site standard version dimension criterion item status value unit n missing "
    "invalid low high interval formula target score weight coverage conceded checklist subject group facet auditor "
    "reason",
    "scores": "programme period site level id score raw_score coverage rating items critical_failed",
    "findings": "id programme period site criterion items severity repeat_of repeats statement status action",
    "cycle": "programme period state revision",
    "plugins": "name distribution version state reason",
}
CHECK_FIELDS = {"file", "line", "column", "code", "message", "hint"}
LEVELS = {"criterion", "dimension", "audit", "region", "programme"}


def _paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in COMMANDS if not path else command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            yield from _paths(inner, (*path, name))


PATHS = list(_paths(make_cli()))


@pytest.fixture(scope="module")
def rows_of(demo, run_sqaudit):
    """The rows of a listing of the demo."""

    @functools.cache
    def rows(*arguments: str) -> list[dict[str, Any]]:
        done = run_sqaudit(demo, *arguments, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return rows


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_command_explains_itself_in_both_languages(path, capsys):
    told = {}
    for language in ("en", "zh"):
        assert main(["--lang", language, *path, "--help"]) == 0
        told[language] = capsys.readouterr().out
    assert "Usage: sqaudit" in told["en"]
    assert not _CHINESE.search(told["en"])
    assert len(_CHINESE.findall(told["zh"])) > 10


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_command_is_documented(path):
    heading = f"{'###' if len(path) > 1 else '##'} `{' '.join(('sqaudit', *path))}`\n"
    assert heading in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("listing", FIELDS)
def test_the_listing_has_its_fields(listing, rows_of):
    rows = rows_of(listing)
    assert rows
    assert all(set(FIELDS[listing].split()) <= row.keys() for row in rows)
    flat = (type(value) in {str, int, float, bool, type(None), list} for row in rows for value in row.values())
    assert all(flat)


@pytest.mark.parametrize("listing", FIELDS)
def test_csv_has_the_columns_of_json(listing, demo, run_sqaudit, rows_of):
    as_json = rows_of(listing)
    as_csv = list(csv.DictReader(io.StringIO(run_sqaudit(demo, listing, "--format", "csv").stdout)))
    assert list(as_csv[0]) == list(as_json[0])
    assert len(as_csv) == len(as_json)


def test_what_identifies_results_findings_and_scores_is_unique(rows_of):
    keys = {
        "results": "programme period revision site checklist item subject group facet auditor",
        "findings": "id",
        "scores": "programme period revision site level id",
    }
    for listing, key in keys.items():
        seen = [tuple(row[name] for name in key.split()) for row in rows_of(listing)]
        assert len(set(seen)) == len(seen), listing


def test_every_level_is_listed_and_what_is_absent_is_null(rows_of):
    rows = rows_of("scores")
    assert {row["level"] for row in rows} == LEVELS
    assert all(row["site"] is None for row in rows if row["level"] in {"region", "programme"})
    results = rows_of("results", "--status", "no_data")
    assert results
    assert all(row["value"] is None and row["score"] is None and row["reason"] for row in results)


def test_findings_know_their_revision(rows_of):
    assert {row["revision"] for row in rows_of("findings")} == {1}


def test_problems_have_their_fields(tmp_path, run_sqaudit):
    (tmp_path / "sqaudit.yaml").write_text("project: broken\nlanguag: en\n")
    done = run_sqaudit(tmp_path, "check", "--format", "json")
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)
    assert problem.keys() >= CHECK_FIELDS
    assert (problem["file"], problem["line"]) == ("sqaudit.yaml", 2)


def test_data_and_messages_do_not_mix(tmp_path, demo, run_sqaudit):
    done = run_sqaudit(demo, "results", "--status", "error", "--format", "json")
    assert json.loads(done.stdout) == []
    refused = run_sqaudit(tmp_path, "results", "--format", "json")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "SQA" in refused.stderr
