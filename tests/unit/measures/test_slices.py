"""Items that differ in their condition alone are counted together, and what each of them sees stays the same."""

import math
import random
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sqaudit.engines.duckdb import Engine
from sqaudit.measures.requests import make_task
from sqaudit.measures.slices import slices_of, told_by

MEASURES = (
    *("count(*)", "count(kind)", "share(csat >= 4)", "mean(csat)", "sum(amount)", "mean(amount / csat)", "min(amount)"),
    *("max(closed_at - opened_at)", "nps(recommend)", "share(correct, checked)", "rate(checked, amount)"),
    *("on_time(closed_at, opened_at + INTERVAL 24 HOUR)", "mean(closed_at - opened_at)", "p90(amount)"),
)
TOLD = (
    *("kind = 'a'", "kind = 'b'", "kind IN ('a', 'it''s (b) AND c')", "reopened", "csat = 3", "amount = 2.5"),
    *("kind = 'a' AND reopened", "csat = 3 AND kind = 'b'", "kind = 'a' AND kind = 'b'", "reopened AND csat IN (1, 5)"),
)
NOT_TOLD = ("csat > 2", "kind <> 'a'", "kind = 'a' OR reopened", "NOT reopened", "csat = recommend", "kind IS NULL")


def tasks_of(desk, wheres, measures=MEASURES):
    requests = [
        desk.request(text, where=where, item=f"item-{number}-{place}")
        for number, where in enumerate(wheres)
        for place, text in enumerate(measures)
    ]
    return requests, [make_task(n, one, desk.staged, desk.march, desk.march.end) for n, one in enumerate(requests)]


@pytest.mark.parametrize("where", TOLD)
def test_what_compares_for_equality_tells_slices(desk, where):
    _, tasks = tasks_of(desk, [where, "kind = 'x'", "kind = 'y'", "kind = 'z'"])
    assert slices_of(tasks, 3).wheres == {task.rows.where for task in tasks}


@pytest.mark.parametrize("where", NOT_TOLD)
def test_other_conditions_stay_with_each_row(desk, where):
    _, tasks = tasks_of(desk, [where, *(f"kind = '{letter}'" for letter in "stuvwxyz")])
    assert slices_of(tasks, 3).wheres == {task.rows.where for task in tasks} - {tasks[0].rows.where}


@pytest.mark.parametrize(
    "where",
    [
        """(("reopened" AND "other") = 0)""",
        """(("kind" = 'a') = ("csat" = 1))""",
        """("csat" = 1 + "recommend")""",
        """(f("reopened") AND "kind" = 'a')""",
    ],
)
def test_brackets_are_not_overlooked(desk, where):
    """With brackets left out it would be equalities joined by AND; what it makes of a row is something else."""
    _, tasks = tasks_of(desk, [f"kind = '{letter}'" for letter in "rstuvwxyz"])
    other = replace(tasks[0], rows=replace(tasks[0].rows, where=where))
    assert where not in slices_of([*tasks, other], 3).wheres


def test_few_items_are_not_worth_slices(desk):
    for wheres in ([None], [None, "kind = 'a'"], ["kind = 'a'"]):
        assert not slices_of(tasks_of(desk, wheres)[1], 3).columns


def test_slices_of_a_site_are_few(desk):
    """Sixty values of one column and two of another would be more than a hundred: some conditions are left out."""
    wheres = [*(f"recommend = {number}" for number in range(60)), "reopened", "reopened AND recommend = 7"]
    found = slices_of(tasks_of(desk, wheres, ["count(*)", "sum(amount)"])[1], 3)
    assert math.prod(len(values) + 1 for values in found.columns.values()) <= 100
    assert 40 < len(found.wheres) < len(wheres)
    assert len(slices_of(tasks_of(desk, wheres[:10])[1], 1_000).wheres) == 10
    assert not slices_of(tasks_of(desk, wheres[:10])[1], 100_000).wheres


