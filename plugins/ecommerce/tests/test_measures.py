"""The measures against plain Python over random rows, and each edge by itself."""

import csv
import io
import math
import random
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import NormalDist

import pytest

STANDARD = """
kind: standard
id: shop
version: "1.0.0"
dimensions: {all: {}}
datasets:
  rows:
    columns:
      at: timestamp
      delivered: {type: timestamp, optional: true}
      promised: {type: date, optional: true}
      promised_at: {type: timestamp, optional: true}
      cancelled: {type: timestamp, optional: true}
      complaints: {type: number, optional: true}
      orders: {type: number, optional: true}
      holiday: {type: boolean, optional: true}
      alone: {type: boolean, optional: true}
      ended: {type: timestamp, optional: true}
      back: {type: timestamp, optional: true}
criteria: [{id: any, dimension: all}]
"""
CHECKLIST = """
kind: checklist
id: all
standard: shop@1
dataset: rows
items:
  - {id: day, measure: "promise_kept(delivered, promised, cancelled)"}
  - {id: hour, measure: "promise_kept(delivered, promised_at, cancelled)"}
  - {id: plain, measure: "promise_kept(delivered, promised)"}
  - {id: ratio, measure: "holiday_ratio(complaints, orders, holiday)"}
  - {id: bot, measure: "bot_solved(alone, ended, back, INTERVAL 72 HOUR)"}
"""
COLUMNS = (
    "site", "at", "delivered", "promised", "promised_at", "cancelled", "complaints", "orders", "holiday", "alone", "ended", "back",
)  # fmt: skip
BAD = object()
AS_OF = datetime(2026, 4, 1)
LIMIT = timedelta(hours=72)


def written(value):
    if value is BAD:
        return "no such thing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def files(rows, sites):
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([row["site"], "2026-03-02", *(written(row.get(name)) for name in COLUMNS[2:])] for row in rows)
    listed = ", ".join(f"{{id: {site}}}" for site in sites)
    return {
        "sqaudit.yaml": "project: measures\n",
        "standards/shop/standard.yaml": STANDARD,
        "standards/shop/checklists/all.yaml": CHECKLIST,
        "audits/all/programme.yaml": f"kind: programme\nid: all\nstandard: shop@1\nchecklists: [all]\nsites: [{listed}]\n"
        "period: month\nsources: {rows: {path: rows.csv, site: site, time: at}}\n",
        "audits/all/rows.csv": text.getvalue(),
    }


def measured(project, rows, sites):
    project.write(files(rows, sites)).run("run", "all", "--period", "2026-03")
    return {**project.results("--programme", "all"), **project.results("--level", "programme")}


def promise(row, promised, *, cancellable=True):
    """``True`` kept, ``False`` broken, ``None`` neither."""
    due, delivered, cancelled = row[promised], row["delivered"], row["cancelled"] if cancellable else None
    if due is None or due is BAD or delivered is BAD:
        return None
    by_day = type(due) is date

    def is_by(moment):
        return (moment.date() if by_day else moment) <= due

    if delivered is not None:
        return is_by(delivered)
    if cancelled is BAD:
        return None
    if cancelled is not None:
        return None if is_by(cancelled) else False
    is_over = due < AS_OF.date() if by_day else due <= AS_OF
    return False if is_over else None


def solved(row):
    alone, ended, back = row["alone"], row["ended"], row["back"]
    if any(cell is None or cell is BAD for cell in (alone, ended)):
        return None
    if back not in {None, BAD} and back < ended:
        return None
    if not alone:
        return False
    if back is BAD:
        return None
    if back is not None:
        return back > ended + LIMIT
    return True if ended + LIMIT <= AS_OF else None


def ratio(rows):
    totals = {True: [0, 0], False: [0, 0]}
    n = 0
    for row in rows:
        events, exposure, holiday = (row[name] for name in ("complaints", "orders", "holiday"))
        if any(cell is None or cell is BAD or cell == "nan" for cell in (events, exposure, holiday)):
            continue
        if events < 0 or exposure < 0:
            continue
        n += 1
        totals[holiday][0] += events
        totals[holiday][1] += exposure
    return n, *totals[True], *totals[False]


def wilson(events, total):
    z, share = NormalDist().inv_cdf(0.975), events / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    margin = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return centre - margin, centre + margin


