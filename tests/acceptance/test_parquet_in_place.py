"""Parquet is measured where it lies: the same audit as from CSV, whatever the rows hold, and no more is read."""

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import sqaudit

STANDARD = """
kind: standard
id: desk
version: "1.0"
dimensions: {speed: {}}
datasets:
  calls:
    columns:
      at: timestamp
      day: {type: date, optional: true}
      ended: {type: timestamp, optional: true}
      mark: {type: integer, min: 1, max: 5, optional: true}
      low: {type: number, optional: true, max: high}
      high: {type: number, optional: true, max: top}
      top: {type: number, optional: true}
      kind: {type: text, values: [phone, chat], optional: true}
      place: {type: text, optional: true}
      level: {type: integer, optional: true}
      r0: {type: number, optional: true}
      twice: {type: number, optional: true}
  long:
    columns: {office: text, at: timestamp, minutes: {type: number, optional: true}}
criteria: [{id: c, dimension: speed, target: ">= 0"}]
"""
ITEMS = """
  - {criterion: c, id: n, measure: count(*)}
  - {id: mark, measure: mean(mark)}
  - {id: good, measure: share(mark >= 4), where: kind = 'phone'}
  - {id: low, measure: sum(low) / count(*)}
  - {id: p90, measure: p90(level)}
  - {id: different, measure: distinct(place)}
  - {id: time, measure: "mean(ended - at)"}
  - {id: hours, measure: mean(hour(at))}
  - {id: ended, measure: count(*), time: ended}
  - {id: r, measure: max(r0) + min(twice)}
  - {id: days, measure: count(*), time: day}
"""
COLUMNS = ("site", "at", "day", "ended", "mark", "low", "high", "top", "kind", "place", "level", "r0")
FILE_TYPES = {
    "day": "DATE",
    "ended": "TIMESTAMP",
    "mark": "DOUBLE",
    "low": "DOUBLE",
    "high": "DECIMAL(12,2)",
    "top": "INTEGER",
    "kind": "VARCHAR",
    "place": "VARCHAR",
    "level": "BIGINT",
    "r0": "DECIMAL(10,3)",
}


