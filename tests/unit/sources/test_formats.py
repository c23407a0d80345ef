"""Formats other than CSV end in the same typed rows."""

import datetime as dt
import json
from decimal import Decimal

import openpyxl
import pytest

from sqaudit.errors import UnusableSource


def test_json_records_nested_and_under_a_key(staging, columns, tmp_path):
    records = [
        {"id": 1, "scores": {"clean": 0.1, "sum": 12345678901234}, "ok": True, "at": "2024-01-05T10:00:00Z"},
        {"id": 2, "scores": None, "tags": ["a"], "ok": None},
        {},
        "not an object",
        {"id": 3, "scores": {"clean": 1e-3}},
    ]
    (tmp_path / "t.json").write_text(json.dumps({"page": {"rows": records}, "n": 5}))
    declared = columns(id="integer", clean="number?", ok="boolean?", at="timestamp?", total="integer?")
    with staging(
        tmp_path,
        declared,
        paths=("t.json",),
        columns={"clean": "scores.clean", "total": "scores.sum"},
        read={"records": "page.rows"},
    ) as staged:
        assert staged.rows(":row", "id", "clean", "total", "ok") == [
            (1, 1, Decimal("0.1"), 12345678901234, True),
            (2, 2, None, None, None),
            (4, 3, Decimal("0.001"), None, None),
        ]
        assert (staged.record.read, staged.record.rejected, staged.record.blank) == (4, 1, 1)
        assert staged.moments("at")[0] == "2024-01-05T10:00:00Z"


def test_json_lines_may_lie_across_what_is_read_at_once(staging, columns, tmp_path, monkeypatch):
    monkeypatch.setattr("sqaudit.sources.decoding.CHUNK", 7)
    wanted = [(number, "\u00e4" * (number % 20)) for number in range(1, 40)]
    lines = (json.dumps({"id": number, "text": text}, ensure_ascii=False) for number, text in wanted)
    (tmp_path / "t.jsonl").write_text("\n\n".join(lines))
    with staging(tmp_path, columns(id="integer", text="text?"), paths=("t.jsonl",)) as staged:
        assert staged.rows("id", "text") == [(number, text or None) for number, text in wanted]


def test_a_malformed_json_line_is_one_rejected_row(staging, columns, tmp_path):
    (tmp_path / "t.jsonl").write_text('{"id": 1}\n{"id": 2,\n\n[1]\n{"id": 3}\n')
    with staging(tmp_path, columns(id="integer"), paths=("t.jsonl",)) as staged:
        assert staged.rows(":row", "id") == [(1, 1), (4, 3)]
        assert [line.split(",")[1:4] for line in staged.rejected()] == [["2", "", "not_json"], ["3", "", "not_json"]]


@pytest.mark.parametrize(
    ("content", "read", "code"),
    [
        ("{", {}, "SQA503"),
        ("", {}, "SQA504"),
        ('{"rows": []}', {}, "SQA510"),
        ('{"rows": []}', {"records": "row"}, "SQA510"),
        ("[" * 100_000, {}, "SQA503"),
    ],
)
def test_json_that_cannot_be_used(staging, columns, tmp_path, content, read, code):
    (tmp_path / "t.json").write_text(content)
    with (
        pytest.raises(UnusableSource, match=code),
        staging(tmp_path, columns(id="integer"), paths=("t.json",), read=read),
    ):
        pass


def test_an_empty_list_of_records_has_no_rows(staging, columns, tmp_path):
    (tmp_path / "t.json").write_text("[]")
    with staging(tmp_path, columns(id="integer"), paths=("t.json",)) as staged:
        assert staged.record.read == 0


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_typed_cells_of_a_workbook(staging, columns, tmp_path):
    rows = [
        ["id", "when", "day", "n", "x", "ok", "note"],
        [1, dt.datetime(2024, 1, 5, 10, 30), dt.date(2024, 1, 5), 3.0, 0.1 + 0.2, True, None],
        [2, None, "2024-01-06", 3.7, 1e-7, "yes", "=1+1"],
        [None] * 7,
        ["３", "05.01.2024", None, "4", "1.5", False, "café"],
    ]
    workbook(tmp_path / "t.xlsx", ("first", rows), ("second", [["id"], [9]]))
    declared = columns(
        id="integer", when="timestamp?", day="date?", n="integer?", x="number?", ok="boolean?", note="text?"
    )
    with staging(tmp_path, declared, paths=("t.xlsx",), read={"dates": ("%d.%m.%Y",)}) as staged:
        assert staged.rows("id", "day", "n", "x", "ok", "note") == [
            (1, dt.date(2024, 1, 5), 3, Decimal("0.3"), True, None),
            (2, dt.date(2024, 1, 6), None, None, True, None),  # the formula was never worked out
            (3, None, 4, Decimal("1.5"), False, "café"),
        ]
        assert staged.moments("when") == ["2024-01-05T10:30:00Z", None, "2024-01-05T00:00:00Z"]
        assert (staged.record.read, staged.record.blank) == (3, 1)
    with staging(tmp_path, columns(id="integer"), paths=("t.xlsx",), read={"sheet": "second"}) as staged:
        assert staged.column("id") == [9]