def test_a_condition_is_told_of_other_names():
    where = '("kind" = \'the "kind"\' AND "its ""b""" = 2)'
    assert told_by(where, {'"kind"': "m0", '"its ""b"""': "m1"}) == "(m0 = 'the \"kind\"' AND m1 = 2)"


def fill(desk, seed, rows=400):
    chance = random.Random(seed)

    def day():
        return chance.choice([f"2024-03-{chance.randrange(1, 31):02} {chance.randrange(24):02}:00", None, desk.bad])

    desk.fill(
        {
            "site": chance.choice("abc"),
            "opened_at": day(),
            "closed_at": day(),
            "csat": chance.choice([1, 2, 3, 3, 4, 5, None, desk.bad]),
            "recommend": chance.choice([0, 3, 6, 7, 9, 10, 11, None]),
            "checked": chance.choice([0, 5, 10, None]),
            "correct": chance.choice([0, 3, 5, 12, desk.bad]),
            "amount": chance.choice([Decimal("2.5"), Decimal("0.1"), Decimal(7), None]),
            "kind": chance.choice(["a", "b", "it's (b) AND c", "other", None, desk.bad]),
            "reopened": chance.choice([True, False, None, desk.bad]),
        }
        for _ in range(rows)
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("time", [None, "opened_at"])
def test_each_item_sees_what_it_sees_alone(desk, seed, time):
    """Dirty rows, conditions of every kind, breakdowns: together to the last count and digit as one by one."""
    fill(desk, seed)
    requests, tasks = tasks_of(desk, [None, *TOLD, *NOT_TOLD[:3]])
    assert len(slices_of(tasks, 3).wheres) == len(TOLD)
    requests = [replace(one, time=time) for one in requests]
    requests += [replace(one, item=f"{one.item}-by", by=("kind",)) for one in requests]
    together = desk.observe(*requests, sites="abcz")
    alone = [seen for one in requests for seen in desk.observe(one, sites="abcz")]
    assert {(one.site, one.item, one.group): one for one in together} == {
        (one.site, one.item, one.group): one for one in alone
    }
    assert len(together) == len(alone) > 4 * len(requests)


def test_a_row_out_of_its_slice_does_no_harm(desk):
    """What cannot be computed of other rows is computed of the item's own all the same."""
    desk.fill([{"checked": 5, "csat": 1}, {"checked": 9_000_000_000_000_000_000, "csat": 2}, {"checked": 7, "csat": 2}])
    wheres = [f"csat = {number}" for number in range(1, 6)]
    requests, tasks = tasks_of(desk, wheres, ["sum(checked * 9)", "count(*)"])
    assert slices_of(tasks, 3).columns
    seen = {one.item: one for one in desk.observe(*requests)}
    assert seen["item-0-0"].statistics["sum"] == 45
    assert seen["item-1-0"].failed
    assert [seen[f"item-{number}-1"].n for number in range(5)] == [1, 2, 0, 0, 0]
    assert [name for name, one in seen.items() if one.failed] == ["item-1-0"]


def test_ten_times_the_items_are_no_ten_times_the_aggregates(desk, monkeypatch):
    fill(desk, 1, rows=20)
    asked = []
    query = Engine.query

    def listening(engine, sql, *arguments, **options):
        asked.append(sql)
        return query(engine, sql, *arguments, **options)

    monkeypatch.setattr(Engine, "query", listening)

    def walks(wheres):
        asked.clear()
        requests, _ = tasks_of(desk, wheres)
        desk.observe(*requests, sites="abc")
        return [sql for sql in asked if "GROUP BY" in sql and "quantile_cont" not in sql]

    (one,), (many,) = walks([None]), walks([None, *(f"csat = {number}" for number in range(1, 6)), "kind = 'a'"])
    row_level = many[many.rindex("AS b") :]
    assert row_level.count(" AS a") < 1.2 * one.count(" AS a")
