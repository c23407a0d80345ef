"""What is pooled equals what is measured over the rows of all: region, programme, quarter; what cannot be is not."""

import csv
import io
import json
import random
from datetime import datetime, timedelta

import duckdb
import pytest

STANDARD = """
kind: standard
id: desk
version: "1.0"
dimensions: {speed: {}}
datasets:
  calls:
    columns:
      at: timestamp
      done: {type: timestamp, optional: true}
      ok: {type: boolean, optional: true}
      stars: {type: integer, min: 1, max: 5, optional: true}
      recommend: {type: integer, min: 0, max: 10, optional: true}
      cost: {type: number, optional: true}
      units: {type: integer, optional: true}
      agent: {type: text, optional: true}
criteria: [{id: c, dimension: speed, target: ">= 0"}]
"""
ADDITIVE = {
    "ok": "share(ok)",
    "parts": "share(units, recommend)",
    "late": "on_time(done, at + INTERVAL 8 HOUR)",
    "stars": "mean(stars)",
    "top": "top_box(stars, 2)",
    "cost": "mean(cost)",
    "hours": "mean(done - at)",
    "nps": "nps(recommend)",
    "per": "per_thousand(ok)",
    "rate": "rate(units, recommend)",
    "n": "count(*)",
    "oks": "count(ok)",
    "sum": "sum(cost) / count(*)",
    "extremes": "max(cost) - min(cost)",
    "some": "avg(cost) FILTER (WHERE stars >= 3)",
}
NOT_ADDITIVE = {"p90": "p90(cost)", "middle": "median(done - at)", "agents": "distinct(agent)"}
MONTHS = ("2026-07", "2026-08", "2026-09")
HEADER = ("site", "region", "at", "done", "ok", "stars", "recommend", "cost", "units", "agent")
SITES = {"a1": "A", "a2": "A", "b1": "B", "b2": "B", "b3": "B"}


def calls(seed=1, count=600):
    choose = random.Random(seed)
    start = datetime(2026, 7, 1)
    rows = []
    for _ in range(count):
        site = choose.choice(["a1", "a1", "a1", "a2", "b1", "b2"])  # nothing ever happens at b3
        at = start + timedelta(minutes=choose.randrange(92 * 24 * 60))
        done = at + timedelta(seconds=choose.randrange(20 * 3600))
        rows.append(
            {
                "site": site,
                "region": SITES[site],
                "at": at.isoformat(" "),
                "done": choose.choice(["", *[done.isoformat(" ")] * 5]),
                "ok": choose.choice(["", "soon", "true", "true", "false"]),
                "stars": choose.choice(["", "7", "1", "2", "3", "4", "5"]),
                "recommend": choose.choice(["", *map(str, range(11))]),
                "cost": choose.choice(["", "x", f"{choose.randrange(10**6) / 10**4:.4f}"]),
                "units": str(choose.randrange(4)),
                "agent": choose.choice(["", "張", "O'Brien", "a", "b"]),
            }
        )
    return rows