def write_parquet(path, query, *, rows_a_group=2048, zone="UTC"):
    """The rows of a query as a Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {rows_a_group})")


def text_of(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def calls_of(project, seed, count=400, *, times=None):
    """Dirty rows around the edges of March 2024; ``times`` are the moments to choose from."""
    choose = random.Random(seed)
    start = datetime(2024, 2, 28)
    rows = []
    for number in range(count):
        at = (
            choose.choice(times)
            if times
            else (start + timedelta(minutes=choose.randrange(35 * 24 * 60))).isoformat(" ")
        )
        ended = start + timedelta(minutes=choose.randrange(37 * 24 * 60))
        rows.append(
            {
                "site": choose.choice(["7", "7", "8", " 8 ", "9", "", "10"])
                if project == "text"
                else choose.choice("7789"),
                "at": choose.choice([at, at, at, at, "", "infinity", "-infinity"]) if number % 9 == 0 else at,
                "day": choose.choice(["2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01", ""]),
                "ended": choose.choice([ended.isoformat(" "), ""]),
                "mark": choose.choice(["5", "4", "1", "0", "6", "4.5", "nan", ""]),
                "low": choose.choice(["1.5", "2", "9", ""]),
                "high": choose.choice(["2.25", "3", ""]),
                "top": choose.choice(["3", "2", ""]),
                "kind": choose.choice(["phone", "chat", "letter", ""]),
                "place": choose.choice(["here", "there", "O'Brien", 'say "x"', "", "北京"]),
                "level": str(choose.randrange(50)),
                "r0": choose.choice(["1.125", "-3", ""]),
            }
        )
    return rows


@pytest.fixture
def audits(project):
    """Makes the same audit twice: over CSV files, and over Parquet files of these types."""

    def make(rows, *, at="TIMESTAMP", site="VARCHAR", sites, zone, source="", items=ITEMS, more="", parts=1, extra=""):
        project_files = {
            "standards/desk/standard.yaml": STANDARD,
            "standards/desk/list.yaml": f"kind: checklist\nid: list\nstandard: desk@1\ndataset: calls\nitems:{items}",
        }
        p = project(project_files)
        p.remove("audits")
        texts = p.folder / "rows.csv"
        for suffix in ("csv", "parquet"):
            folder = p.folder / "audits" / suffix
            folder.mkdir(parents=True)
            for part in range(parts):
                own = rows[part::parts]
                if suffix == "csv":
                    (folder / f"calls-{part}.csv").write_text(text_of(own), encoding="utf-8")
                    continue
                texts.write_text(text_of(own), encoding="utf-8")
                types = {**FILE_TYPES, "site": site, "at": at}
                if part:  # another schema: other types, and another order of columns
                    types |= {"mark": "VARCHAR", "level": "SMALLINT", "high": "DOUBLE"}
                names = COLUMNS if not part else COLUMNS[::-1]
                selected = ", ".join(f'CAST("{name}" AS {types[name]}) AS "{name}"' for name in names)
                query = f"SELECT {selected}, 1 AS filename{extra} FROM read_csv('{texts}', all_varchar = true)"
                write_parquet(folder / f"calls-{part}.parquet", query, rows_a_group=2048)
            p.write(
                f"audits/{suffix}/programme.yaml",
                f"kind: programme\nid: {suffix}\nstandard: desk@1\nchecklists: [list]\nsites: {sites}\nperiod: month\n"
                f"timezone: {zone}\nsources:\n"
                f"  calls: {{path: calls*.{suffix}, time: at, site: site, "
                f"columns: {{twice: 'CAST(r0 AS DECIMAL(12, 3)) * 2'}}{source}}}\n{more}",
            )
        texts.unlink(missing_ok=True)
        return p

    return make


SHOWN = ("item", "site", "status", "value", "n", "missing", "invalid", "stale", "reason", "low", "high")


def run_both(p, *arguments, period="2024-03"):
    """Both audits: their results, and what is told about the rows of unknown sites and staleness."""
    told = {}
    for programme in ("csv", "parquet"):
        outcome = p.run("run", programme, "--period", period, *arguments)
        assert outcome.code in {0, 4}, outcome.text
        listed = p.run("results", "list", "--programme", programme, "--format", "json")
        results = [tuple(row[name] for name in SHOWN) for row in json.loads(listed.out)]
        lines = [line for line in outcome.text.splitlines() if "stale" in line]
        told[programme] = (outcome.code, results, lines, outcome.text)
    return told["csv"], told["parquet"]


def assert_same(told):
    texts, parquet = told
    assert parquet[:3] == texts[:3]
    assert texts[1], texts[3]


ZONES = {
    "one": ("America/New_York", "[{id: '7'}, {id: '8'}]"),
    "several": ("UTC", "[{id: '7', timezone: America/New_York}, {id: '8', timezone: Asia/Shanghai}]"),
    "half-hours": ("Australia/Lord_Howe", "[{id: '7'}, {id: '8', timezone: Asia/Kathmandu}]"),
    "far": ("Pacific/Pago_Pago", "[{id: '7', timezone: Pacific/Kiritimati}, {id: '8'}]"),
}


@pytest.mark.parametrize(
    ("at", "zones"),
    [
        *(("TIMESTAMP", zones) for zones in sorted(ZONES)),
        ("TIMESTAMPTZ", "far"),
        ("TIMESTAMPTZ", "one"),
        ("DATE", "several"),
        ("DATE", "one"),
        ("TIMESTAMP_MS", "half-hours"),
        ("TIMESTAMP_NS", "one"),
        ("VARCHAR", "several"),
    ],
)
def test_dirty_rows_give_the_same_audit_as_from_csv(audits, at, zones):
    """Blank, infinite and skipped moments, cells out of range, files of different schemas, names like our own."""
    zone, sites = ZONES[zones]
    rows = calls_of("text", seed=f"{at} {zones}")
    if at in {"DATE", "TIMESTAMPTZ"}:  # the same in text: a day, or a moment with its offset
        for row in rows:
            if row["at"] and "inf" not in row["at"]:
                row["at"] = row["at"][:10] if at == "DATE" else row["at"] + "+00:00"
    if at == "TIMESTAMP_NS":  # these years have no infinity
        rows = [row for row in rows if "inf" not in row["at"]]
    p = audits(
        rows, at=at, sites=sites, zone=zone, parts=2, extra=", 3 AS site_2, 'x' AS file, 5 AS \"row\", 1 AS z, 2 AS v0"
    )
    assert_same(run_both(p))


@pytest.mark.parametrize(
    ("zone", "edges"),
    [
        # 31 March 2024 is not a month's edge there, but the clocks change on a first of the month here:
        (
            "America/Asuncion",
            ["2024-02-29 23:59:59", "2024-03-01 00:00", "2024-03-31 23:59:59.999999", "2024-04-01 00:00"],
        ),
        ("Asia/Amman", ["2024-02-29 23:30", "2024-03-01 00:00", "2024-03-31 23:30", "2024-04-01 00:30"]),
    ],
)
def test_the_edges_of_a_period_are_half_open(audits, zone, edges):
    rows = calls_of("text", seed=zone, count=80, times=edges)
    assert_same(run_both(audits(rows, sites="[{id: '7'}, {id: '8'}]", zone=zone)))


def test_a_period_whose_edge_is_a_change_of_the_clocks(audits):
    """New York, 10 March and 3 November 2024: an hour is skipped, another is there twice; days begin all the same."""
    edges = [
        f"2024-{day} {clock}"
        for day in ("03-09", "03-10", "03-11", "11-02", "11-03", "11-04")
        for clock in ("00:00", "00:30", "01:30", "02:30", "03:00", "23:30")
    ]
    rows = calls_of("text", seed="dst", count=300, times=edges)
    p = audits(rows, sites="[{id: '7'}, {id: '8', timezone: Asia/Shanghai}]", zone="America/New_York")
    for period in ("2024-03-10/2024-03-10", "2024-11-03/2024-11-03", "2024-03-10/2024-11-02"):
        assert_same(run_both(p, period=period))
    single = audits(rows, sites="[{id: '7'}, {id: '8'}]", zone="America/New_York")
    for period in ("2024-03-10/2024-03-10", "2024-11-03/2024-11-03"):
        assert_same(run_both(single, period=period))


@pytest.mark.parametrize("site", ["BIGINT", "UTINYINT"])
def test_sites_may_be_whole_numbers(audits, site):
    assert_same(run_both(audits(calls_of("whole", seed=site), site=site, sites="[{id: '7'}, {id: '8'}]", zone="UTC")))


@pytest.mark.parametrize("source", [", fresh: P2D", ", register: true", ", nulls: ['', '7', '4'], fresh: P1D"])
@pytest.mark.parametrize("month", ["2024-01", "2024-03", "2024-04"])
def test_freshness_and_registers_are_reckoned_over_all_rows(audits, source, month):
    """Also where nothing lies in the period: then the rows are stale, or a register has not begun."""
    p = audits(calls_of("text", seed=source), sites="[{id: '7'}, {id: '8'}]", zone="UTC", source=source)
    texts, parquet = run_both(p, period=month)
    assert_same((texts, parquet))
    rejected = [
        line.split("rejected: ")[1].split(",")[0]
        for text in (texts[3], parquet[3])
        for line in text.splitlines()
        if "rows rejected" in line
    ]
    if "fresh" in source or "register" in source:
        assert len(rejected) == len((texts, parquet))
        assert len(set(rejected)) == 1


def test_the_site_whose_rows_are_looked_at_may_be_chosen(audits):
    p = audits(calls_of("text", seed="chosen"), sites="[{id: '7'}, {id: '8'}]", zone="UTC")
    assert_same(run_both(p, "--site", "8"))


def test_sites_come_from_all_rows_of_their_dataset(audits):
    """A site without rows in the period is no_data, and does not vanish."""
    rows = calls_of("text", seed="places")
    for row in rows:
        row["place"] = "old" if row["at"] < "2024-03" else row["place"]
    p = audits(rows, sites="{dataset: calls, id: place}", zone="UTC")
    for name in ("csv", "parquet"):
        p.edit(f"audits/{name}/programme.yaml", "site: site", "site: place")
    told = run_both(p)
    assert_same(told)
    assert "old" in {row[1] for row in told[1][1]}


DAYS = STANDARD.replace("at: timestamp\n      day", "at: date\n      day").replace("  long:", "  unused:")


@pytest.mark.parametrize("at", ["DATE", "TIMESTAMP", "TIMESTAMPTZ"])
@pytest.mark.parametrize("zones", ["far", "one"])
def test_days_are_days_of_the_site_whatever_the_file_holds(audits, at, zones):
    zone, sites = ZONES[zones]
    rows = calls_of("text", seed=f"days {at} {zones}")
    for row in rows:
        if row["at"] and "inf" not in row["at"]:
            row["at"] = row["at"][:10] if at == "DATE" else row["at"] + ("+00:00" if at == "TIMESTAMPTZ" else "")
    items = "\n  - {criterion: c, id: n, measure: count(*)}\n  - {id: d, measure: mean(day(at))}"
    items += "\n  - {id: m, measure: mean(mark)}"
    p = audits(rows, at=at, sites=sites, zone=zone, items=items)
    p.write("standards/desk/standard.yaml", DAYS)
    assert_same(run_both(p))


@pytest.mark.parametrize("at", ["DATE", "TIMESTAMP", "TIMESTAMPTZ"])
def test_days_of_the_only_site_are_not_those_of_the_project(audits, at):
    """One site in Tokyo, the project in New York: the day at the site decides, not the project's midnight."""
    times = [
        f"2024-{day} {clock}:00" for day in ("02-29", "03-01", "03-15", "03-31", "04-01") for clock in ("03", "20")
    ]
    rows = calls_of("text", seed="tokyo", count=100, times=times)
    for row in rows:
        if row["at"] and "inf" not in row["at"]:
            row["at"] = row["at"][:10] if at == "DATE" else row["at"] + ("+00:00" if at == "TIMESTAMPTZ" else "")
    items = "\n  - {criterion: c, id: n, measure: count(*)}\n  - {id: d, measure: mean(day(at))}"
    p = audits(rows, at=at, sites="[{id: '7', timezone: Asia/Tokyo}]", zone="America/New_York", items=items)
    for name in ("csv", "parquet"):
        p.edit(f"audits/{name}/programme.yaml", "site: site, ", "")
    p.write("standards/desk/standard.yaml", DAYS)
    assert_same(run_both(p))


