"""What a result was made of, in words and units of people."""

import json
from types import SimpleNamespace

import pytest

from sqaudit.model.evidence import SourceRecord
from sqaudit.model.programme import EngineChoice, Source
from sqaudit.workflow import records
from sqaudit.workflow.collect import source_warnings

FILES = {
    "standards/desk/standard.yaml": (
        'kind: standard\nid: desk\nversion: "1.0"\ndimensions: {speed: {}}\n'
        'criteria: [{id: c, dimension: speed, target: "<= PT8H"}]\n'
        "datasets: {calls: {columns: {at: timestamp, done: timestamp, by: {type: text, optional: true}, who: text}}}\n"
    ),
    "standards/desk/list.yaml": (
        "kind: checklist\nid: list\nstandard: desk@1\ndataset: calls\n"
        "items: [{id: wait, criterion: c, measure: mean(done - at), by: [by, who]}]\n"
    ),
    "audits/a/programme.yaml": (
        "kind: programme\nid: a\nstandard: desk@1\nchecklists: [list]\nsites: [{id: x}]\nperiod: month\n"
        "sources: {calls: {path: calls.csv, time: at}}\n"
    ),
    "audits/a/calls.csv": (
        "at,done,by,who\n2026-09-01 10:00,2026-09-01 11:00,phone,new\n2026-09-01 10:00,2026-09-01 13:30,,old\n"
    ),
}


@pytest.fixture
def audit(project):
    made = project()
    made.remove("audits")
    made.remove("standards")
    for name, text in FILES.items():
        made.write(name, text)
    assert made.run("run", "a", "--period", "2026-09").code == 0
    return made


def rows_of(made):
    return {row["group"]: row for row in json.loads(made.run("results", "--format", "json").out)}


def test_statistics_of_time_are_durations_and_counts_stay(audit):
    told = audit.run("explain", rows_of(audit)[None]["id"]).out
    assert "statistics: n = 2, squares = 171720000 s², sum = 4h 30m" in told


def test_groups_are_named_like_in_the_records(audit):
    rows = rows_of(audit)
    assert set(rows) == {None, '["phone", "new"]', '[null, "old"]'}
    assert "group: phone, new\n" in audit.run("explain", rows['["phone", "new"]']["id"]).out
    table = audit.run("results").out
    assert "phone, new" in table
    assert "-, old" in table
    assert "[" not in table


def test_a_plan_has_no_column_that_reads_like_a_verdict(audit):
    assert "合格" not in audit.run("explain", "a", "--plan", "--lang", "zh").text
    first = json.loads(audit.run("explain", "a", "--plan", "--format", "json").out)[0]
    assert first["number"] == 1


def test_rows_of_another_engine_are_not_said_to_have_changed(monkeypatch):
    source = Source(dataset="calls", paths=(), engine=EngineChoice(name="postgresql"), table="calls")
    asked = SimpleNamespace(
        result=SimpleNamespace(reason=None),
        dataset="calls",
        programme=SimpleNamespace(sources={"calls": source}),
        fingerprint="abc",
    )
    monkeypatch.setattr(records, "_find", lambda *_: asked)
    found = records.find_records(None, "r-1", 10)
    assert (found.rows, str(found.note)) == ((), "the rows of 'calls' lie in 'postgresql' and are not fetched")


@pytest.mark.parametrize(("file", "ending"), [(None, "1 of 4"), ("rejects/a.csv", "1 of 4, see rejects/a.csv")])
def test_a_warning_names_a_file_only_if_there_is_one(file, ending):
    record = SourceRecord(dataset="calls", fingerprint="f", files=(), read=4, accepted=3, rejected=1, rejects=file)
    assert [str(warning) for warning in source_warnings([record])] == [f"calls: rows rejected: {ending}"]
