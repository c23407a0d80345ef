"""Contacts, cases and times, with numbers worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from sqaudit.expressions.queries import check_query
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column, ColumnType
from sqaudit.model.target import Direction

# 80 answered, 60 of them within 20 seconds; 20 abandoned, 12 of them within 20 seconds, 5 of these within 5.
CALLS = [
    *[(10, True)] * 59,
    (20, True),  # exactly the limit is within it
    *[(21, True)] * 20,
    *[(3, False)] * 4,
    (5, False),
    *[(15, False)] * 7,
    *[(60, False)] * 8,
]
LEVELS = {"f1": 72 / 100, "f2": 60 / 80, "f3": 60 / 100, "f4": 60 / 88, "f5": 65 / 100}


@pytest.mark.parametrize(("formula", "level"), LEVELS.items())
def test_service_level(formula, level, table):
    table.fill([{"number": wait, "flag": answered} for wait, answered in CALLS])
    short = ", 5" if formula == "f5" else ""
    assert table.value(f"service_level(number, flag, 20, '{formula}'{short})").value == pytest.approx(level)


@pytest.mark.parametrize(("formula", "level"), LEVELS.items())
def test_service_level_of_durations(formula, level, table):
    """The short limit of f5 is 5 seconds unless said."""
    start = datetime(2024, 3, 5, tzinfo=UTC)
    rows = [{"start": start, "finish": start + timedelta(seconds=wait), "flag": answered} for wait, answered in CALLS]
    table.fill(rows)
    text = f"service_level(finish - start, flag, INTERVAL 20 SECOND, '{formula}')"
    assert table.value(text).value == pytest.approx(level)


@pytest.mark.parametrize(("formula", "level"), LEVELS.items())
def test_service_level_of_counts_is_pooled(formula, level, table):
    """Two intervals of very different size: their percentages are never averaged. Impossible counts are invalid."""
    within = 5 if formula == "f5" else 12
    table.fill(
        [
            {"number": 79, "amount": 60, "five": 20, "seven": within},
            {"number": 1, "amount": 0, "five": 0, "seven": 0},
            {"number": 1, "amount": 2, "five": 0, "seven": 0},
            {"number": 1, "amount": 1, "five": 0, "seven": 1},
            {"number": -1, "amount": -1, "five": 0, "seven": 0},
            {"number": 1, "amount": None, "five": 0, "seven": 0},
        ]
    )
    text = f"service_level_counts(number, amount, five, seven, '{formula}')"
    assert table.value(text).value == pytest.approx(level)
    seen = table.seen(text)
    assert (seen.n, seen.missing, seen.invalid) == (2, 1, 3)


def test_nobody_answered(table):
    table.fill([{"number": 30, "flag": False}])
    assert table.value("service_level(number, flag, 20)").value == 0.0
    assert table.value("service_level(number, flag, 20, 'f2')").reason == "zero_denominator"
    assert table.value("abandon_rate(flag)").value == 1.0


def test_rows_against_a_service_level(compile_text):
    """Served too late or not at all counts against; who gave up in time counts in neither by f4."""
    measure = compile_text("service_level(number, flag, 20)")
    against = measure.against(Direction.HIGHER).sql
    assert measure.statistics["whole"].expression in against
    assert measure.against(Direction.LOWER).sql == measure.statistics["within"].expression


def test_rates(table):
    """18 complaints about 4500 orders are 4 per 1000, by Garwood 2.371 to 6.322."""
    table.fill([{"number": 10, "amount": 3000}, {"number": 8, "amount": 1500}, {"number": 3, "amount": None}])
    for text in ("complaint_rate(number, amount)", "rate(number, amount, 1000)"):
        value = table.value(text)
        assert (value.value, value.unit, value.interval) == (4.0, "per_thousand", "garwood")
        assert (round(value.low, 3), round(value.high, 3)) == (2.371, 6.322)
    assert table.value("rate(number, amount)").value == 0.004
    table.fill([{"number": 5, "amount": 2}])
    assert table.value("rate(number, amount)").value == 2.5  # events may exceed what they are counted on
    table.fill([{"number": 5, "amount": 0}])
    assert table.value("rate(number, amount)").reason == "zero_denominator"


def test_counts_have_an_interval(table):
    """10 events: 4.795 to 18.39."""
    table.fill([{"flag": True}] * 10 + [{"flag": False}] * 3)
    value = table.value("count(flag)")
    assert (value.value, value.interval, round(value.low, 3), round(value.high, 2)) == (10, "garwood", 4.795, 18.39)
    assert table.value("count(flag)").unit == "count"


def test_open_ones_are_left_out_of_times_and_counted(table):
    start = datetime(2024, 3, 5, tzinfo=UTC)
    ends = [1, 2, 3, 4, None, None, -1]
    table.fill([{"start": start, "finish": end and start + timedelta(hours=end)} for end in ends])
    seen = table.seen("resolution(start, finish, 0.5)")
    assert (seen.n, seen.missing, seen.invalid, seen.statistics["open"]) == (4, 0, 1, 2)
    value = table.value("first_response(start, finish, 0.9)")
    assert (value.value, value.unit) == (3.7 * 3600, "s")


def test_an_open_one_is_not_one_whose_end_cannot_be_read(table):
    table.fill([{"start": "2024-03-05 10:00+00", "finish": table.bad}, {"start": None, "finish": None}])
    seen = table.seen("resolution(start, finish, 0.5)")
    assert (seen.n, seen.missing, seen.invalid, seen.statistics["open"]) == (0, 1, 1, 0)


def test_handling_time(table):
    rows = [(60, 10, 20), (120, 0, 30), (60, None, 30), (60, -1, 30)]
    table.fill([{"number": talk, "amount": hold, "five": after} for talk, hold, after in rows])
    seen = table.seen("handling_time(number, amount, five)")
    assert (seen.n, seen.missing, seen.invalid) == (2, 1, 1)
    assert table.value("handling_time(number, amount, five)").value == 120
    assert table.value("handling_time(number, coalesce(amount, 0), five)").value == 110


def test_within_24_hours(table):
    """Exactly 24:00:00 is met; unresolved is running until its 24 hours are over, then breached."""
    start = datetime(2024, 3, 5, 10, tzinfo=UTC)
    day, end = timedelta(days=1), datetime(2024, 4, 1, tzinfo=UTC)
    table.fill(
        [
            {"start": start, "finish": start + day},
            {"start": start, "finish": start + day + timedelta(microseconds=1)},
            {"start": start},
            {"start": end - day},
            {"start": end - day + timedelta(microseconds=1)},
            {"start": start, "finish": start - day},
        ]
    )
    seen = table.seen("within_24h(start, finish)")
    assert seen.statistics == {"n": 4, "met": 1, "breached": 3, "running": 1}
    assert (seen.missing, seen.invalid) == (0, 1)
    assert seen.statistics == table.seen("reply_rate(start, finish, INTERVAL 24 HOUR)").statistics


def test_resolution_rate(table):
    rows = [(True, False), (True, False), (False, False), (True, True), (None, True), (True, None), (None, False)]
    table.fill([{"flag": resolved, "other": withdrawn} for resolved, withdrawn in rows])
    seen = table.seen("resolution_rate(flag, other)")
    assert (seen.n, seen.missing, seen.statistics["resolved"]) == (3, 2, 2)


def test_first_contact_resolution(table):
    """Cases count once their window is over; open ones and young ones wait."""
    table.fill(
        [
            {"number": 1, "finish": "2024-03-20 00:00+00"},
            {"number": 3, "finish": "2024-03-25 00:00+00"},  # 7 days before as_of, exactly
            {"number": 1, "finish": "2024-03-25 00:00:01+00"},
            {"number": 1},
            {"number": 0, "finish": "2024-03-20 00:00+00"},
            {"number": None, "finish": "2024-03-20 00:00+00"},
        ]
    )
    seen = table.seen("first_contact_resolution(number, finish)")
    assert (seen.n, seen.missing, seen.invalid) == (2, 1, 1)
    assert (seen.statistics["first"], seen.statistics["waiting"]) == (1, 2)
    assert table.seen("first_contact_resolution(number, finish, INTERVAL 3 DAY)").n == 3


CASES = """
WITH marked AS (
  SELECT customer, issue, at,
    CASE WHEN at - lag(at) OVER (PARTITION BY customer, issue ORDER BY at) <= INTERVAL 168 HOUR
      THEN 0 ELSE 1 END AS begins
  FROM contacts
), numbered AS (
  SELECT customer, issue, at,
    sum(begins) OVER (PARTITION BY customer, issue ORDER BY at ROWS UNBOUNDED PRECEDING) AS place
  FROM marked
)
SELECT customer, issue, count(*) AS contacts, max(at) AS closed_at
FROM numbered GROUP BY customer, issue, place
"""


def test_contacts_become_cases_by_a_query(table):
    """5 of 6 cases took one contact: a second one 3 days later is the same case, one 10 days later another."""
    contacts = [("c1", "A", 0), ("c1", "A", 3), ("c2", "A", 0), ("c3", "B", 0), ("c3", "B", 10), ("c4", "A", 1)]
    contacts.append(("c5", "C", 2))
    kinds = {"customer": ColumnType.TEXT, "issue": ColumnType.TEXT, "at": ColumnType.TIMESTAMP}
    query = check_query(CASES, {"contacts": {name: Column(name=name, type=kind) for name, kind in kinds.items()}})
    listed = ", ".join(
        f"('{customer}', '{issue}', CAST('2024-03-{day + 1:02} 12:00+00' AS TIMESTAMPTZ), 1, 1, 1)"
        for customer, issue, day in contacts
    )
    marks = ", ".join(f'":cell {name}"' for name in kinds)
    names = ", ".join(f'"{name}"' for name in kinds)
    relation = f"(SELECT * FROM (VALUES {listed}) AS c({names}, {marks}))"
    start, end = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    sql = query.render(Period(label="2024-03", start=start, end=end), end, {"contacts": relation})
    assert query.columns == ("customer", "issue", "contacts", "closed_at")
    found = table.engine.query(f"SELECT * EXCLUDE (closed_at), epoch_us(closed_at) FROM ({sql})")
    table.fill([{"number": row[2], "finish": datetime.fromtimestamp(int(row[3]) / 10**6, UTC)} for row in found])
    seen = table.seen("first_contact_resolution(number, finish)")
    assert (seen.n, seen.statistics["first"]) == (6, 5)