@pytest.mark.parametrize("reach", ["", "reach: P3D", "reach: P40D"])
def test_queries_over_parquet_see_what_they_see_over_csv(audits, reach):
    more = (
        "  long:\n    query: |\n      SELECT c.site AS office, c.at,\n"
        "      date_diff('minute', lag(c.at) OVER (PARTITION BY c.site ORDER BY c.at), c.at) AS minutes\n"
        "      FROM calls AS c\n"
        f"    site: office\n    time: at\n    {reach}\n"
    )
    rows = calls_of("text", seed="query", count=150)
    items = (
        ITEMS
        + "  - {id: gap, dataset: long, measure: mean(minutes)}\n  - {id: gaps, dataset: long, measure: count(*)}\n"
    )
    p = audits(rows, sites="[{id: '7'}, {id: '8'}]", zone="UTC", items=items, more=more)
    p.edit(
        "standards/desk/standard.yaml",
        "columns:\n      at: timestamp",
        "columns:\n      site: text\n      at: timestamp",
    )
    told = run_both(p)
    assert_same(told)
    assert {"gap", "gaps"} <= {row[0] for row in told[1][1]}


def test_snapshots_count_every_row(audits):
    p = audits(
        calls_of("text", seed="snapshot"),
        sites="[{id: '7'}, {id: '8'}]",
        zone="UTC",
        items="\n  - {criterion: c, id: n, measure: count(*)}\n  - {id: m, measure: median(mark)}",
    )
    for name in ("csv", "parquet"):
        p.edit(f"audits/{name}/programme.yaml", "time: at, ", "")
    assert_same(run_both(p))


