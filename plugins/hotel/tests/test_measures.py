"""The measures against a naive count in Python, over random records with everything that goes wrong in them."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from statistics import NormalDist, variance

import pytest

SITES = ("amber", "birch", "copper", "empty")
TYPES = ("A", "B", "C", "tree house")
AS_OF = datetime(2026, 3, 25, 12)
STANDARD = """
kind: standard
id: own
version: "1.0"
dimensions: {all: {}}
datasets:
  bookings:
    columns:
      arrives_on: date
      arrives_at: {type: timestamp, optional: true}
      cancelled_at: {type: timestamp, optional: true}
      arrived_at: {type: timestamp, optional: true}
      reserved: {type: text, optional: true}
      assigned: {type: text, optional: true}
  reviews:
    columns:
      posted_on: date
      score: {type: number, scale: 2, optional: true}
      lowest: {type: number, optional: true}
      highest: {type: number, optional: true}
criteria: [{id: any, dimension: all, target: ">= 0"}]
"""
CHECKLIST = """
kind: checklist
id: own
standard: own@1
dataset: bookings
items:
  - {id: all-by-day, criterion: any, measure: "cancellation_rate(cancelled_at, arrives_on)"}
  - {id: late-by-day, measure: "cancellation_rate(cancelled_at, arrives_on, INTERVAL 48 HOUR)"}
  - {id: late-by-hour, measure: "cancellation_rate(cancelled_at, arrives_at, INTERVAL 18 HOUR)"}
  - {id: no-shows, measure: "no_show_rate(arrived_at, cancelled_at, arrives_on)"}
  - {id: same-room, measure: "room_kept(reserved, assigned)"}
  - {id: room-or-better, measure: "room_kept(reserved, assigned, 'A<B < C')"}
  - {id: reviews, dataset: reviews, measure: "review_index(score, lowest, highest)"}
  - {id: fixed-scale, dataset: reviews, measure: "review_index(score, 1, 5)"}
"""
PROGRAMME = f"""
kind: programme
id: own
standard: own@1
checklists: [own]
sites: [{", ".join(f"{{id: {site}}}" for site in SITES)}]
period: month
sources:
  bookings: {{path: bookings.csv, site: site, time: arrives_on, as_of: "2026-03-25 12:00"}}
  reviews: {{path: reviews.csv, site: site, time: posted_on}}
