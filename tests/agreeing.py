"""A dirty dataset and every named measure over it, for runs that must give the same wherever the records lie."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sqaudit.workflow.context import open_context

PERIOD = "2024"
LISTS = ".list.yaml"
# Each column with what a typed file holds, and with what the standard says of it; each site has a place of its own.
COLUMNS = {
    "desk": ("VARCHAR", None),
    "opened": ("TIMESTAMP", "timestamp"),
    "replied": ("TIMESTAMP", "{type: timestamp, optional: true}"),
    "closed": ("TIMESTAMP WITH TIME ZONE", "{type: timestamp, optional: true}"),
    "day": ("DATE", "{type: date, optional: true}"),
    "amount": ("DOUBLE", "{type: number, scale: 2, optional: true, max: 900}"),
    "wait": ("DECIMAL(9,3)", "{type: number, optional: true, min: 0}"),
    "stars": ("DOUBLE", "{type: integer, min: 1, max: 5, optional: true}"),
    "wished": ("INTEGER", "{type: integer, min: 1, max: 5, optional: true}"),
    "recommend": ("VARCHAR", "{type: integer, min: 0, max: 10, optional: true}"),
    "effort": ("INTEGER", "{type: integer, min: 1, max: 7, optional: true}"),
    "contacts": ("BIGINT", "{type: integer, min: 0, optional: true}"),
    "many": ("INTEGER", "{type: integer, optional: true, min: contacts}"),
    "answered": ("BOOLEAN", "{type: boolean, optional: true}"),
    "solved": ("VARCHAR", "{type: boolean, optional: true}"),
    "kind": ("VARCHAR", "{type: text, values: [phone, chat, 'e-mail'], optional: true}"),
    "agent": ("VARCHAR", "{type: text, optional: true}"),
    "call": ("VARCHAR", "{type: text, optional: true}"),
}
MEASURED = {
    "rows": "count(*)",
    "counted": "count(answered)",
    "distinct": "distinct(agent)",
    "sum": "sum(amount)",
    "mean": "mean(amount)",
    "mean-time": "mean(closed - opened)",
    "min": "min(wait)",
    "max": "max(replied - opened)",
    "median": "median(wait)",
    "p50": "p50(closed - opened)",
    "p90": "p90(amount)",
    "p95": "p95(stars)",
    "quantile": "quantile(wait, 0.25)",
    "share": "share(stars >= 4)",
    "share-of": "share(contacts, many)",
    "accuracy": "accuracy(solved)",
    "response-rate": "response_rate(stars IS NOT NULL)",
    "training-pass": "training_pass(wait >= 20)",
    "on-time": "on_time(replied, opened + INTERVAL 24 HOUR)",
    "on-time-by-day": "on_time(closed, opened + INTERVAL 2 DAY)",
    "within-24h": "within_24h(opened, closed)",
    "reply-rate": "reply_rate(opened, replied, INTERVAL 4 HOUR)",
    "first-response": "first_response(opened, replied, 0.9)",
    "resolution": "resolution(opened, closed, 0.5)",
    "handling-time": "handling_time(wait, coalesce(amount, 0), contacts)",
    "first-contact": "first_contact_resolution(contacts, closed)",
    "resolution-rate": "resolution_rate(closed IS NOT NULL, solved)",
    "reopen-rate": "reopen_rate(solved)",
    "recurrence-rate": "recurrence_rate(wait <= 30)",
    "service-level": "service_level(wait, answered, 20)",
    "service-level-f5": "service_level(wait, answered, 20, 'f5', 3)",
    "service-level-counts": "service_level_counts(contacts, wished, many, stars, 'f3')",
    "abandon-rate": "abandon_rate(answered)",
    "ces": "ces(effort)",
    "ces-top": "ces_top(effort)",
    "top-box": "top_box(stars, 2)",
    "bottom-box": "bottom_box(wished, 2)",
    "nps": "nps(recommend)",
    "csat-index": "csat_index(stars)",
    "gap": "gap(stars, wished)",
    "rate": "rate(contacts, wait)",
    "rate-per": "rate(contacts, wait, 1000)",
    "per-thousand": "per_thousand(kind = 'chat')",
    "complaint-rate": "complaint_rate(contacts, many)",
    "churn": "churn(opened, closed)",
    "retention": "retention(day, closed)",
    "repurchase": "repurchase(contacts)",
    "return-rate": "return_rate(contacts > 0, many > 1)",
    "open-time": "median(business(opened, closed))",
    "mean-open-time": "mean(business(opened, replied))",
    "elapsed": "mean(elapsed(opened, closed))",
    "due": "on_time(closed, business_after(opened, INTERVAL 16 HOUR))",
    "plain": "sum(amount) / nullif(count(*), 0)",
    "float": "avg(sqrt(wait) * ln(contacts + 1))",
    "hours": "mean(hour(opened))",
    "days": "distinct(dayname(opened))",
    "months": "count(date_trunc('month', replied) = date_trunc('month', opened))",
    "texts": "share(regexp_matches(agent, '^[A-Z]') AND upper(kind) <> 'CHAT')",
    "row": "mean(half)",
}
OPTIONS = {
    "mean": "by: [kind]",
    "share": "by: [kind, agent], target: '>= 0.5', criterion: good",
    "median": "interval: true, by: [kind]",
    "distinct": "by: [solved]",
    "p90": "interval: true",
    "sum": "where: \"kind = 'phone' AND hour(opened) < 12\"",
    "quantile": "interval: true, time: closed",
    "rows": "time: day",
    "counted": "where: opened >= period_start + INTERVAL 60 DAY",
    "on-time": "target: '>= 0.9', criterion: fast, score: {linear: {zero: 0, full: 1}}",
    "open-time": "target: '<= PT8H', criterion: fast, interval: true",
    "top-box": "sample: {cluster: {column: agent, icc: 0.1}}",
}
# Of the dataset ``slices``: items that differ in their condition alone, so many that they are counted slice by slice.
CONDITIONS = (
    *("kind = 'phone'", "kind = 'chat'", "kind IN ('phone', 'e-mail')", "solved", "kind = 'chat' AND solved"),
    *("wished = 3", "wished IN (1, 5) AND kind = 'phone'", "kind = 'e-mail'", "wished = 2", "wished = 4 AND solved"),
)
SLICED = {
    f"{item}-{place}": (MEASURED[item], f'where: "{where}"')
    for place, where in enumerate(CONDITIONS)
    for item in ("rows", "mean", "max", "share-of", "on-time", "handling-time", "nps", "float", "mean-time", "median")
}
SUBJECTS = {"of-call": "share(answered)", "waits": "mean(wait)", "longest": "p90(closed - opened)"}
SITES = """
  - {id: north, region: A, timezone: America/New_York}
  - {id: mid, region: A}
  - {id: far, region: B, timezone: Asia/Shanghai, calendar: late}
  - {id: silent, region: B}
