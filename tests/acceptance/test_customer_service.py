"""The bundled standard customer-service@1: every item at every site against a naive computation of our own.

The records are drawn, with what real records have: blanks, cells out of range or unreadable, rows of other periods and
of unknown sites, times with and without offset, and a site in another time zone than the project's.
"""

import csv
import io
import json
import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

STANDARD = Path(__file__).resolve().parents[2] / "standards" / "customer-service"
PROGRAMME = "service"
ZONES = {"bund": ZoneInfo("Asia/Shanghai"), "lakeside": ZoneInfo("UTC"), "riverside": ZoneInfo("UTC")}
STRANGERS = ["seaside", "", " "]
ROWS = 300
PERIOD_START, PERIOD_END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
TICKETS_AS_OF = datetime(2026, 10, 3, 12, tzinfo=UTC)
UNOBSERVED = ["RS-9", "AT-1", "AT-2", "AT-3", "AT-4", "AT-5", "KS-4", "KS-5", "PS-8", "PS-9"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# ---- drawing records


class Draws:
    """Cells as they come out of systems that people use. ``zone`` is that of the row being drawn."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.zone = ZoneInfo("UTC")

    def site(self):
        site = self.random.choice(list(ZONES) if self.random.random() < 0.95 else STRANGERS)
        self.zone = ZONES.get(site, ZoneInfo("UTC"))
        return site

    def cell(self, text, bad=(), blanks=0.06):
        """The text, or nothing, or one of the ``bad`` ones."""
        chance = self.random.random()
        if chance < blanks:
            return self.random.choice(["", "  "])
        return self.random.choice(list(bad)) if bad and chance > 0.95 else text

    def one_of(self, *words, bad=(), blanks=0.06):
        return self.cell(str(self.random.choice(words)), bad, blanks)

    def yes(self, share, blanks=0.06):
        words = ("true", "TRUE", "yes", "1") if self.random.random() < share else ("false", "False", "no", "0")
        return self.one_of(*words, bad=["maybe", "2", "y"], blanks=blanks)

    def moment(self):
        """Around September 2026, now and then on an edge of it."""
        chance = self.random.random()
        if chance < 0.03:
            return self.random.choice([PERIOD_START, PERIOD_END])
        if chance < 0.06:  # midnight at the site, which is an edge only where its zone is the project's
            return self.random.choice([PERIOD_START, PERIOD_END]).replace(tzinfo=self.zone).astimezone(UTC)
        return PERIOD_START - 7 * DAY + timedelta(milliseconds=self.random.randrange(42 * 86_400_000))

    def after(self, start, hours):
        """A moment after another: now and then at once, exactly a day or three days later."""
        exact = self.random.choice([timedelta(0), 24 * HOUR, 72 * HOUR])
        late = timedelta(milliseconds=round(self.random.expovariate(1 / hours) * 3_600_000))
        return start + (exact if self.random.random() < 0.06 else late)

    def written(self, moment, bad=("soon", "2026-09-31 10:00", "31.09.2026"), blanks=0.06):
        """Mostly the time on the site's wall, else with the offset."""
        local = moment.astimezone(self.zone)
        form = self.random.randrange(8)
        if form == 0:
            return self.cell(local.isoformat(), bad, blanks)
        if form == 1:
            return self.cell(moment.isoformat().replace("+00:00", "Z"), bad, blanks)
        return self.cell(local.replace(tzinfo=None).isoformat(sep=" T"[form % 2]), bad, blanks)


def draw_ticket(draws, number):
    site, opened = draws.site(), draws.moment()
    too_early = draws.written(opened - HOUR, blanks=0)
    handed_over = draws.after(opened, 12)
    status = draws.one_of(*["solved"] * 4, "open", "waiting", "withdrawn", bad=["done", "SOLVED"])
    return {
        "branch": site,
        "ticket": f"T{number}",
        "opened_at": draws.written(opened, blanks=0.02),
        "request_type": draws.one_of("enquiry", "complaint", "suggestion", "service_request", bad=["gossip"]),
        "channel": draws.one_of("phone", "mail", bad=["pigeon"]),
        "status": status,
        "first_reply_at": draws.written(draws.after(opened, 9), ["soon", too_early], blanks=0.15),
        "reply_due_at": draws.written(draws.after(opened, 20)),
        "solved_at": draws.written(draws.after(opened, 60), ["soon", too_early], blanks=0.1),
        "promised_at": draws.written(draws.after(opened, 90)),
        "handed_over_at": draws.written(handed_over, ["later", too_early], blanks=0.3),
        "taken_over_at": draws.written(draws.after(handed_over, 5), ["later", draws.written(handed_over - HOUR)]),
        "contacts": draws.one_of("1", "1", "1", "2", "3", "1.0", bad=["0", "two", "1.5"]),
        "reopened": draws.yes(0.1),
        "complex": draws.yes(0.4),
        "longest_silence_hours": draws.one_of("72", "72.00", "72.01", 12.5, 30, 81.25, bad=["-1", "1.234", "long"]),
        "aftercare": draws.yes(0.6),
        "confirmed": draws.yes(0.7),
    }


def draw_message(draws, number):
    site, sent = draws.site(), draws.moment()
    replied = draws.written(draws.after(sent, 3), ["never", draws.written(sent - HOUR)], blanks=0.1)
    return {"branch": site, "ticket": f"T{number}", "sent_at": draws.written(sent), "replied_at": replied}


def draw_survey(draws, _number):
    five, bad = (1, 2, 3, 4, 4, 5, 5), ["0", "6", "4.5", "good"]
    return {
        "branch": draws.site(),
        "answered_at": draws.written(draws.moment()),
        "overall": draws.one_of(*five, bad=bad),
        "attitude": draws.one_of(*five, bad=bad),
        "price_tolerance": draws.one_of(*five, bad=bad),
        "forgiveness": draws.one_of(*five, bad=bad),
        "ease": draws.one_of(1, 2, 3, 4, 5, 6, 7, 7, bad=["0", "8", "easy"]),
        "recommend": draws.one_of(*range(11), 9, 10, 9, 10, bad=["-1", "11", "8.5", "yes"]),
    }


def draw_order(draws, number):
    return {
        "branch": draws.site(),
        "order_number": f"O{number}",
        "customer": draws.cell(f"C{draws.random.randrange(150)}"),
        "ordered_at": draws.written(draws.moment()),
        "earlier_orders": draws.one_of(0, 0, 0, 1, 2, bad=["-1", "some"]),
    }


def draw_customer(draws, number):
    site = draws.site()
    begun = PERIOD_END - timedelta(hours=draws.random.randrange(24 * 200))
    gone = draws.after(begun, 24 * 100)
    return {
        "branch": site,
        "customer": draws.cell(f"C{number}", blanks=0.03),
        "active_from": draws.one_of(begun.date().isoformat(), draws.written(begun)),
        "active_to": draws.written(gone, ["gone", draws.written(begun - 2 * DAY, blanks=0)], blanks=0.5),
        "reason_lost": draws.one_of("price", "service", bad=["unlucky"]),
    }


def draw_day(draws, number):
    day = (PERIOD_START - 7 * DAY + (number % 42) * DAY).date().isoformat()
    return {
        "branch": draws.site(),
        "day": draws.cell(day, ["2026-02-30"]),
        "complaints": draws.one_of(0, 1, 2, 3, bad=["-1", "few"]),
        "orders": draws.one_of(90, 120, 250, 400, bad=["-5", "many"]),
    }


def draw_training(draws, number):
    outcome = draws.one_of("passed", "passed", "passed", "failed", "absent", bad=["ill"])
    return {
        "branch": draws.site(),
        "held_at": draws.written(draws.moment()),
        "staff": f"S{number}",
        "outcome": outcome,
    }


def draw_staff_test(draws, number):
    return {
        "branch": draws.site(),
        "taken_at": draws.written(draws.moment()),
        "staff": f"S{number}",
        "subject": draws.one_of("product", "market", "law", bad=["cooking"]),
        "points": draws.one_of(9, 10.5, 17.25, 24, 28.75, 30, bad=["-1", "31", "55", "12.345", "half"]),
        "points_possible": draws.one_of(30, "30.0", 45, 33.5, bad=["0", "0.99", "?"]),
    }


def draw_review(draws, _number):
    return {
        "branch": draws.site(),
        "reviewed_at": draws.written(draws.moment()),
        "fields_correct": draws.one_of(17, 18, 19, 20, bad=["-1", "99", "most"]),
        "fields_compared": draws.one_of(20, 20, 24, bad=["0", "all"]),
    }


DRAWN = {
    "tickets": draw_ticket,
    "messages": draw_message,
    "surveys": draw_survey,
    "orders": draw_order,
    "customers": draw_customer,
    "complaints": draw_day,
    "training": draw_training,
    "staff-tests": draw_staff_test,
    "reviews": draw_review,
}


def draw_records(seed):
    """A CSV file per dataset."""
    draws, files = Draws(seed), {}
    for dataset, draw in DRAWN.items():
        rows = [draw(draws, number) for number in range(ROWS)]
        written = io.StringIO(newline="")
        writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files[dataset] = written.getvalue()
    return files


# ---- reading records

BAD = object()  # there was a cell, but it cannot be used


@dataclass(frozen=True)
class Row:
    site: str
    cells: dict[str, Any]

    def __getitem__(self, column):
        """The value of a cell, ``None`` if it is missing or bad."""
        return None if self.cells[column] is BAD else self.cells[column]

    def has_bad(self, columns):
        return any(self.cells[column] is BAD for column in columns)


def moment(text, zone):
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=zone)


