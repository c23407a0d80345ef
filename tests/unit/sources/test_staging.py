"""Every row and cell is accounted for, whatever the files hold and however many threads read them."""

import csv
import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqaudit.builtin.collectors.file import FileCollector
from sqaudit.errors import CannotAccess, UnusableSource
from sqaudit.model.ports import Collected, Collector, CollectRequest
from sqaudit.model.programme import Period, Source
from sqaudit.sources.decoding import refusing_full_disk
from sqaudit.sources.records import rows_against

TEXTS = ["5", "5", "5", "3", "0", "6", "", " ", "NA", "4.5", "x", "１", "1e1", "+2", "2.0"]
TIMES = ["2024-01-05 10:00", "2024-01-06T11:00:00Z", "2024-02-30", "", "soon", "2024-03-01"]
AMOUNTS = ["1.25", "-3", "", "1.23456", "nan", "12,5", "７.5"]


def dirty_file(path, seed, count):
    """A file with every kind of dirt; what it holds is worked out apart, by ``expected``."""
    choose = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("id,site,at,csat,amount,note\n")
        for number in range(count):
            kind = choose.random()
            cells = [
                str(number),
                choose.choice(["A", "B", " C ", "", "NA"]) if kind < 0.3 else "A",
                choose.choice(TIMES) if kind < 0.5 else "2024-01-05 10:00",
                choose.choice(TEXTS),
                choose.choice(AMOUNTS),
                choose.choice(["plain", 'with "quotes"', "two\nlines", "blank\n\nline", "a,b", "张三"]),
            ]
            if kind > 0.99:
                cells = cells[:4]
            elif kind > 0.98:
                cells += ["more", "still more"]
            elif kind > 0.97:
                cells = [""] * 6
            csv.writer(out, lineterminator=choose.choice(["\n", "\r\n"])).writerow(cells)
            if kind > 0.995:
                out.write("\n")


def expected(path):
    """Counts by a plain reading of the rules, row by row."""
    counts = {"read": 0, "blank": 0, "accepted": 0}
    cells = {name: [0, 0, 0] for name in ("csat", "amount")}
    with path.open(encoding="utf-8", newline="") as stream:
        records = list(csv.reader(stream))
    for record in records[1:]:
        if not any(cell.strip() for cell in record):
            counts["blank"] += 1
            continue
        counts["read"] += 1
        if len(record) != 6:
            continue
        _, site, at, csat, amount, _ = (cell.strip() for cell in record)
        if site in {"", "NA"} or not is_time(at):
            continue
        counts["accepted"] += 1
        cells["csat"][csat_kind(csat)] += 1
        cells["amount"][amount_kind(amount)] += 1
    return counts, cells


def is_time(text):
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


VALID, INVALID, MISSING = 0, 1, 2


def csat_kind(text):
    if text in {"", "NA"}:
        return MISSING
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", text):
        return INVALID
    return VALID if 1 <= float(text) <= 5 else INVALID


def amount_kind(text):
    if text in {"", "NA"}:
        return MISSING
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return INVALID
    return VALID if amount.is_finite() and amount == round(amount, 4) else INVALID


@pytest.mark.parametrize("seed", [1, 2])
def test_a_dirty_file_is_counted_as_plain_python_counts_it(staging, columns, tmp_path, seed):
    dirty_file(tmp_path / "t.csv", seed, 4_000)
    counts, cells = expected(tmp_path / "t.csv")
    declared = columns(
        id="integer",
        at="timestamp",
        csat={"type": "integer?", "minimum": 1, "maximum": 5},
        amount="number?",
        note="text",
    )
    runs = []
    for threads in (1, 4):
        with staging(
            tmp_path, declared, paths=("t.csv",), site="site", time="at", nulls=("", "NA"), threads=threads
        ) as staged:
            record = staged.record
            assert (record.read, record.blank, record.accepted) == tuple(counts.values())
            for name, (valid, invalid, missing) in cells.items():
                got = record.columns[name]
                assert (got.valid, got.invalid, got.missing) == (valid, invalid, missing), name
            runs.append(
                (record, staged.rejected(), staged.rows(":site", ":file", ":row", "id", "csat", "amount", "note"))
            )
    assert runs[0] == runs[1]
    numbers = [row[2] for row in runs[0][2]]
    assert numbers == sorted(numbers)