def text_of(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def programme(name, sites, period, site, more=""):
    return (
        f"kind: programme\nid: {name}\nstandard: desk@1\nchecklists: [list]\nsites: {sites}\nperiod: {period}\n{more}"
        f"sources: {{calls: {{path: ../calls.*, site: {site}, time: at}}}}\n"
    )


@pytest.fixture
def audit(project):
    """The same rows by site and month, and by region, or all together, and quarter."""

    def make(measures, rows, *, levels="", suffix="csv", zones=("", "")):
        items = "".join(f"  - {{id: {name}, measure: '{text}'}}\n" for name, text in measures.items())
        listed = ", ".join(f"{{id: {site}, region: {region}{zones[region == 'B']}}}" for site, region in SITES.items())
        p = project(
            {
                "standards/desk/standard.yaml": STANDARD,
                "standards/desk/list.yaml": "kind: checklist\nid: list\nstandard: desk@1\ndataset: calls\nitems:\n"
                + items.replace("{id: n,", "{criterion: c, id: n,"),
            }
        )
        p.remove("audits")
        p.write("audits/sites/programme.yaml", programme("sites", f"[{listed}]", "month", "site", levels))
        p.write("audits/regions/programme.yaml", programme("regions", "[{id: A}, {id: B}]", "quarter", "region"))
        p.write("audits/whole/programme.yaml", programme("whole", "[{id: all}]", "quarter", "\"'all'\""))
        p.write("audits/months/programme.yaml", programme("months", "[{id: A}, {id: B}]", "month", "region"))
        if suffix == "csv":
            p.write("audits/calls.csv", text_of(rows))
        else:
            p.write("calls.csv", text_of(rows))
            with duckdb.connect() as connection:
                texts = f"read_csv('{p.folder / 'calls.csv'}', all_varchar = true, nullstr = '')"
                read = f'SELECT * REPLACE (CAST("at" AS TIMESTAMP) AS "at") FROM {texts}'
                connection.execute(f"COPY ({read}) TO '{p.folder / 'audits/calls.parquet'}' (FORMAT parquet)")
        for month in MONTHS:
            for name in ("sites", "months"):
                outcome = p.run("run", name, "--period", month)
                assert outcome.code in {0, 4}, outcome.text  # 4: a month without any record
        for name in ("regions", "whole"):
            outcome = p.run("run", name, "--period", "2026-Q3")
            assert outcome.code == 0, outcome.text
        return p

    return make


def rows_of(p, *arguments):
    outcome = p.run("results", "list", *arguments, "--format", "json")
    assert outcome.code == 0, outcome.text
    return json.loads(outcome.out)


SHOWN = ("value", "n", "missing", "invalid", "low", "high", "interval", "unit", "formula")


def shown(rows, place):
    return {(row[place], row["item"]): tuple(row[name] for name in SHOWN) for row in rows}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_can_be_added_up_is_pooled_exactly(audit, suffix):
    """Sites to regions to the programme, months to the quarter: values, counts and intervals of the rows together."""
    p = audit(ADDITIVE, calls(), suffix=suffix)
    quarter = shown(rows_of(p, "--programme", "sites", "--period", "2026-Q3", "--level", "region"), "place")
    assert quarter == shown(rows_of(p, "--programme", "regions"), "site")
    assert len(quarter) == 2 * len(ADDITIVE)
    whole = shown(rows_of(p, "--programme", "sites", "--period", "2026-Q3", "--level", "programme"), "item")
    assert whole == shown(rows_of(p, "--programme", "whole"), "item")
    for month in MONTHS:
        by_month = shown(rows_of(p, "--programme", "sites", "--period", month, "--level", "region"), "place")
        assert by_month == shown(rows_of(p, "--programme", "months", "--period", month), "site")


def test_what_cannot_be_added_up_is_measured_where_it_is_asked_for_and_never_merged(audit):
    """With levels a month's p90 of a region is that of its rows; that of a quarter is not made from months."""
    p = audit(NOT_ADDITIVE | {"n": "count(*)"}, calls(2), levels="levels: [region, programme]\n")
    names = ("value", "n", "missing", "invalid")
    for month in MONTHS:
        found = {
            (row["place"], row["item"]): [row[name] for name in names]
            for row in rows_of(p, "--programme", "sites", "--period", month, "--level", "region")
        }
        direct = {
            (row["site"], row["item"]): [row[name] for name in names]
            for row in rows_of(p, "--programme", "months", "--period", month)
        }
        assert found == direct
    for level in ("region", "programme"):
        for row in rows_of(p, "--programme", "sites", "--period", "2026-Q3", "--level", level):
            assert (row["value"] is None) == (row["item"] != "n")
            assert row["reason"] == ("not_mergeable" if row["item"] != "n" else None)
            assert row["n"] > 0


def test_without_levels_quantiles_above_the_sites_are_not_known(audit):
    p = audit(NOT_ADDITIVE | {"n": "count(*)"}, calls(3))
    for row in rows_of(p, "--programme", "sites", "--period", "2026-08", "--level", "programme"):
        assert (row["value"] is None) == (row["item"] != "n")


def test_quantiles_over_sites_of_several_zones_are_known_where_zones_do_not_matter(audit):
    """The p90 of a cost is the same in every zone; that of an hour of the day is not."""
    zones = (", timezone: Asia/Tokyo", ", timezone: America/New_York")
    measures = {
        "p90": "p90(cost)",
        "middle": "median(done - at)",
        "agents": "distinct(agent)",
        "hour": "median(hour(at))",
    }
    p = audit(measures | {"n": "count(*)"}, calls(4), levels="levels: [programme]\n", zones=zones)
    found = {
        row["item"]: row for row in rows_of(p, "--programme", "sites", "--period", "2026-08", "--level", "programme")
    }
    assert {name: row["reason"] for name, row in found.items()} == dict.fromkeys(measures | {"n": ""}) | {
        "hour": "several_zones"
    }
    assert found["p90"]["value"] is not None
    assert found["agents"]["value"] == 4


def test_simpsons_paradox_is_shown_as_it_is(audit):
    """SEMANTICS AGG-01, the kidney stones: A is better with small and large ones, B is better in all."""
    strata = {("A", "a1"): (81, 87), ("B", "b1"): (234, 270), ("A", "a2"): (192, 263), ("B", "b2"): (55, 80)}
    blank = dict.fromkeys(HEADER, "")
    rows = [
        {
            **blank,
            "site": site,
            "region": region,
            "at": "2026-07-05 10:00",
            "units": "0",
            "ok": str(number < good).lower(),
        }
        for (region, site), (good, n) in strata.items()
        for number in range(n)
    ]
    p = audit({"ok": "share(ok)", "n": "count(*)"}, rows)
    site = {
        row["site"]: row["value"] for row in rows_of(p, "--programme", "sites", "--period", "2026-07", "--item", "ok")
    }
    region = {
        row["place"]: row["value"]
        for row in rows_of(p, "--programme", "sites", "--period", "2026-07", "--level", "region", "--item", "ok")
    }
    assert site["a1"] > site["b1"]
    assert site["a2"] > site["b2"]
    assert region == {"A": 273 / 350, "B": 289 / 350}
    assert [round(100 * value) for value in (site["a1"], site["b1"], site["a2"], site["b2"])] == [93, 87, 73, 69]