def word(*allowed):
    def read(text, _zone):
        return text if not allowed or text in allowed else BAD

    return read


def whole(low, high=math.inf):
    def read(text, _zone):
        number = Fraction(text)
        return int(number) if number.denominator == 1 and low <= number <= high else BAD

    return read


def number(low):
    def read(text, _zone):
        return Fraction(text) if Fraction(text) >= low and re.fullmatch(r"\d+(\.\d\d?)?", text) else BAD

    return read


def boolean(text, _zone):
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text.lower(), BAD)


@dataclass(frozen=True)
class Dataset:
    """How its cells are read, and their bounds by other columns. A row without the ``needed`` ones is left out."""

    columns: dict[str, Callable[[str, ZoneInfo], Any]]
    needed: tuple[str, ...]
    least: dict[str, str] = field(default_factory=dict)
    most: dict[str, str] = field(default_factory=dict)
    time: str | None = None


FIVE = whole(1, 5)
DATASETS = {
    "tickets": Dataset(
        {
            **dict.fromkeys(["opened_at", "first_reply_at", "reply_due_at", "solved_at", "promised_at"], moment),
            **dict.fromkeys(["handed_over_at", "taken_over_at"], moment),
            **dict.fromkeys(["reopened", "complex", "aftercare", "confirmed"], boolean),
            "request_type": word("enquiry", "complaint", "suggestion", "service_request"),
            "status": word("open", "waiting", "solved", "withdrawn"),
            "contacts": whole(1),
            "longest_silence_hours": number(0),
        },
        needed=("opened_at",),
        least={
            **dict.fromkeys(["first_reply_at", "solved_at", "handed_over_at"], "opened_at"),
            "taken_over_at": "handed_over_at",
        },
        time="opened_at",
    ),
    "messages": Dataset(
        {"sent_at": moment, "replied_at": moment},
        needed=("sent_at",),
        least={"replied_at": "sent_at"},
        time="sent_at",
    ),
    "surveys": Dataset(
        {
            "answered_at": moment,
            **dict.fromkeys(["overall", "attitude", "price_tolerance", "forgiveness"], FIVE),
            "ease": whole(1, 7),
            "recommend": whole(0, 10),
        },
        needed=("answered_at",),
        time="answered_at",
    ),
    "orders": Dataset(
        {"customer": word(), "ordered_at": moment, "earlier_orders": whole(0)},
        needed=("customer", "ordered_at"),
        time="ordered_at",
    ),
    "customers": Dataset(
        {"customer": word(), "active_from": moment, "active_to": moment},
        needed=("customer", "active_from"),
        least={"active_to": "active_from"},
    ),
    "complaints": Dataset(
        {"day": moment, "complaints": whole(0), "orders": whole(0)},
        needed=("day", "complaints", "orders"),
        time="day",
    ),
    "training": Dataset(
        {"held_at": moment, "outcome": word("passed", "failed", "absent")},
        needed=("held_at",),
        time="held_at",
    ),
    "staff-tests": Dataset(
        {
            "taken_at": moment,
            "subject": word("product", "market", "law"),
            "points": number(0),
            "points_possible": number(1),
        },
        needed=("taken_at", "points_possible"),
        most={"points": "points_possible"},
        time="taken_at",
    ),
    "reviews": Dataset(
        {"reviewed_at": moment, "fields_correct": whole(0), "fields_compared": whole(1)},
        needed=("reviewed_at", "fields_compared"),
        most={"fields_correct": "fields_compared"},
        time="reviewed_at",
    ),
}