def test_row_numbers_are_those_of_the_records_even_after_many_rejects_and_line_breaks(staging, columns, tmp_path):
    """Long enough for several buffers of the reader, with quoted line breaks across them."""
    choose, number_of = random.Random(5), {}
    with (tmp_path / "t.csv").open("w", newline="") as out:
        out.write("id,x,y\n")
        for number in range(1, 400_001):
            kind = choose.random()
            if kind < 0.002:
                out.write(f"{number},short\n")
            elif kind < 0.3:
                out.write(f'{number},"{"p" * 150}\n\nli,ne ""q"" {number}\n",z\n')
                number_of[number] = number
            else:
                out.write(f"{number},plain {'p' * 80},z\n")
                number_of[number] = number
    with staging(tmp_path, columns(id="integer"), paths=("t.csv",), threads=4) as staged:
        assert staged.record.read == 400_000
        assert dict(staged.rows("id", ":row")) == number_of


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return tmp_path_factory.mktemp("round-trips")


BLANKS = " \t\n\r\v\f\u00a0\u3000\ufeff"
plain_text = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\x01"), max_size=20)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(plain_text, st.decimals(-(10**13), 10**13, places=4)), min_size=1, max_size=20))
def test_what_python_writes_is_read_back(staging, columns, project, written):
    with (project / "t.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text", "amount"])
        writer.writerows([number, text, f"{amount:f}"] for number, (text, amount) in enumerate(written))
    with staging(project, columns(id="integer", text="text?", amount="number"), paths=("t.csv",)) as staged:
        read = staged.rows("text", "amount")
    assert read == [(text.strip(BLANKS) or None, amount) for text, amount in written]


