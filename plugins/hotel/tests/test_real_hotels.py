"""Real bookings and reviews: every figure against DuckDB reading the same file by itself.

Bookings: A. Antonio, A. de Almeida, L. Nunes, Hotel booking demand datasets, Data in Brief 22 (2019) 41-49 (CC BY 4.0).
Reviews: S. Moro, P. Rita, J. Coelho, Stripping customers' feedback on hotels, Tourism Management Perspectives 23 (2017)
41-52, as published by UCI (CC BY 4.0).
"""

import json
import shutil

import duckdb
import pytest

BOOKINGS = "hotel_bookings/resort_2015.csv.gz"
REVIEWS = "lasvegas_tripadvisor/LasVegasTripAdvisorReviews-Dataset.csv.gz"
MONTHS = [f"2015-{month:02}" for month in range(7, 13)]
ARRIVAL = "strptime(concat(arrival_date_year, ' ', arrival_date_month, ' ', arrival_date_day_of_month), '%Y %B %d')"
RESORT_STANDARD = """
kind: standard
id: resort
version: "1.0"
extends: hotel-service@1
datasets: {bookings: {columns: {repeat: {type: boolean, optional: true}}}}
"""
RESORT_CHECKLIST = """
kind: checklist
id: resort
standard: resort@1
dataset: bookings
items:
  - {id: type-same, criterion: room-type-kept, measure: "room_kept(reserved_type, assigned_type)"}
  - id: type-kept-or-better
    measure: room_kept(reserved_type, assigned_type, 'A < B < C < D < E < F < G < H < I < L')
  - {id: late, criterion: late-cancellations, measure: "cancellation_rate(cancelled_on, arrives_on, INTERVAL 48 HOUR)"}
  - {id: no-shows-seen, criterion: few-no-shows, measure: "no_show_rate(arrived_at, cancelled_on, arrives_on)"}
  - {id: cancelled-in-all, measure: "cancellation_rate(cancelled_on, arrives_on)"}
  - {id: repeat-guests, measure: share(repeat), where: arrived_at IS NOT NULL}
  - {id: nights-slept-in, dataset: room-nights, measure: sum(rooms)}
"""
RESORT_PROGRAMME = f"""
kind: programme
id: resort
standard: resort@1
checklists: [resort]
sites: [{{id: Resort Hotel}}]
period: month
sources:
  bookings:
    path: bookings.csv.gz
    site: hotel
    time: arrives_on
    nulls: ["NULL", NA]
    columns:
      arrives_on: CAST({ARRIVAL} AS DATE)
      departs_on: CAST({ARRIVAL} + to_days(CAST(stays_in_weekend_nights AS INTEGER) + CAST(stays_in_week_nights AS INTEGER)) AS DATE)
      cancelled_on: CASE reservation_status WHEN 'Canceled' THEN CAST(strptime(reservation_status_date, '%m/%d/%Y') AS DATE) END
      arrived_at: CASE reservation_status WHEN 'Check-Out' THEN {ARRIVAL} END
      reserved_type: reserved_room_type
      assigned_type: CASE reservation_status WHEN 'Check-Out' THEN assigned_room_type END
      repeat: is_repeated_guest
  nights: {{collector: nights}}
  room-nights:
    query: |
      SELECT hotel, night, count(*) AS rooms, 0 AS complaints
      FROM bookings JOIN nights ON arrives_on <= night AND night < departs_on
      WHERE arrived_at IS NOT NULL
      GROUP BY hotel, night
    site: hotel
    time: night
"""
# The same by hand: what happened to each booking, by its month of arrival.
RESORT_BY_HAND = f"""
WITH booked AS (
  SELECT reservation_status AS status, {ARRIVAL}::DATE AS arrives, strptime(reservation_status_date, '%m/%d/%Y')::DATE AS changed,
    reserved_room_type AS reserved, assigned_room_type AS assigned, is_repeated_guest = '1' AS again
  FROM read_csv(?, all_varchar = true)
)
SELECT strftime(arrives, '%Y-%m') AS month,
  {{'n': count(*), 'part': count(*) FILTER (status = 'Canceled')}} AS "cancelled-in-all",
  {{'n': count(*) FILTER (status <> 'Canceled' OR changed > arrives - 2),
    'part': count(*) FILTER (status = 'Canceled' AND changed > arrives - 2)}} AS late,
  {{'n': count(*) FILTER (status <> 'Canceled'), 'part': count(*) FILTER (status = 'No-Show')}} AS "no-shows-seen",
  {{'n': count(*) FILTER (status = 'Check-Out'),
    'part': count(*) FILTER (status = 'Check-Out' AND reserved = assigned)}} AS "type-same",
  {{'n': count(*) FILTER (status = 'Check-Out'),
    'part': count(*) FILTER (status = 'Check-Out' AND reserved <= assigned)}} AS "type-kept-or-better",
  {{'n': count(*) FILTER (status = 'Check-Out'), 'part': count(*) FILTER (status = 'Check-Out' AND again)}} AS "repeat-guests"
FROM booked GROUP BY month ORDER BY month
"""
SHARES = ("cancelled-in-all", "late", "no-shows-seen", "type-same", "type-kept-or-better", "repeat-guests")
NIGHTS_BY_HAND = f"""
WITH stays AS (
  SELECT {ARRIVAL}::DATE AS arrives, stays_in_weekend_nights::INT + stays_in_week_nights::INT AS nights
  FROM read_csv(?, all_varchar = true) WHERE reservation_status = 'Check-Out'
), slept AS (SELECT unnest(generate_series(arrives, arrives + nights - 1, INTERVAL 1 DAY)) AS night FROM stays WHERE nights > 0)
SELECT strftime(night, '%Y-%m') AS month, count(*) FROM slept GROUP BY month
"""