"""
PROJECT = """
project: agreeing
timezone: Europe/Berlin
calendar: office
calendars:
  office: {open: "Mon-Fri 09:00-12:00, 13:00-18:00", holidays: DE, closed: [2024-12-24]}
  late: {open: ["Mon-Fri 20:00-02:00", "Sun 00:00-04:00"], special: {2024-10-01: ""}}
"""


def rows_of(seed, count=900):
    """Rows as a table has them, in the order of COLUMNS, dirty and with times around changes of the clock."""
    chance = random.Random(seed)
    changes = [datetime(2024, 3, 10, 2), datetime(2024, 3, 31, 2), datetime(2024, 10, 27, 2), datetime(2024, 11, 3, 1)]
    rows = []
    for number in range(count):
        opened = datetime(2023, 12, 20) + timedelta(minutes=chance.randrange(385 * 24 * 60))
        if number % 5 == 0:
            opened = chance.choice(changes) + timedelta(minutes=chance.randrange(-90, 150))
        replied = opened + timedelta(seconds=chance.randrange(-600, 200_000))
        closed = opened.replace(tzinfo=UTC) + timedelta(minutes=chance.randrange(-60, 9_000))
        row = [
            chance.choice(["north", "north", "mid", " mid ", "far", "ghost", "", None])
            if number % 3 == 0
            else chance.choice(["north", "mid", "far"]),
            opened if number % 50 else None,
            chance.choice([replied, replied, None]),
            chance.choice([closed, closed, None]),
            opened.date() - timedelta(days=chance.randrange(9)),
            chance.choice([chance.randrange(10**5) / 100, 12.345, float("nan"), float("inf"), -3.0, None]),
            chance.randrange(-1_000, 60_000) / 1_000,
            chance.choice([1.0, 2.0, 3.0, 4.0, 5.0, 4.5, 0.0, float("nan"), None]),
            chance.choice([1, 2, 3, 4, 5, 9, None]),
            chance.choice([*map(str, range(11)), "9.0", "x", "", " 7 ", "１０", None]),
            chance.choice([1, 2, 3, 4, 5, 6, 7, 8, None]),
            chance.choice([0, 1, 1, 2, 3, -1, None]),
            chance.choice([1, 2, 3, 4, None]),
            chance.choice([True, True, False, None]),
            chance.choice(["yes", "no", "true", "0", "perhaps", "", None]),
            chance.choice(["phone", "chat", "e-mail", "letter", "", None]),
            chance.choice(["Ana", "bo", "O'Brien", 'say "x"', "北京", "a\\b", "", None]),
            f"call {number % 23}" if number % 11 else None,
        ]
        rows.append([None if place > 1 and chance.random() < 0.05 else cell for place, cell in enumerate(row)])
    return rows


def write_files(folder, rows):
    """The rows as ``tickets.parquet`` with types, and as ``tickets.csv`` with texts."""
    import csv

    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "VARCHAR": pa.string(),
        "TIMESTAMP": pa.timestamp("us"),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
        "DATE": pa.date32(),
        "DOUBLE": pa.float64(),
        "DECIMAL(9,3)": pa.decimal128(9, 3),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "BOOLEAN": pa.bool_(),
    }
    arrays = []
    for (kind, _), cells in zip(COLUMNS.values(), zip(*rows, strict=True), strict=True):
        made = (
            pa.array(list(cells), kinds["DOUBLE"]).cast(kinds[kind])
            if kind.startswith("DECIMAL")
            else pa.array(list(cells), kinds[kind])
        )
        arrays.append(made)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays, names=list(COLUMNS)), folder / "tickets.parquet", row_group_size=200)
    with (folder / "tickets.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([[_text(cell) for cell in row] for row in rows])


def _text(cell):
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def documents(sources, measured=None, levels="region, programme"):
    """The documents of two programmes: ``here`` and ``there`` measure the same datasets by the same checklists.

    ``sources`` gives, by dataset, where its records are for the one and for the other. ``measured`` names the items of
    datasets that are not to have all of them.
    """
    columns = "\n".join(f"      {name}: {said}" for name, (_, said) in COLUMNS.items() if said is not None)
    columns += "\n      half: {type: number, optional: true}"
    listed = "".join(f"  {dataset}:\n    columns:\n{columns}\n" for dataset in sources)
    files = {
        "sqaudit.yaml": PROJECT,
        "standards/desk/standard.yaml": (
            f'kind: standard\nid: desk\nversion: "1.0"\ndimensions: {{speed: {{}}, tone: {{}}}}\ndatasets:\n{listed}'
            "criteria:\n  - {id: fast, dimension: speed}\n  - {id: good, dimension: tone}\n"
        ),
    }
    for dataset in sources:
        head = f"kind: checklist\nstandard: desk@1\ndataset: {dataset}\n"
        wanted = (measured or {}).get(dataset)
        chosen = {item: (text, OPTIONS.get(item)) for item, text in MEASURED.items() if not wanted or item in wanted}
        by_call = {item: (text, None) for item, text in SUBJECTS.items() if not wanted or item in wanted}
        if dataset == "slices":
            chosen, by_call = SLICED, {}
        for name, measures, more in ((dataset, chosen, ""), (f"{dataset}-calls", by_call, "subject: call\n")):
            if not measures:
                continue
            items = "".join(_item(f"{dataset}-{item}", *said) for item, said in measures.items())
            files[f"standards/desk/{name}.list.yaml"] = f"{head}id: {name}-list\n{more}items:\n{items}"
    checklists = ", ".join(f"{Path(name).name.removesuffix(LISTS)}-list" for name in files if name.endswith(LISTS))
    for place, programme in enumerate(("here", "there")):
        said = "".join(
            f"  {dataset}:\n    site: desk\n    time: opened\n    nulls: ['', 'None', 'nobody']\n"
            f"    columns: {{half: 'wait / 2 + contacts'}}\n    {where[place]}\n"
            for dataset, where in sources.items()
        ).replace("'wait / 2 + contacts'", '"CASE WHEN length(agent) > 2 THEN 1.5 ELSE 2 END"')
        files[f"audits/{programme}/programme.yaml"] = (
            f"kind: programme\nid: {programme}\nstandard: desk@1\nchecklists: [{checklists}]\nsites:{SITES}"
            "period: year\n"
            f"{f'levels: [{levels}]' if levels else ''}\nsources:\n{said}"
        )
    return files


def _item(name, measure, options):
    quoted = measure.replace('"', '\\"')
    return f'  - {{id: {name}, measure: "{quoted}"{f", {options}" if options else ""}}}\n'


def results_of(project, programme):
    """All results of a programme, by what tells them apart, without what tells the two programmes apart."""
    outcome = project.run("run", programme, "--period", PERIOD)
    assert outcome.code == 0, outcome.text
    found = {}
    for level in ("site", "region", "programme"):
        chosen = () if level == "site" else ("--level", level)
        outcome = project.run("results", "list", "--programme", programme, *chosen, "--format", "json")
        assert outcome.code == 0, outcome.text
        for row in json.loads(outcome.out):
            place = "" if level == "programme" else str(row.get("site") or row.get("place"))
            key = (level, place, row["item"], str(row.get("group")), str(row.get("subject")))
            assert key not in found
            found[key] = {name: cell for name, cell in row.items() if name not in {"id", "programme", "place"}}
    return found


def records_of(project, programme):
    """What is known of the records that were read, by dataset."""
    context = open_context(folder=project.folder, environ={}, now=datetime.now(UTC))
    with context.store() as store:
        return {one.dataset: one for one in store.read_sources(programme, PERIOD, 1)}


def assert_same(here, there):
    """The same results with the same bases and statuses; values to 1e-9."""
    assert here.keys() == there.keys(), here.keys() ^ there.keys()
    differing = {
        key: {
            name: (here[key][name], there[key].get(name))
            for name in here[key]
            if not _alike(here[key][name], there[key].get(name))
        }
        for key in here
    }
    found = {key: cells for key, cells in differing.items() if cells}
    assert not found, found


def assert_measured(results):
    """Every item has values at the sites, and none came to an error."""
    assert {row["reason"] for row in results.values()} <= {
        None,
        "no_rows",
        "no_valid_rows",
        "several_zones",
        "not_mergeable",
    }
    items = {row["item"] for row in results.values()}
    assert {row["item"] for row in results.values() if row["value"] is not None} >= {
        one for one in items if "churn" not in one
    }


def assert_same_records(here, there):
    """The same numbers of rows and cells; where they come from differs."""
    assert here.keys() == there.keys()
    for dataset, one in here.items():
        other = there[dataset]
        for name in ("read", "accepted", "rejected", "unknown_sites", "earliest", "newest", "stale"):
            assert getattr(one, name) == getattr(other, name), (dataset, name)
        assert {**one.columns} == {**other.columns}, dataset


def _alike(one, other):
    if isinstance(one, float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return one == other