def test_times_are_kept_in_utc_and_freshness_is_reckoned_from_as_of(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("at\n2024-01-05 10:00\n2024-01-07 10:00\nx\n")
    newest = datetime(2024, 1, 7, 15, tzinfo=UTC)
    for age, stale in ((timedelta(days=2), False), (timedelta(days=2, seconds=1), True), (timedelta(days=-9), False)):
        with staging(
            tmp_path, columns(at="timestamp"), paths=("t.csv",), time="at", zone="America/New_York",
            fresh_seconds=2 * 86_400, as_of=newest + age,
        ) as staged:  # fmt: skip
            assert (staged.record.earliest, staged.record.newest) == (newest - timedelta(days=2), newest)
            assert staged.record.stale is stale


def test_a_source_without_rows_is_stale_if_it_must_be_fresh(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("at\n")
    with staging(tmp_path, columns(at="timestamp"), paths=("t.csv",), time="at", fresh_seconds=60) as staged:
        assert staged.record.stale
        assert staged.record.newest is None


def test_a_site_may_be_a_header_a_declared_column_or_an_expression(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("queue,n\n PWD-north ,007\nPWD-south,008\n")
    for site, expected_sites in (
        ("queue", ["PWD-north", "PWD-south"]),
        ("n", ["007", "008"]),
        ("lower(substr(queue, 5))", ["north", "south"]),
    ):
        with staging(tmp_path, columns(n="integer"), paths=("t.csv",), site=site) as staged:
            assert staged.column(":site") == expected_sites


def test_the_only_site_is_every_row_s_and_its_zone_counts(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("at\n2024-01-05 10:00\n")
    zones = {"one": "Asia/Shanghai"}
    with staging(tmp_path, columns(at="timestamp"), paths=("t.csv",), time="at", zones=zones, zone="UTC") as staged:
        assert staged.column(":site") == ["one"]
        assert staged.moments("at") == ["2024-01-05T02:00:00Z"]


@pytest.mark.parametrize("source", [{"time": "id"}, {"time": "nowhere"}])
def test_a_time_must_be_a_declared_moment(staging, columns, tmp_path, source):
    (tmp_path / "t.csv").write_text("id\n1\n")
    with (
        pytest.raises(UnusableSource, match="SQA512"),
        staging(tmp_path, columns(id="integer"), paths=("t.csv",), **source),
    ):
        pass


def test_a_date_format_that_does_not_exist_is_told(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("at\n1\n")
    with (
        pytest.raises(UnusableSource, match="SQA515"),
        staging(tmp_path, columns(at="date"), paths=("t.csv",), read={"dates": ("%Q",)}),
    ):
        pass


def test_names_with_quotes_blanks_and_other_alphabets(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text('"a ""b""",x y,评分,it\'s\n1,2,3,4\n', "utf-8")
    declared = columns(**{'a "b"': "integer", "x y": "integer", "评分": "integer", "it's": "integer", "sum": "integer"})
    mapping = {"sum": 'CAST("x y" AS INTEGER) + CAST("评分" AS INTEGER)'}
    with staging(tmp_path, declared, paths=("t.csv",), columns=mapping) as staged:
        assert staged.rows('a ""b""', "x y", "评分", "it's", "sum") == [(1, 2, 3, 4, 5)]


def test_rows_against_a_condition_are_shown_by_file_and_record_masked(staging, columns, tmp_path):
    (tmp_path / "a.csv").write_text("site,at,n,note,who\nA,2024-07-05 10:00,1,call 13800138000,Ann\nB,,2,x,Bob\n")
    (tmp_path / "b.csv").write_text("site,at,n,note,who\nA,2024-01-05 10:00,2.50,,Cid\n")
    declared = columns(at="timestamp?", n="number", note="text?", who={"type": "text", "about_persons": True})
    with staging(tmp_path, declared, paths=("*.csv",), site="site") as staged:
        shown = rows_against(staged.engine, staged.dataset, staged.prepared, "n >= 1", "A", None)
        assert shown == (
            ("file", "row", "at", "n", "note", "who"),
            (
                ("a.csv", 1, "2024-07-05T10:00:00+00:00", "1", "call 138****8000", "***"),
                ("b.csv", 1, "2024-01-05T10:00:00+00:00", "2.5", "", "***"),
            ),
        )
        _, limited = rows_against(staged.engine, staged.dataset, staged.prepared, None, None, 2)
        assert [row[:2] for row in limited] == [("a.csv", 1), ("a.csv", 2)]


def test_no_header_is_confused_with_a_name_of_ours(staging, columns, tmp_path):
    headers = ["c1", "rank", "row", "file", "site", "seal", "r0", "e0", "t1", "d", "raw", "from", "select"]
    (tmp_path / "t.csv").write_text(f"{','.join(headers)}\n{','.join(str(n) for n in range(len(headers)))}\n")
    declared = columns(**dict.fromkeys(headers, "integer"))
    mapping = {name: f'CAST("{name}" AS INTEGER) + 1' for name in headers}
    with staging(tmp_path, declared, paths=("t.csv",), columns=mapping, site="site", key=("row",)) as staged:
        assert staged.rows(*headers) == [tuple(range(1, len(headers) + 1))]
    with staging(tmp_path, declared, paths=("t.csv",), key=("c1", "rank")) as staged:
        assert staged.rows(*headers) == [tuple(range(len(headers)))]


def test_a_full_disk_is_no_fault_of_the_source():
    with pytest.raises(CannotAccess, match="SQA603"), refusing_full_disk():
        raise OSError(28, "No space left on device")


def test_the_file_collector_finds_what_the_source_names(tmp_path):
    (tmp_path / "a.csv").write_text("id\n")
    period = Period(label="2024", start=datetime(2024, 1, 1, tzinfo=UTC), end=datetime(2025, 1, 1, tzinfo=UTC))
    request = CollectRequest(source=Source(dataset="d", paths=("*.csv",)), project=tmp_path, period=period)
    collector: Collector = FileCollector()
    assert collector.collect(request) == Collected(paths=(tmp_path / "a.csv",))
    assert collector.name == "file"
