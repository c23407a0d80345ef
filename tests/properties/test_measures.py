"""Every named measure against a naive computation, row by row in plain Python, on random data."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.expressions.gate import check_condition
from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.language import compile_measure
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Period, Site
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain

START = datetime(2024, 3, 1, tzinfo=UTC)
PERIOD = Period(label="2024-03", start=START, end=START + timedelta(days=31))
SQL_TYPES = {
    "opened": "TIMESTAMPTZ",
    "done": "TIMESTAMPTZ",
    "answer": "BIGINT",
    "amount": "DECIMAL(18, 4)",
    "flag": "BOOLEAN",
}
KINDS = {
    "opened": ColumnType.TIMESTAMP,
    "done": ColumnType.TIMESTAMP,
    "answer": ColumnType.INTEGER,
    "amount": ColumnType.NUMBER,
    "flag": ColumnType.BOOLEAN,
}
COLUMNS = {
    name: Column(name=name, type=kind, maximum=Decimal(10) if name == "answer" else None)
    for name, kind in KINDS.items()
}
SITES = "abcz"  # nothing ever happens at z
WHERE = "flag OR amount > 50"
BAD = "bad"
DAY = timedelta(days=1)


class Result(NamedTuple):
    value: Any
    n: int
    missing: int
    invalid: int


def cells(values):
    return st.one_of(st.none(), st.just(BAD), values, values, values)


moments = st.integers(0, 33 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
rows = st.fixed_dictionaries(
    {
        "site": st.sampled_from("abc"),
        "opened": cells(moments),
        "done": cells(moments),
        "answer": cells(st.integers(-1, 11)),
        "amount": cells(st.integers(0, 10**7).map(lambda number: Decimal(number) / 10**4)),
        "flag": cells(st.booleans()),
    }
)


def known(row, name):
    return None if row[name] is BAD else row[name]


def chosen(row):
    """True, False or unknown as SQL has it, for WHERE."""
    flag, amount = known(row, "flag"), known(row, "amount")
    above = None if amount is None else amount > 50
    if flag is True or above is True:
        return True
    return False if flag is False and above is False else None


def tally(here, where, names, valid, value):
    """The naive result: which rows are looked at, which are known, and what the value is of those."""
    inside = [row for row in here if not where or chosen(row) is True]
    undecided = sum(1 for row in here if where and chosen(row) is None and BAD in (row["flag"], row["amount"]))
    good = [row for row in inside if valid(row) is True]
    refused = [
        row for row in inside if valid(row) is not True and (valid(row) is False or BAD in [row[n] for n in names])
    ]
    lacking = [row for row in inside if valid(row) is None and BAD not in [row[n] for n in names]]
    told = good or not (lacking or refused or undecided)  # unknown is never zero
    return Result(value(good) if here and told else None, len(good), len(lacking), len(refused) + undecided)


def has(*names):
    return lambda row: None if any(known(row, name) is None for name in names) else True


def type_7(numbers, q):
    ordered = sorted(numbers)
    place = q * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def some(value):
    return lambda good: value(good) if good else None


def took(row):
    return Fraction(int((row["done"] - row["opened"]).total_seconds()))


def outcome(row):
    opened, done = known(row, "opened"), known(row, "done")
    if opened is None or row["done"] is BAD:
        return None
    if done is not None:
        return done <= opened + DAY
    return False if opened + DAY <= PERIOD.end else "running"


def on_time_valid(row):
    found = outcome(row)
    return "apart" if found == "running" else (None if found is None else True)


def nps_valid(row):
    answer = known(row, "answer")
    return None if answer is None else 0 <= answer <= 10


def pair_valid(row):
    part, whole = known(row, "answer"), known(row, "amount")
    if part is not None and part < 0:
        return False
    return None if None in (part, whole) else part <= whole


NAIVE = {
    "share(answer >= 7)": (
        ["answer"],
        has("answer"),
        some(lambda g: Fraction(sum(r["answer"] >= 7 for r in g), len(g))),
    ),
    "share(answer, amount)": (
        ["answer", "amount"],
        pair_valid,
        some(
            lambda g: (
                Fraction(sum(r["answer"] for r in g)) / Fraction(sum(r["amount"] for r in g))
                if any(r["amount"] for r in g)
                else None
            )
        ),
    ),
    "on_time(done, opened + INTERVAL 24 HOUR)": (
        ["done", "opened"],
        on_time_valid,
        some(lambda g: Fraction(sum(outcome(r) is True for r in g), len(g))),
    ),
    "mean(amount)": (["amount"], has("amount"), some(lambda g: Fraction(sum(r["amount"] for r in g)) / len(g))),
    "mean(done - opened)": (["done", "opened"], has("done", "opened"), some(lambda g: sum(map(took, g)) / len(g))),
    "sum(amount)": (["amount"], has("amount"), some(lambda g: Fraction(sum(r["amount"] for r in g)))),
    "min(amount)": (["amount"], has("amount"), some(lambda g: min(r["amount"] for r in g))),
    "max(done - opened)": (["done", "opened"], has("done", "opened"), some(lambda g: max(map(took, g)))),
    "p50(amount)": (
        ["amount"],
        has("amount"),
        some(lambda g: type_7([Fraction(r["amount"]) for r in g], Fraction(1, 2))),
    ),
    "p90(done - opened)": (
        ["done", "opened"],
        has("done", "opened"),
        some(lambda g: type_7(map(took, g), Fraction(9, 10))),
    ),
    "p95(answer)": (
        ["answer"],
        has("answer"),
        some(lambda g: type_7([Fraction(r["answer"]) for r in g], Fraction(19, 20))),
    ),
    "quantile(amount, 0.2)": (
        ["amount"],
        has("amount"),
        some(lambda g: type_7([Fraction(r["amount"]) for r in g], Fraction(1, 5))),
    ),
    "nps(answer)": (
        ["answer"],
        nps_valid,
        some(lambda g: Fraction(100 * (sum(r["answer"] >= 9 for r in g) - sum(r["answer"] <= 6 for r in g)), len(g))),
    ),
    "top_box(answer, 3)": (
        ["answer"],
        has("answer"),
        some(lambda g: Fraction(sum(r["answer"] >= 8 for r in g), len(g))),
    ),
    "per_thousand(flag)": (["flag"], has("flag"), some(lambda g: Fraction(1000 * sum(r["flag"] for r in g), len(g)))),
    "count(*)": ([], lambda _: True, len),
    "sum(amount) / count(amount)": (
        ["amount"],
        has("amount"),
        some(lambda g: Fraction(sum(r["amount"] for r in g)) / len(g)),
    ),
    "count_if(flag)": (["flag"], has("flag"), lambda g: sum(r["flag"] for r in g)),
    "count(DISTINCT answer)": (["answer"], has("answer"), lambda g: len({r["answer"] for r in g})),
}


@pytest.fixture(scope="module")
def engine():
    with temporary_folder() as folder, open_engine(folder=folder) as opened:
        columns = [f"{name} {SQL_TYPES[name]}" for name in COLUMNS] + [f'":cell {name}" UTINYINT' for name in COLUMNS]
        opened.query(f'CREATE TABLE tickets (":site" VARCHAR, {", ".join(columns)})')
        yield opened


def stage(engine, given_rows):
    engine.query("DELETE FROM tickets")
    for row in given_rows:
        values = [known(row, name) for name in COLUMNS]
        values = [value.isoformat() if isinstance(value, datetime) else value for value in values]
        codes = [2 if row[name] is BAD else int(row[name] is not None) for name in COLUMNS]
        engine.query(
            f"INSERT INTO tickets VALUES ({', '.join('?' * (1 + 2 * len(COLUMNS)))})", [row["site"], *values, *codes]
        )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_rows=st.lists(rows, max_size=25))
def test_measures_agree_with_a_naive_computation(engine, given_rows):
    """Value, n, missing and invalid of every measure at every site, with and without a condition."""
    stage(engine, given_rows)
    staged = StagedDataset(dataset="tickets", table="tickets", columns=COLUMNS, time=None)
    registry = {measure.name: measure for measure in MEASURES}
    plan = [(text, where) for text in NAIVE for where in (False, True)]
    requests = [
        MeasureRequest(
            checklist="list",
            item=f"i{number:03}",
            measure=compile_measure(text, Dataset(id="tickets", columns=COLUMNS), registry),
            where=check_condition(WHERE, COLUMNS) if where else None,
        )
        for number, (text, where) in enumerate(plan)
    ]
    sites = [Site(id=site, title=plain(site)) for site in SITES]
    seen = measure_dataset(
        engine, staged, requests, sites=sites, period=PERIOD, as_of=PERIOD.end, zones={"UTC": list(SITES)}
    )
    assert len(seen) == len(plan) * len(SITES)
    for one in seen:
        number = int(one.item[1:])
        (text, where), request = plan[number], requests[number]
        names, valid, value = NAIVE[text]
        here = [row for row in given_rows if row["site"] == one.site]
        expected = tally(here, where, names, valid, value)
        found = finish_observation(request.measure, one)
        assert (one.rows, one.failed) == (len(here), False)
        assert (one.n, one.missing, one.invalid) == expected[1:], (text, where)
        if expected.value is None:
            assert found.value is None, (text, where)
            assert found.reason
        else:
            assert found.value == pytest.approx(float(expected.value), rel=1e-12, abs=1e-12), (text, where)