@pytest.fixture(scope="module")
def resort(data_set, projects, tmp_path_factory):
    """Results by month and item."""
    made = projects(tmp_path_factory.mktemp("resort"))
    made.write("sqaudit.yaml", "project: resort\ntimezone: Europe/Lisbon\nrequires: [hotel >=1.0]\n")
    made.write("standards/resort/standard.yaml", RESORT_STANDARD)
    made.write("standards/resort/checklists/resort.yaml", RESORT_CHECKLIST)
    made.write("audits/resort/programme.yaml", RESORT_PROGRAMME)
    shutil.copyfile(data_set(BOOKINGS), made.folder / "audits/resort/bookings.csv.gz")
    found = {}
    for month in MONTHS:
        made.run("run", "resort", "--period", month)
        results = made.results("--period", month)
        found |= {(month, item): result for (_, item, _), result in results.items()}
    return found


@pytest.fixture(scope="module")
def by_hand(data_set):
    rows = duckdb.execute(RESORT_BY_HAND, [str(data_set(BOOKINGS))]).fetchall()
    return {(row[0], item): counted for row in rows for item, counted in zip(SHARES, row[1:], strict=True)}


@pytest.mark.parametrize("item", SHARES)
@pytest.mark.parametrize("month", MONTHS)
def test_cancellations_no_shows_rooms_and_repeat_guests_are_those_of_the_file(resort, by_hand, item, month):
    result, counted = resort[month, item], by_hand[month, item]
    assert counted["n"] > 100
    assert (result["n"], result["value"]) == (counted["n"], pytest.approx(counted["part"] / counted["n"], rel=1e-12))
    assert result["low"] <= result["value"] <= result["high"]
    assert result["low"] < result["high"]
    assert result["invalid"] == 0


def test_what_the_bookings_say_in_july_2015(resort):
    """The figures as they are shown: the bases differ, and each of them is what the measure says it is."""
    july = {item: resort["2015-07", item] for item in SHARES}
    assert {item: (round(result["value"] * result["n"]), result["n"]) for item, result in july.items()} == {
        "cancelled-in-all": (314, 1378),  # all bookings
        "late": (14, 1078),  # those that stood two days before
        "no-shows-seen": (6, 1064),  # those that stood on the day
        "type-same": (804, 1058),  # those that slept here
        "type-kept-or-better": (1045, 1058),  # by the letters alone: what they stand for is not told
        "repeat-guests": (5, 1058),
    }