def read_cell(read, text, zone):
    if not text.strip():
        return None
    try:
        return read(text.strip(), zone)
    except ValueError:
        return BAD


def read_rows(dataset, text):
    """The rows that are accepted, of whatever period and site."""
    rows = []
    for record in csv.DictReader(io.StringIO(text, newline="")):
        site = record["branch"].strip()
        zone = ZONES.get(site, ZoneInfo("UTC"))
        cells = {name: read_cell(read, record[name], zone) for name, read in dataset.columns.items()}
        readable = Row(site, dict(cells))
        for name, other in dataset.least.items():
            if None not in (readable[name], readable[other]) and readable[name] < readable[other]:
                cells[name] = BAD
        for name, other in dataset.most.items():
            if None not in (readable[name], readable[other]) and readable[name] > readable[other]:
                cells[name] = BAD
        row = Row(site, cells)
        if site and None not in [row[name] for name in dataset.needed]:
            rows.append(row)
    return rows


# ---- what is asked of them

RUNNING = object()  # neither met nor missed yet


def is_(column, wanted):
    return lambda row: None if row[column] is None else row[column] == wanted


def both(one, other):
    """Three-valued: false if one is false, unknown if it may still be either."""
    if one is False or other is False:
        return False
    return None if None in (one, other) else True