def random_row(dice, site):
    def moment(lowest):
        kind = dice.random()
        if kind < 0.25:
            return None
        if kind < 0.32:
            return BAD
        return datetime(2026, 3, lowest) + timedelta(hours=dice.randrange(24 * 35))

    promised = dice.choice([None, BAD, *(date(2026, 3, 1) + timedelta(days=dice.randrange(36)) for _ in range(8))])
    return {
        "site": site,
        "delivered": moment(1),
        "promised": promised,
        "promised_at": moment(1),
        "cancelled": moment(1) if dice.random() < 0.5 else None,
        "complaints": dice.choice([0, 0, 1, 2, 3, 7, -1, None, BAD, "nan"]),
        "orders": dice.choice([0, 10, 40, 100, 100, -5, None, BAD]),
        "holiday": dice.choice([True, False, False, None, BAD]),
        "alone": dice.choice([True, True, True, False, None, BAD]),
        "ended": moment(1),
        "back": moment(1) if dice.random() < 0.6 else None,
    }


def test_random_rows_and_the_whole_of_them(project):
    dice = random.Random("an ordinary day")
    sites = [f"s{number}" for number in range(8)]
    rows = [random_row(dice, site) for site in sites for _ in range(dice.choice([3, 60, 120]))]
    found = measured(project, rows, [*sites, "empty"])
    for place in (*sites, "all"):
        own = [row for row in rows if place in {row["site"], "all"}]
        outcomes = {
            "day": [promise(row, "promised") for row in own],
            "hour": [promise(row, "promised_at") for row in own],
            "plain": [promise(row, "promised", cancellable=False) for row in own],
            "bot": [solved(row) for row in own],
        }
        for item, known in outcomes.items():
            settled = [outcome for outcome in known if outcome is not None]
            result = found[place, item]
            assert result["n"] == len(settled), (place, item)
            if settled:
                assert result["value"] == pytest.approx(sum(settled) / len(settled), abs=1e-12), (place, item)
                low, high = wilson(sum(settled), len(settled))
                assert result["low"] == pytest.approx(low, abs=1e-9), (place, item)
                assert result["high"] == pytest.approx(high, abs=1e-9), (place, item)
        n, events, exposure, others, other_exposure = ratio(own)
        result = found[place, "ratio"]
        assert result["n"] == n
        if not (exposure and other_exposure and others):
            assert result["value"] is None
            continue
        odds = Fraction(other_exposure, exposure)
        assert result["value"] == pytest.approx(float(Fraction(events, others) * odds), abs=1e-9)
        low, high = wilson(events, events + others)
        assert result["low"] == pytest.approx(low / (1 - low) * float(odds), abs=1e-9)
        assert result["high"] == pytest.approx(high / (1 - high) * float(odds), abs=1e-9)
    assert found["all", "day"]["n"] > 100, "or nothing was tested"
    for item in ("day", "hour", "plain", "ratio", "bot"):
        assert found["empty", item]["value"] is None
        assert found["empty", item]["status"] == "no_data"


MARCH = datetime(2026, 3, 10, 12)
DAY = timedelta(days=1)
PROMISES = {
    "on-the-day-at-night": ({"promised": MARCH.date(), "delivered": datetime(2026, 3, 10, 23, 59)}, 1),
    "the-day-after": ({"promised": MARCH.date(), "delivered": datetime(2026, 3, 11)}, 0),
    "exactly-then": ({"promised_at": MARCH, "delivered": MARCH}, 1),
    "a-second-late": ({"promised_at": MARCH, "delivered": MARCH + timedelta(seconds=1)}, 0),
    "lost": ({"promised": MARCH.date()}, 0),
    "due-tomorrow": ({"promised": date(2026, 4, 1)}, None),
    "due-on-the-last-day": ({"promised": date(2026, 3, 31)}, 0),
    "cancelled-before": ({"promised": MARCH.date(), "cancelled": MARCH - DAY}, None),
    "cancelled-that-day": ({"promised": MARCH.date(), "cancelled": MARCH}, None),
    "cancelled-too-late": ({"promised": MARCH.date(), "cancelled": MARCH + DAY}, 0),
    "cancelled-yet-delivered": ({"promised": MARCH.date(), "cancelled": MARCH - DAY, "delivered": MARCH}, 1),
    "no-promise": ({"delivered": MARCH}, None),
    "unreadable-delivery": ({"promised": MARCH.date(), "delivered": BAD}, None),
    "unreadable-cancelling": ({"promised": MARCH.date(), "cancelled": BAD}, None),
}
CHATS = {
    "solved": ({"alone": True, "ended": MARCH}, 1),
    "handed-over": ({"alone": False, "ended": MARCH}, 0),
    "back-at-the-limit": ({"alone": True, "ended": MARCH, "back": MARCH + LIMIT}, 0),
    "back-later": ({"alone": True, "ended": MARCH, "back": MARCH + LIMIT + timedelta(seconds=1)}, 1),
    "still-waiting": ({"alone": True, "ended": datetime(2026, 3, 30)}, None),
    "over-exactly-now": ({"alone": True, "ended": AS_OF - LIMIT}, 1),
    "handed-over-just-now": ({"alone": False, "ended": datetime(2026, 3, 31)}, 0),
    "back-before-its-end": ({"alone": True, "ended": MARCH, "back": MARCH - DAY}, None),
    "not-ended": ({"alone": True}, None),
    "unknown-who": ({"ended": MARCH}, None),
}