def test_rejected_rows_and_cells_are_told_by_the_same_reasons(audits):
    """Of Parquet those of the period, and those whose moment is not known; the file numbers records alike."""
    rows = calls_of("text", seed="rejects", count=300)
    p = audits(rows, sites="[{id: '7'}, {id: '8'}, {id: '9'}]", zone="UTC", parts=2)
    run_both(p)
    told = {}
    for name in ("csv", "parquet"):
        (path,) = (p.folder / "rejects" / name).rglob("calls.csv")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            told[name] = {
                (Path(row["file"]).stem, row["row"], row["column"], row["reason"]) for row in csv.DictReader(stream)
            }
    kept = set()
    for part, number, column, reason in told["csv"]:
        row = rows[int(part[-1]) :: 2][int(number) - 1]
        ended_or_day = (row["ended"] and "2024-03" <= row["ended"] < "2024-04") or "2024-03" in row["day"]
        if "2024-03" <= row["at"] < "2024-04" or not row["at"] or "inf" in row["at"] or ended_or_day:
            kept.add((part, number, column, reason))
    assert told["parquet"] == kept


def test_a_column_that_the_reader_uses_itself_is_told_in_a_line(audits):
    """Of all names only file_row_number cannot be read: DuckDB numbers the rows by it."""
    p = audits(
        calls_of("text", seed="own", count=60),
        sites="[{id: '7'}, {id: '8'}]",
        zone="UTC",
        extra=", 4 AS file_row_number",
    )
    outcome = p.run("run", "parquet", "--period", "2024-03")
    assert outcome.code == 3
    assert "file_row_number" in outcome.text
    assert "Traceback" not in outcome.text


