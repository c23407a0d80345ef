"""Real files: read counts equal an independent count by Python's own readers."""

import csv
import gzip
import json
import shutil
from collections import Counter
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

BLANKS = " \t\n\r\v\f\u00a0\u3000\ufeff"  # a byte order mark inside a review is no text either


def plain_rows(path, encoding="utf-8-sig", delimiter=","):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding=encoding, newline="") as stream:
        return [row for row in csv.reader(stream, delimiter=delimiter) if any(cell.strip() for cell in row)]


def test_boston_cases_by_office_agree_with_python(real_data, tmp_path, staging, columns):
    path = real_data("boston_311/cases.csv.gz")
    header, *rows = plain_rows(path)
    declared = columns(id="integer", opened="timestamp", closed="timestamp?", ontime="text?", ward="text?")
    mapping = {"id": "CASE_ENQUIRY_ID", "opened": "OPEN_DT", "closed": "CLOSED_DT", "ontime": "OnTime_Status"}
    with staging(
        tmp_path,
        declared,
        paths=(str(path),),
        columns=mapping,
        site="Department",
        time="opened",
        read={"dates": ("%m/%d/%Y %I:%M:%S %p",)},
        zone="America/New_York",
    ) as staged:
        assert staged.record.read == len(rows)
        place = {name: header.index(name) for name in header}
        offices = Counter(row[place["Department"]].strip() for row in rows if row[place["Department"]].strip())
        assert dict(staged.engine.query('SELECT ":site", count(*) FROM d GROUP BY 1')) == offices
        closed = [row[place["CLOSED_DT"]] for row in rows if row[place["Department"]].strip()]
        assert staged.record.columns["closed"].missing == sum(not text for text in closed)
        assert staged.record.columns["closed"].invalid == 0
        zone = ZoneInfo("America/New_York")
        opened = [datetime.strptime(row[place["OPEN_DT"]], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=zone) for row in rows]
        assert staged.record.earliest == min(opened)
        assert staged.record.newest == max(opened)


def test_an_expression_over_boston_gives_the_same_moments_as_a_format(real_data, tmp_path, staging, columns):
    path = real_data("boston_311/cases.csv.gz")
    declared = columns(a="timestamp?", b="timestamp?")
    mapping = {"a": "CLOSED_DT", "b": "strptime(CLOSED_DT, '%m/%d/%Y %I:%M:%S %p')"}
    with staging(
        tmp_path,
        declared,
        paths=(str(path),),
        columns=mapping,
        read={"dates": ("%m/%d/%Y %I:%M:%S %p",)},
        zone="America/New_York",
    ) as staged:
        assert staged.record.columns["a"].valid > 0
        assert staged.record.columns["a"] == staged.record.columns["b"]
        assert staged.engine.query("SELECT count(*) FROM d WHERE a IS DISTINCT FROM b") == [(0,)]


def test_food_hygiene_table_and_raw_answer_agree(real_data, tmp_path, staging, columns):
    table = real_data("fhrs_london/establishments.csv.gz")
    raw = real_data("fhrs_london/raw_api_sutton.json.gz")
    document = json.loads(gzip.decompress(raw.read_bytes()))["establishments"]
    declared = columns(FHRSID="integer", hygiene="integer?", RatingDate="date?")
    with staging(
        tmp_path,
        declared,
        paths=(str(raw),),
        columns={"hygiene": "scores.Hygiene"},
        read={"records": "establishments"},
    ) as staged:
        assert staged.record.read == len(document) == staged.record.accepted
        expected = {row["FHRSID"]: row["scores"]["Hygiene"] for row in document}
        from_json = dict(staged.rows("FHRSID", "hygiene"))
        assert from_json == expected
    header, *rows = plain_rows(table)
    with staging(
        tmp_path, declared, paths=(str(table),), columns={"hygiene": "Hygiene"}, site="LocalAuthorityName"
    ) as s:
        assert s.record.read == len(rows)
        sutton = dict(s.engine.query("SELECT FHRSID, hygiene FROM d WHERE \":site\" = 'Sutton'"))
        assert sutton == expected
        place = header.index("RatingDate")
        assert s.record.columns["RatingDate"].missing == sum(not row[place].strip() for row in rows)