def not_withdrawn(row):
    return None if row["status"] is None else row["status"] != "withdrawn"


def column(name):
    return lambda row: row[name]


def pair(one, other):
    return lambda row: None if None in (row[one], row[other]) else (row[one], row[other])


def seconds_between(start, end):
    def of(row):
        if None in (row[start], row[end]):
            return None
        return Fraction((row[end] - row[start]) // timedelta(microseconds=1), 10**6)

    return of


def on_time(done, due_of):
    def of(row):
        due = due_of(row)
        if due is None or row.has_bad([done]):
            return None
        if row[done] is not None:
            return row[done] <= due
        return False if due <= TICKETS_AS_OF else RUNNING

    return of


def at_least(name, least):
    return lambda row: None if row[name] is None else row[name] >= least


def mean(values):
    return Fraction(sum(values), len(values))


def quantile(share):
    def of(values):
        ordered = sorted(values)
        place = share * (len(ordered) - 1)
        below = math.floor(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return of


def net_promoter(answers):
    promoters, detractors = sum(a >= 9 for a in answers), sum(a <= 6 for a in answers)
    return Fraction(100 * (promoters - detractors), len(answers))


def ratio_of_sums(pairs):
    return Fraction(sum(top for top, _ in pairs), sum(bottom for _, bottom in pairs))


def share_of_returning(orders):
    everybody = {customer for customer, _ in orders}
    returning = {customer for customer, earlier in orders if earlier >= 1}
    return Fraction(len(returning), len(everybody))


def was_there_when_the_period_began(row):
    if row["active_from"] >= PERIOD_START:
        return False
    if row.has_bad(["active_to"]):
        return None
    return row["active_to"] is None or row["active_to"] >= PERIOD_START


def is_gone_when_it_ends(row):
    return row["active_to"] is not None and row["active_to"] < PERIOD_END


def is_solved_for_a_week(row):
    long_ago = None if row["solved_at"] is None else row["solved_at"] <= TICKETS_AS_OF - 7 * DAY
    return both(is_("status", "solved")(row), long_ago)


def is_solved_at_first_contact(row):
    not_reopened = None if row["reopened"] is None else not row["reopened"]
    return both(is_("contacts", 1)(row), not_reopened)


def points_of_possible(row):
    return None if row["points"] is None else row["points"] / row["points_possible"]


@dataclass(frozen=True)
class Asked:
    """An item: ``of`` a row (reading the columns ``reads``), over the rows that ``where`` holds for, made one value."""

    dataset: str
    of: Callable
    reads: tuple[str, ...]
    finish: Callable = mean
    where: Callable = lambda _row: True
    where_reads: tuple[str, ...] = ()
    time: str | None = None


def of_tickets(of, reads, where=None, where_reads=("status",), **more):
    if where is None:
        return Asked("tickets", of, reads, **more)
    return Asked("tickets", of, reads, where=where, where_reads=where_reads, **more)


def of_answers(name, least):
    return Asked("surveys", at_least(name, least), (name,))


def of_tests(subject):
    reads = ("points", "points_possible")
    return Asked("staff-tests", points_of_possible, reads, where=is_("subject", subject), where_reads=("subject",))


def late_after(hours):
    return on_time("first_reply_at", lambda row: row["opened_at"] + hours * HOUR)


REPLIED = ("first_reply_at", "opened_at")
DUE = ("first_reply_at", "reply_due_at")
SOLVED = is_("status", "solved")
ITEMS = {
    "complaint-first-reply": of_tickets(late_after(24), REPLIED, is_("request_type", "complaint"), ("request_type",)),
    "every-request-replied": of_tickets(late_after(72), REPLIED, not_withdrawn),
    "first-response-median": of_tickets(
        seconds_between("opened_at", "first_reply_at"), REPLIED, finish=quantile(Fraction(1, 2))
    ),
    "first-response-p90": of_tickets(
        seconds_between("opened_at", "first_reply_at"), REPLIED, finish=quantile(Fraction(9, 10))
    ),
    "solved-share": of_tickets(SOLVED, ("status",), not_withdrawn),
    "time-to-solve": of_tickets(
        seconds_between("opened_at", "solved_at"), ("opened_at", "solved_at"), SOLVED, finish=quantile(Fraction(1, 2))
    ),
    "enquiry-answered-at-once": of_tickets(
        on_time("first_reply_at", column("reply_due_at")),
        DUE,
        is_("request_type", "enquiry"),
        ("request_type",),
        time="reply_due_at",
    ),
    "suggestion-acknowledged": of_tickets(
        on_time("first_reply_at", column("reply_due_at")),
        DUE,
        is_("request_type", "suggestion"),
        ("request_type",),
        time="reply_due_at",
    ),
    "solved-as-promised": of_tickets(
        on_time("solved_at", column("promised_at")), ("solved_at", "promised_at"), not_withdrawn, time="promised_at"
    ),
    "no-silent-gap": of_tickets(
        lambda row: None if row["longest_silence_hours"] is None else row["longest_silence_hours"] <= 72,
        ("longest_silence_hours",),
        column("complex"),
        ("complex",),
    ),
    "aftercare-made": of_tickets(column("aftercare"), ("aftercare",), SOLVED),
    "solved-at-first-contact": of_tickets(
        is_solved_at_first_contact, ("contacts", "reopened"), is_solved_for_a_week, ("status", "solved_at")
    ),
    "hand-over-time": of_tickets(
        seconds_between("handed_over_at", "taken_over_at"),
        ("handed_over_at", "taken_over_at"),
        SOLVED,
        finish=quantile(Fraction(1, 2)),
    ),
    "problem-came-back": of_tickets(column("reopened"), ("reopened",), SOLVED),
    "solution-confirmed": of_tickets(column("confirmed"), ("confirmed",), SOLVED),
    "average-reply-time": Asked("messages", seconds_between("sent_at", "replied_at"), ("sent_at", "replied_at")),
    "satisfied-with-attitude": of_answers("attitude", 4),
    "satisfied-overall": of_answers("overall", 4),
    "would-recommend": Asked("surveys", column("recommend"), ("recommend",), net_promoter),
    "easy-to-get-service": of_answers("ease", 5),
    "accepts-price-changes": of_answers("price_tolerance", 4),
    "forgives-a-failure": of_answers("forgiveness", 4),
    "customers-buying-again": Asked(
        "orders", pair("customer", "earlier_orders"), ("customer", "earlier_orders"), share_of_returning
    ),
    "customers-lost": Asked(
        "customers",
        is_gone_when_it_ends,
        ("active_to",),
        where=was_there_when_the_period_began,
        where_reads=("active_from", "active_to"),
    ),
    "complaints-per-thousand-orders": Asked(
        "complaints",
        pair("complaints", "orders"),
        ("complaints", "orders"),
        lambda pairs: 1000 * ratio_of_sums(pairs),
    ),
    "product-test": of_tests("product"),
    "market-test": of_tests("market"),
    "law-test": of_tests("law"),
    "training-passed": Asked("training", is_("outcome", "passed"), ("outcome",)),
    "accurate-records": Asked(
        "reviews", pair("fields_correct", "fields_compared"), ("fields_correct", "fields_compared"), ratio_of_sums
    ),
}


NEVER_INVALID = {"complaints-per-thousand-orders"}  # rows with a bad cell are not accepted


def expect(asked, rows):
    """Value, n, missing and invalid of an item over the rows of one site."""
    known, missing, invalid = [], 0, 0
    time = asked.time or DATASETS[asked.dataset].time
    for row in rows:
        if time is not None and (row[time] is None or not PERIOD_START <= row[time] < PERIOD_END):
            continue
        chosen, value = asked.where(row), asked.of(row)
        if chosen is None and row.has_bad(asked.where_reads):
            invalid += 1
        if not chosen or value is RUNNING:
            continue
        if value is not None:
            known.append(value)
        elif row.has_bad(asked.reads):
            invalid += 1
        else:
            missing += 1
    return float(asked.finish(known)), len(known), missing, invalid


# ---- the audit


def checklists():
    """Those that measure something, and of them only that; test_customer_service_visits.py asks people the rest."""
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(STANDARD.glob("checklists/*.yaml"))]
    measured = [{**each, "items": [item for item in each["items"] if "measure" in item]} for each in read]
    return [each for each in measured if each["items"]]


def programme():
    """All checklists on all datasets, at three sites."""
    sources = {}
    for name, dataset in DATASETS.items():
        sources[name] = {"path": f"{name}.csv", "site": "branch"}
        if dataset.time is not None:
            sources[name]["time"] = dataset.time
    sources["tickets"]["as_of"] = TICKETS_AS_OF.isoformat()
    return yaml.safe_dump(
        {
            "kind": "programme",
            "id": PROGRAMME,
            "standard": "customer-service@1",
            "checklists": [checklist["id"] for checklist in checklists()],
            "sites": [{"id": "bund", "timezone": "Asia/Shanghai"}, {"id": "lakeside"}, {"id": "riverside"}],
            "period": "month",
            "sources": sources,
        }
    )


@pytest.fixture
def audit(project):
    """Make the project on records drawn from a seed."""

    def make(seed=20260901):
        records = {f"audits/{PROGRAMME}/{name}.csv": text for name, text in draw_records(seed).items()}
        return project({f"audits/{PROGRAMME}/programme.yaml": programme(), **records})

    return make


def measured_of(audit):
    """The results that were measured, by item and site; the one question on these checklists is open."""
    rows = {(row["item"], row["site"]): row for row in rows_of(audit, "results")}
    asked = [rows.pop(("answers-right-and-complete", site)) for site in ZONES]
    assert {row["status"] for row in asked} == {"unanswered"}
    return rows


def rows_of(audit, name):
    outcome = audit.run(name, "--programme", PROGRAMME, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def run(audit):
    outcome = audit.run("run", PROGRAMME, "--period", "2026-09")
    assert outcome.code == 0, outcome.text


def test_the_documents_have_no_problem_but_the_criteria_that_records_cannot_tell(audit):
    p = audit()
    outcome = p.run("check", "--format", "json")
    assert outcome.code == 0, outcome.text
    (warning,) = json.loads(outcome.out)
    assert warning["code"] == "SQA220"
    assert warning["file"] == f"audits/{PROGRAMME}/programme.yaml"
    assert re.findall(r"[A-Z]{2}-\d", warning["message"]) == UNOBSERVED


@pytest.mark.parametrize("seed", [20260901, 20260902])
def test_every_item_at_every_site_equals_a_naive_computation(audit, seed):
    p = audit(seed)
    run(p)
    results = measured_of(p)
    assert {item["id"] for checklist in checklists() for item in checklist["items"]} == set(ITEMS)
    assert results.keys() == {(item, site) for item in ITEMS for site in ZONES}
    rows = {name: read_rows(DATASETS[name], text) for name, text in draw_records(seed).items()}
    assert {item for (item, _), row in results.items() if row["invalid"]} == ITEMS.keys() - NEVER_INVALID
    wrong = {}
    for (item, site), row in results.items():
        asked = ITEMS[item]
        value, *counts = expect(asked, [each for each in rows[asked.dataset] if each.site == site])
        assert row["status"] in {"pass", "fail"}, row
        if not math.isclose(row["value"], value, rel_tol=1e-9, abs_tol=1e-9) or counts != [
            row["n"],
            row["missing"],
            row["invalid"],
        ]:
            wrong[item, site] = (row["value"], row["n"], row["missing"], row["invalid"]), (value, *counts)
    assert wrong == {}


def test_scores_are_weighted_means_and_too_little_is_covered_for_a_rating(audit):
    p = audit()
    run(p)
    standard = yaml.safe_load((STANDARD / "standard.yaml").read_text(encoding="utf-8"))
    values = {key: row["value"] for key, row in measured_of(p).items()}
    given = {(row["level"], row["site"], row["id"]): row for row in rows_of(p, "scores")}
    audits = []
    for site in ZONES:
        criteria = score_criteria(standard, {item: value for (item, of), value in values.items() if of == site})
        dimensions = {}
        for name, dimension in standard["dimensions"].items():
            own = [(each["weight"], criteria.get(each["id"])) for each in of_dimension(standard, name)]
            dimensions[name] = dimension["weight"], *weighted_mean(own)
        score, coverage = over_dimensions(dimensions.values())
        audits.append(score)
        for criterion in standard["criteria"]:
            row, expected = given["criterion", site, criterion["id"]], criteria.get(criterion["id"])
            assert row["score"] == (None if expected is None else pytest.approx(float(expected), abs=1e-9))
            assert row["coverage"] == (expected is not None)
            why = "nothing_scored" if criterion["id"] == "RS-7" else "not_observed"
            assert row["reason"] == (None if expected is not None else why)
        for name, (_, expected, covered) in dimensions.items():
            row = given["dimension", site, name]
            assert (row["score"], row["coverage"]) == pytest.approx((float(expected), float(covered)), abs=1e-9)
        row = given["audit", site, site]
        assert (row["score"], row["coverage"]) == pytest.approx((float(score), float(coverage)), abs=1e-9)
        assert row["coverage"] == pytest.approx(0.74, abs=1e-9)
        assert (row["rating"], row["reason"]) == (None, "coverage_below_minimum")
    row = given["programme", None, PROGRAMME]
    assert (row["score"], row["coverage"]) == pytest.approx((float(mean(audits)), 0.74), abs=1e-9)
    assert (row["rating"], row["reason"]) == (None, "coverage_below_minimum")


def of_dimension(standard, name):
    return [criterion for criterion in standard["criteria"] if criterion["dimension"] == name]


def score_criteria(standard, values):
    """Scores by criterion, out of the values of the items: no criterion has two items here."""
    targets = {criterion["id"]: criterion.get("target") for criterion in standard["criteria"]}
    scores = {}
    for item in (item for checklist in checklists() for item in checklist["items"] if "criterion" in item):
        assert item["criterion"] not in scores
        value, how = Fraction(values[item["id"]]), item["score"]
        if "linear" in how:
            assert how["linear"]["full"] == "target"
            zero, full = amount(how["linear"]["zero"]), amount(targets[item["criterion"]].split()[1])
            scores[item["criterion"]] = 100 * min(max((value - zero) / (full - zero), Fraction(0)), Fraction(1))
        else:
            reached = [band["score"] for band in how["bands"] if amount(band["from"]) <= value]
            scores[item["criterion"]] = Fraction(reached[-1])
    return scores


def amount(written):
    """A number, or the seconds of a duration in days or hours."""
    duration = re.fullmatch(r"P(?:(\d+)D|T(\d+)H)", str(written))
    if duration is None:
        return Fraction(str(written))
    days, hours = duration.groups()
    return Fraction(int(days) * 86_400 if days else int(hours) * 3_600)


def weighted_mean(members):
    """The mean of those that have a score, and the share of the weight that has one."""
    scored = [(weight, score) for weight, score in members if score is not None]
    weights = sum(weight for weight, _ in scored)
    return sum(weight * score for weight, score in scored) / weights, Fraction(weights, sum(w for w, _ in members))


def over_dimensions(dimensions):
    """The audit's score and coverage: those of the dimensions by their weights."""
    score, _ = weighted_mean([(weight, score) for weight, score, _ in dimensions])
    coverage, _ = weighted_mean([(weight, coverage) for weight, _, coverage in dimensions])
    return score, coverage