def many_calls(folder, count, *, groups=20):
    """Rows of 2024, in the order of time; a month is a twelfth of them."""
    query = (
        f"SELECT 's' || (i % {groups}) AS site,"
        f" TIMESTAMP '2024-01-01' + INTERVAL (i * 31536000 // {count}) SECOND AS at,"
        f" (i * 7919) % 100003 AS level, 1 + i % 5 AS mark FROM range({count}) AS t(i)"
    )
    write_parquet(folder / "audits" / "big" / "calls.parquet", query, rows_a_group=20_480)


BIG = """kind: programme
id: big
standard: desk@1
checklists: [list]
sites: [{sites}]
period: {period}
sources:
  calls: {{path: calls.parquet, time: at, site: site}}
"""


def big(project, count, *, period="month", items="\n  - {criterion: c, id: n, measure: count(*)}\n", groups=20):
    sites = ", ".join(f"{{id: s{number}}}" for number in range(groups))
    p = project(
        {
            "standards/desk/standard.yaml": STANDARD,
            "standards/desk/list.yaml": f"kind: checklist\nid: list\nstandard: desk@1\ndataset: calls\nitems:{items}",
        }
    )
    p.remove("audits")
    p.write("audits/big/programme.yaml", BIG.format(sites=sites, period=period))
    many_calls(p.folder, count, groups=groups)
    return p