def test_workbooks_that_cannot_be_used(staging, columns, tmp_path):
    workbook(tmp_path / "t.xlsx", ("first", [["id"], [1]]))
    (tmp_path / "broken.xlsx").write_bytes(b"PK not a zip")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "what.bin").write_bytes(b"x")
    for path, read, code in (
        ("t.xlsx", {"sheet": "third"}, "SQA510"),
        ("broken.xlsx", {}, "SQA503"),
        ("old.xls", {}, "SQA509"),
        ("what.bin", {}, "SQA509"),
    ):
        with (
            pytest.raises(UnusableSource, match=code),
            staging(tmp_path, columns(id="integer"), paths=(path,), read=read),
        ):
            pass


def test_parquet_keeps_its_types_and_a_double_must_hold_the_round_trip(staging, columns, tmp_path):
    import duckdb

    duckdb.sql(f"""COPY (SELECT * FROM (VALUES
        (1, 0.1::DOUBLE, 3::DOUBLE, 7.25::DECIMAL(9,3),
         TIMESTAMP '2024-11-03 01:30:00', TIMESTAMPTZ '2024-01-05 10:00:00+02',
         true, '４'),
        (2, 0.123456::DOUBLE, 3.5, 7.255, TIMESTAMP 'infinity', NULL, false, 'x'),
        (3, 'nan'::DOUBLE, 'inf'::DOUBLE, NULL, NULL, NULL, NULL, ' '))
        t(id, x, whole, price, "at", aware, ok, word)) TO '{tmp_path / "t.parquet"}'""")
    declared = columns(
        id="integer", x="number?", whole="integer?", price={"type": "number?", "scale": 2}, at="timestamp?",
        aware="timestamp?", ok="boolean?", word="integer?",
    )  # fmt: skip
    with staging(tmp_path, declared, paths=("t.parquet",), zone="America/New_York") as staged:
        assert staged.rows(":row", "id", "x", "whole", "price", "ok", "word") == [
            (1, 1, Decimal("0.1"), 3, Decimal("7.25"), True, 4),
            (2, 2, None, None, None, False, None),
            (3, 3, None, None, None, None, None),
        ]
        assert staged.cells("x") == [1, 2, 2]
        assert staged.cells("price") == [1, 2, 0]
        assert staged.cells("word") == [1, 2, 0]
        assert staged.moments("at") == ["2024-11-03T05:30:00Z", None, None]
        assert staged.moments("aware")[0] == "2024-01-05T08:00:00Z"


def test_a_file_that_is_no_parquet(staging, columns, tmp_path):
    (tmp_path / "t.parquet").write_bytes(b"no")
    with pytest.raises(UnusableSource, match="SQA514"), staging(tmp_path, columns(id="integer"), paths=("t.parquet",)):
        pass


def test_rows_of_a_collector_are_landed_with_a_fingerprint_of_their_content(staging, columns, tmp_path):
    rows = [
        {"id": 2, "at": dt.datetime(2024, 1, 5, tzinfo=dt.UTC), "x": Decimal("0.10"), "more": {"a": 1}},
        {"id": 1, "at": None, "x": 0.25},
    ]
    results = []
    for given in (rows, list(reversed(rows)), iter(rows)):
        with staging(
            tmp_path, columns(id="integer", x="number?", a="integer?"), rows=given, columns={"a": "more.a"},
            read={"decimal": ","},
        ) as staged:  # fmt: skip
            results.append((staged.record, staged.rows("id", "x", "a")))
    assert results[0] == results[1] == results[2]
    assert sorted(results[0][1]) == [(1, Decimal("0.25"), None), (2, Decimal("0.1"), 1)]
    with staging(tmp_path, columns(id="integer"), rows=[]) as staged:
        assert staged.record.read == 0
        assert staged.record.fingerprint != results[0][0].fingerprint