"""


def maybe(random, thing):
    """The thing, nothing, or what nobody can read."""
    return random.choice([thing] * 8 + ["", "", "??"])


def booking(random):
    day = date(2026, 3, 1) + timedelta(days=random.randrange(31))
    arrives = datetime(day.year, day.month, day.day, random.choice((0, 15, 18)))
    cancelled = arrives - timedelta(hours=random.choice((-48, -6, 0, 1, 17, 18, 19, 47, 48, 49, 72, 900)))
    came = arrives + timedelta(hours=random.choice((-2, 1, 9, 30)))
    fate = random.randrange(4)
    return {
        "site": random.choice(SITES[:3]),
        "arrives_on": day,
        "arrives_at": maybe(random, arrives),
        "cancelled_at": maybe(random, cancelled) if fate in {0, 3} else "",
        "arrived_at": maybe(random, came) if fate in {1, 3} else "",
        "reserved": maybe(random, random.choice(TYPES)).replace("??", ""),
        "assigned": maybe(random, random.choice(TYPES)).replace("??", ""),
    }


def review(random):
    highest = random.choice((5, 10, 6))
    return {
        "site": random.choice(SITES[:3]),
        "posted_on": date(2026, 3, 1) + timedelta(days=random.randrange(31)),
        "score": random.choice(
            [Fraction(random.randrange(0, 2 * highest + 3), 2)] * 6 + ["", "??", "nan", "inf", "-1"]
        ),
        "lowest": random.choice([1] * 8 + ["", "??"]),
        "highest": random.choice([highest] * 8 + ["", 1, 0]),
    }


def written(cell):
    if isinstance(cell, Fraction):
        return str(float(cell))
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)


def csv(rows):
    lines = [",".join(rows[0]), *(",".join(written(cell) for cell in row.values()) for row in rows)]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- the naive counts: n, part, invalid, missing


def cancellations(rows, arrival, notice=None):
    n = part = invalid = missing = 0
    for row in rows:
        arrives, cancelled = row[arrival], row["cancelled_at"]
        if arrives == "" and cancelled != "??":
            missing += 1
        if arrives in {"", "??"} or _day(arrives) >= AS_OF.date():
            continue
        if isinstance(cancelled, datetime) and cancelled.date() > _day(arrives):
            invalid += 1
        elif cancelled == "??":
            continue
        elif cancelled == "":
            n += 1
        elif notice is None or not _in_time(cancelled, arrives, notice):
            n, part = n + 1, part + 1
    return n, part, invalid, missing


def _in_time(cancelled, arrives, notice):
    if isinstance(arrives, datetime):
        return cancelled <= arrives - notice
    return cancelled.date() <= arrives - notice


def _day(moment):
    return moment.date() if isinstance(moment, datetime) else moment


def no_shows(rows):
    n = part = invalid = 0
    for row in rows:
        arrived, cancelled = row["arrived_at"], row["cancelled_at"]
        if row["arrives_on"] >= AS_OF.date():
            continue
        if isinstance(arrived, datetime) and isinstance(cancelled, datetime):
            invalid += 1
        elif cancelled == "" and arrived != "??":
            n, part = n + 1, part + (arrived == "")
    return n, part, invalid, 0


def kept(rows, order=None):
    n = part = invalid = missing = 0
    for row in rows:
        reserved, assigned = row["reserved"], row["assigned"]
        if "" in {reserved, assigned}:
            missing += 1
        elif order is None:
            n, part = n + 1, part + (reserved == assigned)
        elif reserved not in order or assigned not in order:
            invalid += 1
        else:
            n, part = n + 1, part + (order.index(assigned) >= order.index(reserved))
    return n, part, invalid, missing


def points(rows, scale=None):
    found = []
    for row in rows:
        cells = (row["score"], *(scale or (row["lowest"], row["highest"])))
        cells = [Fraction(cell) if cell == "-1" else cell for cell in cells]
        if all(isinstance(cell, int | Fraction) for cell in cells):
            score, lowest, highest = cells
            if lowest < highest and lowest <= score <= highest:
                found.append(100 * Fraction(score - lowest) / (highest - lowest))
    return found


NAIVE = {
    "all-by-day": lambda rows: cancellations(rows, "arrives_on"),
    "late-by-day": lambda rows: cancellations(rows, "arrives_on", timedelta(days=2)),
    "late-by-hour": lambda rows: cancellations(rows, "arrives_at", timedelta(hours=18)),
    "no-shows": no_shows,
    "same-room": kept,
    "room-or-better": lambda rows: kept(rows, ("A", "B", "C")),
}
READS = {
    "all-by-day": ("cancelled_at", "arrives_on"),
    "late-by-day": ("cancelled_at", "arrives_on"),
    "late-by-hour": ("cancelled_at", "arrives_at"),
    "no-shows": ("arrived_at", "cancelled_at", "arrives_on"),
    "same-room": ("reserved", "assigned"),
    "room-or-better": ("reserved", "assigned"),
}


def wilson(part, n):
    z = NormalDist().inv_cdf(0.975)
    middle, half = (part / n + z * z / 2 / n), z * ((part / n * (1 - part / n) + z * z / 4 / n) / n) ** 0.5
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


@pytest.fixture(scope="module", params=[1, 2, 3])
def measured(request, tmp_path_factory, projects):
    """Results of sites and of the whole, and the rows they are made of."""
    random = Random(request.param)
    bookings, reviews = [booking(random) for _ in range(400)], [review(random) for _ in range(300)]
    made = projects(tmp_path_factory.mktemp("measured"))
    made.write("sqaudit.yaml", "project: own\ntimezone: UTC\n")
    made.write("standards/own/standard.yaml", STANDARD)
    made.write("standards/own/checklists/own.yaml", CHECKLIST)
    made.write("audits/own/programme.yaml", PROGRAMME)
    made.write("audits/own/bookings.csv", csv(bookings))
    made.write("audits/own/reviews.csv", csv(reviews))
    made.run("run", "own", "--period", "2026-03")
    results = {**made.results(), **made.results("--level", "programme")}
    return results, bookings, reviews


def of_site(rows, site):
    return [row for row in rows if site in {"own", row["site"]}]


@pytest.mark.parametrize("item", NAIVE)
@pytest.mark.parametrize("site", [*SITES[:3], "own"])
def test_a_share_is_what_a_naive_count_gives_at_a_site_and_over_all(measured, item, site):
    results, bookings, _ = measured
    n, part, invalid, missing = NAIVE[item](of_site(bookings, site))
    result = results[site, item, None]
    assert n > 0
    assert (result["n"], result["value"]) == (n, pytest.approx(part / n, rel=1e-12))
    assert (result["low"], result["high"]) == pytest.approx(wilson(part, n), abs=1e-9)
    if site != "own":  # above the sites these are not told
        unreadable = sum("??" in [row[column] for column in READS[item]] for row in of_site(bookings, site))
        assert (result["missing"], result["invalid"]) == (missing, invalid + unreadable)


@pytest.mark.parametrize(("item", "scale"), [("reviews", None), ("fixed-scale", (1, 5))])
@pytest.mark.parametrize("site", [*SITES[:3], "own"])
def test_reviews_are_averaged_each_by_its_own_scale(measured, item, scale, site):
    results, _, reviews = measured
    found = points(of_site(reviews, site), scale)
    result = results[site, item, None]
    assert result["n"] == len(found) > 2
    assert result["value"] == pytest.approx(float(sum(found) / len(found)), rel=1e-9)
    assert result["interval"] == "t"
    assert 0 <= result["low"] <= result["value"] <= result["high"] <= 100
    # Student's t at 95 % lies above the normal 1.96 and below 4.31 from three values on.
    error = (float(variance(found)) / len(found)) ** 0.5
    assert 1.95 * error <= result["value"] - result["low"] + 1e-9 or result["low"] == 0
    assert result["value"] - result["low"] <= 4.31 * error + 1e-9


@pytest.mark.parametrize("item", [*NAIVE, "reviews", "fixed-scale"])
def test_without_rows_there_is_no_value(measured, item):
    result = measured[0]["empty", item, None]
    assert (result["value"], result["status"], result["reason"]) == (None, "no_data", "no_rows")


def test_formulas_that_must_not_be_compared_have_ids_of_their_own(measured):
    formulas = {item: measured[0]["amber", item, None]["formula"] for item in (*NAIVE, "reviews")}
    assert formulas == {
        "all-by-day": "cancellation_rate-all/1",
        "late-by-day": "cancellation_rate-late/1",
        "late-by-hour": "cancellation_rate-late/1",
        "no-shows": "no_show_rate/1",
        "same-room": "room_kept-same/1",
        "room-or-better": "room_kept-or_better/1",
        "reviews": "review_index/1",
    }


@pytest.mark.parametrize(
    ("measure", "english", "chinese"),
    [
        ("cancellation_rate(cancelled_at, arrives_on, 2)", "INTERVAL 48 HOUR", "通知期"),
        ("room_kept(reserved, arrives_on)", "both are columns of one type", "同一类型"),
        ("room_kept(reserved, assigned, 'A')", "'A' is no order of room types", "不是房型的排序"),
        ("room_kept(reserved, assigned, 'A < B < A')", "name each type once", "每种房型写一次"),
        ("room_kept(reserved, assigned, 'A < < B')", "is no order of room types", "不是房型的排序"),
        ("room_kept(reserved, assigned, '')", "is no order of room types", "不是房型的排序"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_both_languages(project, measure, english, chinese):
    project.write("sqaudit.yaml", "project: own\n")
    project.write("standards/own/standard.yaml", STANDARD)
    project.write(
        "standards/own/checklists/own.yaml",
        f'kind: checklist\nid: own\nstandard: own@1\ndataset: bookings\nitems: [{{criterion: any, measure: "{measure}"}}]\n',
    )
    assert english in project.refused("check")
    assert chinese in project.refused("--lang", "zh", "check")


def test_a_type_with_a_quote_in_its_name_is_only_a_name(project):
    project.write("sqaudit.yaml", "project: own\n")
    project.write("standards/own/standard.yaml", STANDARD)
    measure = "room_kept(reserved, assigned, 'x'') OR TRUE --< B')"
    project.write(
        "standards/own/checklists/own.yaml",
        f'kind: checklist\nid: own\nstandard: own@1\ndataset: bookings\nitems: [{{criterion: any, measure: "{measure}"}}]\n',
    )
    project.write(
        "audits/own/programme.yaml",
        PROGRAMME.replace("  reviews: {path: reviews.csv, site: site, time: posted_on}\n", ""),
    )
    project.write(
        "audits/own/bookings.csv",
        "site,arrives_on,reserved,assigned\namber,2026-03-01,x') OR TRUE --,B\namber,2026-03-01,B,x') OR TRUE --\n",
    )
    project.run("run", "own", "--period", "2026-03")
    result = project.results()["amber", "any", None]
    assert (result["value"], result["n"]) == (0.5, 2)