@pytest.mark.parametrize("month", MONTHS)
def test_nights_are_those_that_guests_slept_in_the_month(resort, data_set, month):
    nights = dict(duckdb.execute(NIGHTS_BY_HAND, [str(data_set(BOOKINGS))]).fetchall())
    # December's guests stay into January, and nobody of June is in the file.
    assert resort[month, "nights-slept-in"]["value"] == nights[month] > 2000


VEGAS_CHECKLIST = """
kind: checklist
id: vegas
standard: hotel-service@1
dataset: reviews
items:
  - {id: review-points, criterion: good-reviews, measure: "review_index(overall, scale_lowest, scale_highest)", score: value}
  - {id: content, measure: share(overall >= 4)}
"""
VEGAS_PROGRAMME = """
kind: programme
id: vegas
standard: hotel-service@1
checklists: [vegas]
sites:
{sites}
period: year
sources:
  reviews:
    path: reviews.csv.gz
    site: '"Hotel name"'
    time: posted_at
    read: {{delimiter: ";", decimal: ","}}
    columns:
      posted_at: strptime(concat('2015 ', "Review month", ' 15'), '%Y %B %d')
      platform: "'tripadvisor'"
      scale_lowest: CAST(1 AS INTEGER)
      scale_highest: CAST(5 AS INTEGER)
      overall: Score
"""
VEGAS_BY_HAND = """
SELECT "Hotel name" AS hotel, count(try_cast("Score" AS INT)), count(*) - count(try_cast("Score" AS INT)),
  avg((try_cast("Score" AS INT) >= 4)::INT), avg(100 * (try_cast("Score" AS DOUBLE) - 1) / 4), 100 * sqrt(var_samp(try_cast("Score" AS DOUBLE)) / 16 / count("Score"))
FROM read_csv(?, delim = ';', all_varchar = true, header = true, null_padding = true, quote = '')
WHERE trim(coalesce("Hotel name", '')) <> '' GROUP BY hotel
"""


@pytest.fixture(scope="module")
def vegas_by_hand(data_set):
    return {row[0]: row[1:] for row in duckdb.execute(VEGAS_BY_HAND, [str(data_set(REVIEWS))]).fetchall()}


@pytest.fixture(scope="module")
def vegas(data_set, vegas_by_hand, projects, tmp_path_factory):
    made = projects(tmp_path_factory.mktemp("vegas"))
    made.write("sqaudit.yaml", "project: vegas\ntimezone: America/Los_Angeles\nrequires: [hotel >=1.0]\n")
    made.write("standards/vegas/checklists/vegas.yaml", VEGAS_CHECKLIST)
    sites = "\n".join(f'  - {{id: "{hotel}"}}' for hotel in sorted(vegas_by_hand))
    made.write("audits/vegas/programme.yaml", VEGAS_PROGRAMME.format(sites=sites))
    shutil.copyfile(data_set(REVIEWS), made.folder / "audits/vegas/reviews.csv.gz")
    made.run("run", "vegas", "--period", "2015")
    return made


def test_twenty_one_hotels_are_read_from_half_empty_lines(vegas_by_hand):
    assert len(vegas_by_hand) == 21
    assert sum(known + missing for known, missing, *_ in vegas_by_hand.values()) == 504
    assert sum(missing for _, missing, *_ in vegas_by_hand.values()) == 13


def test_review_scores_by_hotel_are_those_of_the_file(vegas, vegas_by_hand):
    results = vegas.results()
    for hotel, (known, missing, content, mean, error) in vegas_by_hand.items():
        result = results[hotel, "review-points", None]
        assert (result["n"], result["missing"], result["invalid"]) == (known, missing, 0), hotel
        assert result["value"] == pytest.approx(mean, rel=1e-9), hotel
        assert results[hotel, "content", None]["value"] == pytest.approx(content, rel=1e-9), hotel
        # Student's t of 22 to 23 degrees of freedom at 95 % is 2.07.
        assert result["value"] - result["low"] == pytest.approx(2.07 * error, rel=0.02), hotel


def test_blank_lines_are_told_apart_from_reviews(vegas):
    told = json.loads(vegas.run("report", "vegas", "--period", "2015", "--format", "json"))
    (source,) = [source for source in told["sources"] if source["dataset"] == "reviews"]
    assert (source["accepted"], source["rejected"], source["blank"]) == (504, 0, 35)
