"""Loyalty, effort and satisfaction, with numbers worked out by hand."""

from datetime import UTC, datetime

import pytest

from sqaudit.model.target import Direction


def spread_over(answers):
    """One row for each answer of a column: ``{answer: how often}``."""
    return [answer for answer, times in answers.items() for _ in range(times)]


def test_churn_and_retention(table):
    """1000 customers at the start, 950 of them at the end, 80 new ones who count in neither."""
    old = datetime(2023, 5, 1, tzinfo=UTC)
    rows = [{"start": old} for _ in range(900)]
    rows += [{"start": old, "finish": datetime(2024, 9, 1, tzinfo=UTC)} for _ in range(50)]
    rows += [{"start": old, "finish": datetime(2024, 3, 12, tzinfo=UTC)} for _ in range(50)]
    rows += [{"start": datetime(2024, 3, 9, tzinfo=UTC)} for _ in range(80)]
    rows += [{"start": old, "finish": datetime(2023, 12, 31, tzinfo=UTC)} for _ in range(7)]
    table.fill(rows)
    assert table.value("churn(start, finish)").value == 0.05
    assert table.value("retention(start, finish)").value == 0.95
    assert table.seen("churn(start, finish)").n == 1000
    assert (table.seen("churn(start, finish)").missing, table.seen("churn(start, finish)").invalid) == (0, 0)


@pytest.mark.parametrize(
    ("came", "went", "counted"),
    [
        ("2024-03-01 00:00+00", None, (0, 0)),  # came as the period began: new
        ("2024-02-29 23:59:59.999999+00", None, (1, 0)),
        ("2024-02-01 00:00+00", "2024-03-01 00:00+00", (1, 1)),  # left as it began
        ("2024-02-01 00:00+00", "2024-02-29 23:59:59.999999+00", (0, 0)),
        ("2024-02-01 00:00+00", "2024-03-31 23:59:59.999999+00", (1, 1)),
        ("2024-02-01 00:00+00", "2024-04-01 00:00+00", (1, 0)),  # left as the next began
    ],
)
def test_coming_and_leaving_belong_to_the_period_they_fall_in(came, went, counted, table):
    table.fill([{"start": came, "finish": went}])
    seen = table.seen("churn(start, finish)")
    assert (seen.statistics["n"], seen.statistics["left"]) == counted


@pytest.mark.parametrize(
    ("came", "went", "counted"),
    [
        ("2024-03-01", None, (0, 0)),  # a contract from the first of the month is new in it
        ("2024-02-29", None, (1, 0)),
        ("2024-01-01", "2024-02-29 10:00+00", (0, 0)),
        ("2024-01-01", "2024-03-31 10:00+00", (1, 1)),
        ("2024-01-01", "2024-04-01 10:00+00", (1, 0)),
    ],
)
def test_days_of_coming_are_whole_days(came, went, counted, table):
    table.fill([{"day": came, "finish": went}])
    seen = table.seen("churn(day, finish)")
    assert (seen.statistics["n"], seen.statistics["left"]) == counted


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_days_of_coming_are_the_same_at_every_site(zone, table):
    """The programme's period begins at midnight UTC, which is another day at many sites."""
    table.fill([{"day": "2024-02-29"}, {"day": "2024-03-01"}])
    seen = table.observe(["churn(day, finish)"], zone=zone)["churn(day, finish)", "a"]
    assert (seen.n, seen.statistics["n"]) == (1, 1)


def test_leaving_before_coming_is_a_mistake(table):
    table.fill([{"start": "2024-02-02 00:00+00", "finish": "2024-02-01 00:00+00"}, {"start": None}, {}])
    seen = table.seen("churn(start, finish)")
    assert (seen.n, seen.missing, seen.invalid) == (0, 2, 1)
    assert table.value("churn(start, finish)").reason == "no_valid_rows"


def test_repurchase(table):
    """210 of 600 buyers ordered twice or more; who ordered nothing is no buyer."""
    orders = spread_over({1: 390, 2: 200, 7: 10, 0: 25, -1: 1})
    table.fill([{"number": number} for number in [*orders, None]])
    seen = table.seen("repurchase(number)")
    assert (seen.n, seen.missing, seen.invalid) == (600, 1, 1)
    assert table.value("repurchase(number)").value == 0.35


def test_return_rate(table):
    table.fill([{"flag": before, "other": now} for before in (True, False, None) for now in (True, False, None)])
    seen = table.seen("return_rate(flag, other)")
    assert (seen.n, seen.missing, seen.statistics["again"]) == (2, 4, 1)


def test_effort_in_both_directions(table):
    """CES 2.0: mean 5.48, 80 % easy. CES 1.0: mean 2.14, 70 % little effort."""
    sevens = spread_over(dict(zip(range(1, 8), (2, 3, 5, 10, 20, 35, 25), strict=True)))
    fives = spread_over(dict(zip(range(1, 6), (30, 40, 20, 6, 4), strict=True)))
    table.fill([{"seven": seven, "five": five} for seven, five in zip(sevens, fives, strict=True)])
    assert table.value("ces(seven)").value == 5.48
    assert table.value("ces_top(seven)").value == 0.8
    assert table.value("ces(five)").value == 2.14
    assert table.value("ces_top(five)").value == 0.7


@pytest.mark.parametrize("direction", list(Direction))
def test_much_effort_counts_against_a_site_whichever_way_the_scale_runs(direction, compile_text):
    assert 'NOT "seven" >= 5' in compile_text("ces(seven)").against(direction).sql
    assert 'NOT "five" <= 2' in compile_text("ces(five)").against(direction).sql


def test_satisfaction(table):
    """70 of 100 in the two top boxes, 15 in the two lowest, mean 3.8, which is 70 of 100 points."""
    table.fill([{"five": five} for five in spread_over({1: 5, 2: 10, 3: 15, 4: 40, 5: 30})])
    top = table.value("top_box(five, 2)")
    assert top.value == 0.7
    assert (top.interval, round(top.low, 4)) == ("wilson", 0.6042)
    assert table.value("bottom_box(five, 2)").value == 0.15
    mean = table.value("mean(five)")
    assert (mean.value, mean.interval) == (3.8, "t")
    assert (mean.low, mean.high) == pytest.approx((3.57615, 4.02385), abs=1e-5)  # 3.8 ± 1.98422·√(1.27273/100)
    index = table.value("csat_index(five)")
    assert (index.value, index.unit) == (70.0, "points")
    assert (index.low, index.high) == (pytest.approx(25 * (mean.low - 1)), pytest.approx(25 * (mean.high - 1)))


def test_recommendation_has_its_interval(table):
    """15 promoters, 8 passives, 13 detractors: -22.12 to 32.38 by adjusted Wald."""
    table.fill([{"ten": ten} for ten in spread_over({9: 10, 10: 5, 7: 8, 0: 3, 6: 10})])
    value = table.value("nps(ten)")
    assert (value.interval, round(value.low, 2), round(value.high, 2)) == ("adjusted_wald", -22.12, 32.38)


def test_gap_keeps_both_means(table):
    """Only rows that know both count."""
    table.fill([{"five": p, "seven": e} for p, e in [(3, 5), (4, 6), (5, None), (None, 7), (2, 2)]])
    seen = table.seen("gap(five, seven)")
    assert (seen.n, seen.missing) == (3, 2)
    assert (seen.statistics["perceived"], seen.statistics["expected"]) == (9, 13)
    assert table.value("gap(five, seven)").value == pytest.approx(-4 / 3)
