"""Exact statistics, every site answered, unknown never zero, and a failure that takes no neighbour with it."""

import random
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.planning import plan_passes
from sqaudit.model.programme import Period

NEW_YORK = ZoneInfo("America/New_York")


def test_share_counts_known_missing_and_invalid(desk):
    """Four answers known, one not there, two unusable: 3 of 4."""
    desk.fill([{"csat": c} for c in (5, 4, 4, 1, None, desk.bad, desk.bad)])
    (seen,) = desk.observe(desk.request("share(csat >= 4)"))
    assert (seen.rows, seen.n, seen.missing, seen.invalid) == (7, 4, 1, 2)
    assert desk.value("share(csat >= 4)").value == 0.75


def test_where_that_is_unknown_leaves_a_row_out_unless_a_cell_is_unusable(desk):
    desk.fill([{"kind": kind, "csat": 5} for kind in ("complaint", "enquiry", None, desk.bad)])
    (seen,) = desk.observe(desk.request("mean(csat)", where="kind = 'complaint'"))
    assert (seen.rows, seen.n, seen.missing, seen.invalid) == (4, 1, 0, 1)


def test_share_of_units_refuses_more_than_all(desk):
    """12 of 10 and negative numbers are invalid, not clamped; 0 of 0 is valid and changes nothing."""
    pairs = [(8, 10), (3, 3), (0, 0), (12, 10), (-1, 10), (1, None), (None, 5)]
    desk.fill([{"correct": k, "checked": n} for k, n in pairs])
    (seen,) = desk.observe(desk.request("share(correct, checked)"))
    assert (seen.n, seen.invalid, seen.missing) == (3, 2, 2)
    assert desk.value("share(correct, checked)").value == 11 / 13


def test_share_of_nothing_at_all_has_no_value(desk):
    desk.fill([{"correct": 0, "checked": 0}])
    value = desk.value("share(correct, checked)")
    assert (value.value, value.reason) == (None, "zero_denominator")


def test_share_of_durations(desk):
    desk.fill([{"opened_at": "2024-03-05 10:00", "closed_at": "2024-03-05 10:15"}])
    value = desk.value("share(closed_at - opened_at, to_hours(1))")
    assert value.value == 0.25


@pytest.mark.parametrize(
    ("closed", "outcome"),
    [
        ("2024-03-05 10:00:00", "met"),  # exactly when due
        ("2024-03-05 10:00:00.000001", "breached"),
        (None, "breached"),  # undone and due long before as_of
    ],
)
def test_on_time_at_the_edge(desk, closed, outcome):
    desk.fill([{"opened_at": "2024-03-04 10:00", "closed_at": closed}])
    (seen,) = desk.observe(desk.request("on_time(closed_at, opened_at + INTERVAL 24 HOUR)"))
    assert seen.n == 1
    assert seen.statistics[outcome] == 1


def test_on_time_running_counts_in_neither(desk):
    """Undone and not yet due is running; due exactly at as_of is breached; a bad cell is neither done nor undone."""
    as_of = desk.march.end
    desk.fill(
        [
            {"opened_at": as_of.replace(day=1, hour=1), "closed_at": None},
            {"opened_at": "2024-03-31 04:00", "closed_at": None, "zone": "UTC"},
            {"opened_at": "2024-03-01 04:00", "closed_at": desk.bad},
            {"opened_at": None, "closed_at": None},
        ]
    )
    (seen,) = desk.observe(desk.request("on_time(closed_at, opened_at + INTERVAL 24 HOUR)"))
    assert (seen.n, seen.missing, seen.invalid) == (1, 1, 1)
    assert seen.statistics == {"n": 1, "met": 0, "breached": 1, "running": 1}


def test_on_time_with_a_due_date_counts_the_whole_day(desk):
    desk.fill(
        [
            {"closed_at": "2024-03-05 23:59", "due_on": "2024-03-05", "zone": "America/New_York"},
            {"closed_at": "2024-03-06 00:01", "due_on": "2024-03-05", "zone": "America/New_York"},
            {"due_on": "2024-03-31"},  # the day before as_of: over
            {"due_on": "2024-04-01"},  # the day of as_of: not over yet
        ]
    )
    (seen,) = desk.observe(desk.request("on_time(closed_at, due_on)"), zones={"America/New_York": ["a"]})
    assert seen.statistics == {"n": 3, "met": 1, "breached": 2, "running": 1}