def test_las_vegas_leaves_blank_records_out_and_counts_them(real_data, tmp_path, staging, columns):
    path = real_data("lasvegas_tripadvisor/LasVegasTripAdvisorReviews-Dataset.csv.gz")
    with gzip.open(path, "rt", newline="") as stream:
        records = list(csv.reader(stream, delimiter=";"))[1:]
    with staging(
        tmp_path,
        columns(Score={"type": "integer?", "minimum": 1, "maximum": 5}, stars={"type": "number?", "scale": 1}),
        paths=(str(path),),
        columns={"stars": "Hotel stars"},
        site="Hotel name",
        read={"delimiter": ";", "decimal": ","},
    ) as staged:
        blank = sum(not any(cell.strip() for cell in row) for row in records)
        assert (staged.record.read, staged.record.blank) == (504, 35) == (len(records) - blank, blank)
        assert staged.record.columns["Score"].missing == 13
        assert Decimal("3.5") in staged.column("stars")
        assert staged.record.columns["stars"].invalid == 0


def test_louisville_without_header_by_position(real_data, tmp_path, staging, columns):
    path = real_data("louisville_inspections/inspections.csv.gz")
    rows = plain_rows(path)
    with staging(
        tmp_path,
        columns(score="integer?", day="date?", kind="text"),
        paths=(str(path),),
        columns={"score": 2, "day": 3, "kind": "column5"},
        read={"header": False, "dates": ("%Y%m%d",)},
        nulls=("", "null"),
    ) as staged:
        assert staged.record.read == len(rows) == 24_763
        assert staged.record.columns["score"].missing == sum(not row[1].strip() for row in rows)
        assert staged.record.columns["day"].invalid == 0


def test_kiosk_survey_in_cp949(real_data, tmp_path, staging, columns):
    path = real_data("kiosk_servqual/kiosk_cp949.csv")
    _, *rows = plain_rows(path, "cp949")
    with staging(
        tmp_path, columns(gender="text?"), paths=(str(path),), columns={"gender": 1}, read={"encoding": "cp949"}
    ) as staged:
        assert staged.record.read == len(rows)
        assert Counter(staged.column("gender")) == Counter(row[0].strip() or None for row in rows)


def test_call_centre_workbook(real_data, tmp_path, staging, columns):
    import openpyxl

    path = real_data("pwc_call_centre/Call-Center-Dataset.xlsx")
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    header, *rows = [row for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]
    rating = next(place for place, name in enumerate(header) if name and "rating" in str(name).lower())
    with staging(
        tmp_path, columns(rating="integer?"), paths=(str(path),), columns={"rating": rating + 1}, site="Agent"
    ) as staged:
        assert staged.record.read == len(rows) == 5_000
        assert staged.column("rating") == [row[rating] for row in rows]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("wake_restaurants/restaurant_inspections.csv.gz", 3_875),
        ("hotel_bookings/resort_2015.csv.gz", None),
        ("chn_online_shopping/reviews.csv.gz", None),
        ("olist/olist_order_reviews_dataset.csv.gz", None),
        ("nyc_restaurants/violations.csv.gz", None),
    ],
)
def test_every_record_of_a_file_is_read(real_data, tmp_path, staging, columns, name, count):
    """Multi-line quotes, NA words, review texts with line breaks."""
    path = real_data(name)
    header, *rows = plain_rows(path)
    with staging(
        tmp_path, columns(first="text?", last="text?"), paths=(str(path),), columns={"first": 1, "last": len(header)}
    ) as s:
        assert s.record.read == len(rows)
        assert count in {None, len(rows)}
        assert s.record.accepted == len(rows)
        assert s.column("last") == [row[-1].strip(BLANKS) or None for row in rows]
        assert s.column(":row") == list(range(1, len(rows) + 1))


def test_rows_of_two_files_are_numbered_per_file(real_data, tmp_path, staging, columns):
    path = real_data("louisville_inspections/inspections.csv.gz")
    shutil.copy(path, tmp_path / "b.csv.gz")
    shutil.copy(path, tmp_path / "a.csv.gz")
    with staging(
        tmp_path, columns(kind="text"), paths=("*.csv.gz",), columns={"kind": 5}, read={"header": False}
    ) as staged:
        assert staged.rows(":file", ":row") == [(file, row) for file in (1, 2) for row in range(1, 24_764)]