def test_edges(project):
    """One site for each edge; its one row is kept, broken or in neither."""
    edges = {**PROMISES, **CHATS}
    found = measured(project, [{"site": site, **cells} for site, (cells, _) in edges.items()], edges)
    for site, (cells, expected) in edges.items():
        item = "bot" if site in CHATS else "hour" if "promised_at" in cells else "day"
        assert found[site, item]["value"] == expected, site
        assert found[site, item]["n"] == (expected is not None), site


def test_what_stands_in_neither_is_told(project):
    rows = [{"site": "one", **cells} for cells, _ in (PROMISES | CHATS).values()]
    measured(project, rows, ["one"])
    told = project.run("explain", project.results("--site", "one")["one", "day"]["id"])
    assert "broken = 4, kept = 2, n = 6" in told
    assert "running = 1, withdrawn = 2" in told


@pytest.mark.parametrize(
    ("measure", "english", "chinese"),
    [
        ("bot_solved(alone, promised, back, INTERVAL 1 HOUR)", "a moment belongs here, not a date", "此处应为时刻"),
        ("bot_solved(alone, ended, back, 72)", "a duration belongs here", "此处应为时长"),
        ("holiday_ratio(back - ended, orders, holiday)", "a number belongs here, not a duration", "此处应为数值"),
        ("promise_kept(delivered, promised, alone)", "promise_kept", "promise_kept"),
    ],
)
def test_unfit_arguments_are_refused_in_both_languages(project, measure, english, chinese):
    project.write(files([], ["one"]))
    path = project.folder / "standards/shop/checklists/all.yaml"
    path.write_text(path.read_text().replace("promise_kept(delivered, promised)", measure))
    assert english in project.run("check", code=2)
    assert chinese in project.run("check", code=2, lang="zh")


def test_holidays_by_the_calendar_of_the_site(project):
    """China's Labour Day of 2026 and the make-up Saturday after it; a shop in Germany has one of these days."""
    rows = [{"site": site, "day": day} for site in ("cn", "de") for day in range(1, 32)]
    item = (
        "  - {id: ratio, measure: "
        '"holiday_ratio(complaints, orders, business(at, at + INTERVAL 24 HOUR) = INTERVAL 0 HOUR)"}\n'
        '  - {id: days, measure: "count(*)", where: "business(at, at + INTERVAL 24 HOUR) = INTERVAL 0 HOUR"}\n'
    )
    holidays = {"cn": {1, 2, 4, 5}, "de": {1, 14, 25}}
    lines = "".join(
        f"{row['site']},2026-05-{row['day']:02},{6 if row['day'] in holidays[row['site']] else 2},1000\n"
        for row in rows
    )
    project.write(
        {
            "sqaudit.yaml": "project: days\ntimezone: Asia/Shanghai\n"
            "calendars: {cn: {open: always, holidays: CN}, de: {open: always, holidays: DE}}\n",
            "standards/shop/standard.yaml": STANDARD,
            "standards/shop/checklists/all.yaml": CHECKLIST.split("items:", maxsplit=1)[0] + "items:\n" + item,
            "audits/all/programme.yaml": "kind: programme\nid: all\nstandard: shop@1\nchecklists: [all]\nperiod: month\nsites:\n"
            "  - {id: cn, calendar: cn}\n  - {id: de, calendar: de}\n"
            "sources: {rows: {path: rows.csv, site: site, time: at}}\n",
            "audits/all/rows.csv": "site,at,complaints,orders\n" + lines,
        }
    )
    project.run("run", "all", "--period", "2026-05")
    found = project.results("--programme", "all")
    assert {site: found[site, "days"]["value"] for site in holidays} == {"cn": 4, "de": 3}
    assert {site: found[site, "ratio"]["value"] for site in holidays} == {"cn": 3, "de": 3}