def test_nps_refuses_what_is_no_answer(desk):
    desk.fill([{"recommend": r} for r in (10, 9, 8, 7, 6, 0, 11, -1, None)])
    (seen,) = desk.observe(desk.request("nps(recommend)"))
    assert (seen.n, seen.invalid, seen.missing) == (6, 2, 1)
    assert desk.value("nps(recommend)").value == 0.0


def test_counts_are_zero_only_where_there_are_records(desk):
    """No rows: no value. Rows of which none matches: 0. Rows of which none could be told: no value."""
    desk.fill([{"site": "a", "kind": "enquiry"}, {"site": "b", "kind": "complaint"}])
    one = desk.request("count(*)", where="kind = 'complaint'")
    values = [finish_observation(one.measure, seen) for seen in desk.observe(one, sites="abz")]
    assert [value.value for value in values] == [0.0, 1.0, None]
    assert values[2].reason == "no_rows"
    assert desk.value("count(reopened)").reason == "no_valid_rows"
    assert desk.value("distinct(csat)").reason == "no_valid_rows"
    assert desk.value("share(csat >= 4)").reason == "no_valid_rows"


def test_unknown_is_never_zero_in_plain_aggregates(desk):
    """Nothing could be told: no value. A column that is empty, on the other hand, is known to hold nothing."""
    desk.fill([{"reopened": None, "csat": None, "kind": desk.bad}, {"reopened": desk.bad, "kind": None}])
    assert desk.value("count_if(reopened) / count(*)").reason == "no_valid_rows"
    assert desk.value("count_if(reopened)").reason == "no_valid_rows"
    assert desk.value("count(*)", where="kind = 'a'").reason == "no_valid_rows"
    assert desk.value("count(csat) / count(*)").value == 0.0
    (seen,) = desk.observe(desk.request("count(kind)"))
    assert (seen.n, seen.invalid, seen.statistics["a1"]) == (1, 1, 0)


def test_sums_are_exact(desk):
    """0.1 added a thousand times is 100, and large whole numbers keep their last digit."""
    desk.fill([{"amount": Decimal("0.1"), "csat": 3, "checked": 9007199254740993} for _ in range(1000)])
    seen = desk.observe(desk.request("sum(amount)"), desk.request("sum(checked)", item="x"))
    assert [one.statistics["sum"] for one in seen] == [Decimal(100), 9007199254740993000]
    assert desk.value("avg(amount / csat)").value == 0.033333333  # per row to nine decimals, whatever the order


def test_numbers_that_are_not_finite_are_invalid(desk):
    """1/0 is unknown; exp(1000) is infinite: the row is invalid and left out of every statistic of the item."""
    desk.fill([{"csat": 1, "amount": 2}, {"csat": 0, "amount": 2}, {"csat": 1000, "amount": 2}])
    (seen,) = desk.observe(desk.request("mean(amount / csat)"))
    assert (seen.n, seen.missing) == (2, 1)
    (seen,) = desk.observe(desk.request("mean(exp(csat))"))
    assert (seen.n, seen.invalid, seen.missing) == (2, 1, 0)
    (seen,) = desk.observe(desk.request("sum(exp(csat)) / count(*)"))
    assert (seen.n, seen.invalid, seen.statistics["a2"]) == (2, 1, 2)
    assert desk.value("max(exp(csat))").value == pytest.approx(2.718281828)
    assert desk.value("p50(exp(csat))").value == pytest.approx((1 + 2.718281828) / 2)


def test_plain_aggregates_with_filters(desk):
    rows = [("x", 5, True), ("x", 2, None), ("y", 4, False), (None, 3, True)]
    desk.fill([{"kind": kind, "csat": csat, "reopened": again} for kind, csat, again in rows])
    assert desk.value("count_if(reopened) / count(*)").value == 0.5
    assert desk.value("avg(csat) FILTER (WHERE reopened)").value == 4.0
    assert desk.value("count(DISTINCT kind) FILTER (WHERE csat > 2)").value == 2.0
    assert desk.value("sum(csat) FILTER (WHERE kind = 'z')").reason == "no_valid_rows"
    assert desk.value("count(*) / (count(*) - 4)").reason == "zero_denominator"
    assert desk.value("median(csat) + quantile_cont(csat, 0.25)").value == 3.5 + 2.75
    assert desk.value("round(avg(csat), 0)").value == 4.0  # 3.5, half up
    (seen,) = desk.observe(desk.request("avg(csat) FILTER (WHERE reopened)"))
    assert (seen.n, seen.missing) == (2, 1)  # one row's filter is unknown, one row is out