def test_row_groups_out_of_the_period_are_not_read(project):
    """Every byte of the others is overwritten: a run of March does not notice, one of the year fails in a line."""
    p = big(project, 240_000)
    path = p.folder / "audits" / "big" / "calls.parquet"
    with duckdb.connect() as connection:
        chunks = connection.execute(
            "SELECT row_group_id, min(coalesce(dictionary_page_offset, data_page_offset)),"
            " max(data_page_offset + total_compressed_size)"
            f" FROM parquet_metadata('{path}') GROUP BY 1 ORDER BY 1"
        ).fetchall()
        least = connection.execute(
            f"SELECT row_group_id, stats_min_value, stats_max_value FROM parquet_metadata('{path}')"
            " WHERE path_in_schema = 'at' ORDER BY 1"
        ).fetchall()
    wanted = {group for group, low, high in least if high >= "2024-02-27" and low < "2024-04-04"}
    assert 1 <= len(wanted) < len(chunks) / 2
    before = path.read_bytes()
    damaged = bytearray(before)
    for group, start, _ in chunks:
        if group not in wanted:
            end = next((other for one, other, _ in chunks if one == group + 1), start + 16)
            damaged[start:end] = b"\xff" * (end - start)
    path.write_bytes(bytes(damaged))
    outcome = p.run("run", "big", "--period", "2024-03")
    assert outcome.code == 0, outcome.text
    values = {row["value"] for row in json.loads(p.run("results", "list", "--format", "json").out)}
    with duckdb.connect() as connection:
        path.write_bytes(before)
        in_march = connection.execute(
            f"SELECT DISTINCT count(*) FROM '{path}'"
            " WHERE \"at\" >= '2024-03-01' AND \"at\" < '2024-04-01' GROUP BY site"
        ).fetchall()
    assert values == {float(count) for (count,) in in_march}
    path.write_bytes(bytes(damaged))
    failed = p.run("run", "big", "--period", "2024-08")
    assert failed.code == 3, failed.text
    assert "Traceback" not in failed.text


def test_quantiles_of_millions_of_rows_in_little_memory(project, monkeypatch):
    """2.5 million rows at 20 sites with 80 MB: portions of the sites after each other, the same quantiles."""
    items = (
        "\n  - {criterion: c, id: p90, measure: p90(level)}\n  - {id: mid, measure: median(level), where: mark >= 3}"
    )
    p = big(project, 2_500_000, period="year", items=items)
    monkeypatch.setenv("SQAUDIT_MEMORY_LIMIT", "80MB")
    outcome = p.run("run", "big", "--period", "2024")
    assert outcome.code == 0, outcome.text
    found = {
        (row["item"], row["site"]): row["value"] for row in json.loads(p.run("results", "list", "--format", "json").out)
    }
    with duckdb.connect() as connection:
        expected = connection.execute(
            "SELECT site, quantile_cont(level, 0.9), quantile_cont(level, 0.5) FILTER (WHERE mark >= 3)"
            f" FROM '{p.folder / 'audits/big/calls.parquet'}' GROUP BY site"
        ).fetchall()
    assert found == {
        (item, site): value for site, *two in expected for item, value in zip(("p90", "mid"), two, strict=True)
    }


def test_ctrl_c_while_parquet_is_measured_leaves_nothing_behind(project, tmp_path):
    """Within a second of the signal: 130, no cycle, no temporary folder."""
    items = "\n  - {criterion: c, id: p90, measure: p90(level)}" + "".join(
        f"\n  - {{id: m{number}, measure: p50(level * {number} + mark)}}" for number in range(2, 12)
    )
    p = big(project, 4_000_000, period="year", items=items)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("SQAUDIT_")}
    command = [sys.executable, "-m", "sqaudit", "--project", str(p.folder), "run", "big", "--period", "2024"]
    environment = {**own, "PYTHONPATH": str(Path(sqaudit.__file__).parents[1]), "TMPDIR": str(temporary)}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 30
    while not list(temporary.glob("sqaudit-run-*")) and time.monotonic() < deadline and running.poll() is None:
        time.sleep(0.02)
    time.sleep(1)
    assert running.poll() is None, "the run was over before it could be interrupted"
    running.send_signal(signal.SIGINT)
    sent = time.monotonic()
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert time.monotonic() - sent < 1
    assert "Traceback" not in err
    assert list(temporary.glob("sqaudit-run-*")) == []
    assert p.run("cycle", "list", "--format", "json").out.strip() in {"[]", ""}
    assert p.run("store", "verify").code == 0