def test_durations_are_seconds(desk):
    times = [("10:00", "10:30"), ("10:00", "11:30"), ("10:00", None)]
    desk.fill({"opened_at": f"2024-03-05 {start}", "closed_at": end and f"2024-03-05 {end}"} for start, end in times)
    for text in ("mean(closed_at - opened_at)", "p50(closed_at - opened_at)", "avg(closed_at - opened_at)"):
        assert (desk.value(text).value, desk.value(text).unit) == (3600.0, "s")
    assert desk.value("max(closed_at - opened_at)").value == 5400.0
    assert desk.value("sum(closed_at - opened_at) / INTERVAL 1 HOUR").value == 2.0


def test_periods_are_half_open_in_the_projects_zone(desk):
    """March in New York: from 05:00 UTC on 1 March (winter) to 04:00 UTC on 1 April (summer)."""
    moments = ["2024-03-01 04:59:59", "2024-03-01 05:00", "2024-04-01 03:59:59.999999", "2024-04-01 04:00", None]
    desk.fill({"opened_at": moment} for moment in moments)
    assert desk.value("count(*)", time="opened_at").value == 2.0
    assert desk.value("count(*)").value == 5.0


def test_a_day_that_lost_an_hour(desk):
    """10 March 2024 in New York has 23 hours: 05:00 UTC to 04:00 UTC."""
    start = datetime(2024, 3, 10, tzinfo=NEW_YORK)
    day = Period(label="2024-03-10", start=start, end=datetime(2024, 3, 11, tzinfo=NEW_YORK))
    desk.fill([{"opened_at": f"2024-03-10 {h:02}:00"} for h in range(24)] + [{"opened_at": "2024-03-11 04:00"}])
    assert desk.value("count(*)", time="opened_at", period=day).value == 19.0


def test_dates_are_the_calendars_of_the_period(desk):
    """A date is a day of the period wherever the site is."""
    desk.fill({"due_on": day} for day in ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01"))
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        assert desk.value("count(*)", time="due_on", zones={zone: ["a"]}).value == 2.0


def test_items_with_different_times_share_the_pass(desk):
    desk.fill(
        [
            {"opened_at": "2024-02-20 12:00", "closed_at": "2024-03-02 12:00", "csat": 1},
            {"opened_at": "2024-03-05 12:00", "closed_at": "2024-04-02 12:00", "csat": 3},
            {"opened_at": "2024-01-01 12:00", "closed_at": "2024-01-02 12:00", "csat": 5},
        ]
    )
    requests = [
        desk.request("mean(csat)", time=time, item=item)
        for item, time in zip("xyz", ("opened_at", "closed_at", None), strict=True)
    ]
    seen = desk.observe(*requests)
    assert [(one.rows, one.statistics["sum"]) for one in seen] == [(1, 3), (1, 1), (3, 9)]


def test_hours_are_local_to_each_site(desk):
    """23:30 UTC is 08:30 in Tokyo and 18:30 in New York."""
    desk.fill([{"site": site, "opened_at": "2024-03-05 23:30"} for site in "abc"])
    one = desk.request("mean(hour(opened_at))")
    zones = {"UTC": ["a"], "Asia/Tokyo": ["b"], "America/New_York": ["c"]}
    assert [seen.statistics["sum"] for seen in desk.observe(one, sites="abc", zones=zones)] == [23, 8, 18]


def test_elapsed_time_ignores_the_clocks_going_forward(desk):
    desk.fill([{"opened_at": "2024-03-10 01:30", "closed_at": "2024-03-10 03:30", "zone": "America/New_York"}])
    assert desk.value("mean(closed_at - opened_at)", zones={"America/New_York": ["a"]}).value == 3600.0


def test_moments_of_the_period(desk):
    desk.fill([{"opened_at": "2024-03-05 12:00"}, {"opened_at": "2024-02-05 12:00"}])
    assert desk.value("count(opened_at >= period_start AND opened_at < period_end)").value == 1.0
    assert desk.value("max(as_of - period_start)").value == (31 * 24 - 1) * 3600.0


def test_every_site_gets_an_answer_and_strangers_do_not(desk):
    """One observation per item and site, sorted; rows of other sites and of none are left out."""
    desk.fill([{"site": site, "csat": 4} for site in ("b", "b", "stranger", None)])
    requests = [desk.request(text, item=item) for item, text in (("y", "mean(csat)"), ("x", "p90(csat)"))]
    seen = desk.observe(*requests, sites="cab", zones={"UTC": ["b"]})
    assert [(one.site, one.item) for one in seen] == [(site, item) for site in "abc" for item in "xy"]
    assert [one.rows for one in seen] == [0, 0, 2, 2, 0, 0]
    assert [one.reason for one in seen] == ["no_rows"] * 2 + [None] * 2 + ["no_rows"] * 2


def test_an_empty_dataset_is_no_failure(desk):
    texts = ["share(csat >= 4)", "p90(amount)", "distinct(kind)", "sum(amount) / count(*)", "max(exp(csat))"]
    seen = desk.observe(*(desk.request(text, item=f"i{n}") for n, text in enumerate(texts)), sites="ab")
    assert len(seen) == 10
    assert {(one.reason, one.failed) for one in seen} == {("no_rows", False)}
    assert desk.observe(sites="ab") == []


def test_one_failing_expression_takes_no_neighbour_with_it(desk):
    """Overflow, a broken pattern and a time that is not there become errors of their items; the others keep values."""
    desk.fill([{"csat": 4, "checked": 9_000_000_000_000_000_000, "kind": "private words", "amount": 3}])
    texts = [
        "mean(csat)",
        "sum(checked * 9)",
        "share(regexp_matches(kind, '('))",
        "p90(amount)",
        "p50(checked * 9)",
        "distinct(checked * 9)",
        "distinct(kind)",
        "count(checked * checked > 0)",
        "sum(amount)",
    ]
    requests = [desk.request(text, item=f"i{n}") for n, text in enumerate(texts)]
    requests.append(desk.request("mean(csat)", time="nowhere", item="i9"))
    seen = desk.observe(*requests)
    assert [one.failed for one in seen] == [n in {1, 2, 4, 5, 7, 9} for n in range(10)]
    alone = [desk.observe(one)[0] for one in requests]
    assert seen == alone
    assert [one.rows for one in seen] == [1] * 9 + [0]
    reasons = " ".join(str(one.reason) for one in seen if one.failed)
    assert "private" not in reasons
    assert "9000000000000000000" not in reasons


def test_a_row_left_out_can_do_no_harm(desk):
    """An expression is not worked out in rows that the item's condition leaves out."""
    desk.fill([{"csat": 2, "checked": 3}, {"csat": 9, "checked": 9_000_000_000_000_000_000}])
    assert desk.value("sum(checked * 9)", where="csat < 5").value == 27.0


def test_the_number_of_passes_follows_from_the_kinds_of_statistic(desk):
    """Hundreds of additive measures are one pass; quantiles of one expression share one."""
    additive = [desk.request("mean(csat)", where=f"checked > {n}", item=f"m{n}") for n in range(200)]
    quantiles = [desk.request(text, item=text) for text in ("p50(amount)", "p90(amount)", "quantile(csat, 0.1)")]
    counts = [desk.request("distinct(kind)", where=f"csat > {n}", item=f"d{n}") for n in range(3)]
    plan = plan_passes([*additive, *quantiles, *counts])
    assert [(str(one.kind), one.expression, len(one.requests)) for one in plan] == [
        ("additive", None, 206),
        ("quantile", '"amount"', 2),
        ("quantile", '"csat"', 1),
        ("distinct", '"kind"', 3),
    ]


def test_order_and_threads_change_nothing(desk_with_threads):
    """The same rows in another order, on one thread or four, give the same observations to the last digit."""
    dice = random.Random(3)
    rows = [
        {
            "site": dice.choice("abc"),
            "csat": dice.choice([1, 2, 3, 4, 5, None]),
            "amount": Decimal(dice.randrange(10**6)) / 1000,
            "kind": dice.choice(["x", "y", None]),
        }
        for _ in range(300)
    ]
    texts = ["mean(amount / csat)", "p90(amount / csat)", "distinct(kind)", "sum(sqrt(amount))", "share(csat >= 4)"]
    found = []
    for threads, turned in ((1, False), (4, True)):
        with desk_with_threads(threads) as desk:
            desk.fill(reversed(rows) if turned else rows)
            requests = [desk.request(text, item=f"i{n}") for n, text in enumerate(texts)]
            seen = desk.observe(*(reversed(requests) if turned else requests), sites="cba" if turned else "abc")
            found.append(repr(seen))
    assert found[0] == found[1]


def test_a_failed_observation_has_no_value(desk):
    desk.fill([{"csat": 4}])
    one = desk.request("mean(csat)")
    (seen,) = desk.observe(one)
    value = finish_observation(one.measure, replace(seen, failed=True, reason="why"))
    assert (value.value, value.reason, value.unit, value.formula) == (None, "why", "", "mean/1")
