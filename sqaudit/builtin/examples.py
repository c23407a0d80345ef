"""What the checks of plugins try our own objects with."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqaudit.builtin.naive import (
    DAY,
    cell,
    counted,
    different,
    has_left,
    in_order,
    is_ripe,
    known,
    made_of,
    mean,
    nps,
    quantile,
    ratio,
    settled_by_day,
    share,
    took,
    was_customer,
    within,
)
from sqaudit.model.examples import Examples, Naive, ScorerExample, SourceExample

_NUMBER = {"type": "number", "scale": 2, "min": 0, "optional": True}
_COUNT = {"type": "integer", "min": 0, "max": 30, "optional": True}
COLUMNS = {
    "opened": {"type": "timestamp", "optional": True},
    "done": {"type": "timestamp", "optional": True},
    "day": {"type": "date", "optional": True},
    "answer": {"type": "integer", "min": 0, "max": 10, "optional": True},
    "five": {"type": "integer", "min": 1, "max": 5, "optional": True},
    "seven": {"type": "integer", "min": 1, "max": 7, "optional": True},
    "amount": _NUMBER,
    "wait": _NUMBER,
    "asked": _COUNT,
    "inside": {**_COUNT, "max": "asked"},
    "contacts": {"type": "integer", "min": 0, "max": 4, "optional": True},
    "flag": {"type": "boolean", "optional": True},
    "other": {"type": "boolean", "optional": True},
    "kind": {"type": "text", "optional": True},
}
_FLAG, _OTHER, _ANSWER, _AMOUNT, _WAIT = (cell(name) for name in ("flag", "other", "answer", "amount", "wait"))
_FIVE, _ASKED, _INSIDE, _CONTACTS = (cell(name) for name in ("five", "asked", "inside", "contacts"))
_FLAGGED = share(_FLAG, _FLAG)
_AT_LEAST_7 = share(lambda row: row["answer"] >= 7, _ANSWER)
_CONTACT = (_WAIT, _FLAG)


def _in_time(row: object) -> bool:
    return row["wait"] <= 20  # type: ignore[index,no-any-return]


NAIVE: dict[str, Naive] = {
    "count(*)": counted,
    "count(flag)": made_of(_FLAG, lambda values: float(sum(values))),
    "distinct(kind)": different("kind"),
    "sum(amount)": made_of(_AMOUNT, sum),
    "mean(amount)": mean(_AMOUNT),
    "mean(done - opened)": mean(took),
    "min(amount)": made_of(_AMOUNT, min),
    "max(done - opened)": made_of(took, max),
    "median(amount)": quantile(_AMOUNT, 0.5),
    "p50(amount)": quantile(_AMOUNT, 0.5),
    "p90(done - opened)": quantile(took, 0.9),
    "p95(wait)": quantile(_WAIT, 0.95),
    "quantile(amount, 0.2)": quantile(_AMOUNT, 0.2),
    "share(answer >= 7)": _AT_LEAST_7,
    "share(inside, asked)": ratio(_INSIDE, _ASKED),
    "accuracy(flag)": _FLAGGED,
    "reopen_rate(flag)": _FLAGGED,
    "recurrence_rate(answer >= 7)": _AT_LEAST_7,
    "response_rate(answer IS NOT NULL)": share(lambda row: row["answer"] is not None),
    "training_pass(answer >= 7)": share(lambda row: row["answer"] is not None and row["answer"] >= 7),
    "resolution_rate(flag, other)": share(_FLAG, _FLAG, _OTHER, among=lambda row: not row["other"]),
    "return_rate(flag, answer >= 7)": share(
        lambda row: row["answer"] >= 7,
        _FLAG,
        _ANSWER,
        among=_FLAG,
    ),
    "abandon_rate(flag)": share(lambda row: not row["flag"], _FLAG),
    "on_time(done, opened + INTERVAL 1 DAY)": within(DAY, backwards=True),
    "on_time(done, day)": share(
        lambda row: row["done"] is not None and row["done"].date() <= row["day"], among=settled_by_day
    ),
    "within_24h(opened, done)": within(DAY),
    "reply_rate(opened, done, INTERVAL 36 HOUR)": within(1.5 * DAY),
    "first_response(opened, done, 0.9)": quantile(in_order, 0.9),
    "resolution(opened, done, 0.5)": quantile(in_order, 0.5),
    "handling_time(wait, amount, answer)": lambda rows: mean(lambda row: row["wait"] + row["amount"] + row["answer"])(
        known(rows, _WAIT, _AMOUNT, _ANSWER)
    ),
    "first_contact_resolution(contacts, done)": share(lambda row: row["contacts"] == 1, _CONTACTS, among=is_ripe),
    "service_level(wait, flag, 20)": share(
        lambda row: row["flag"] and _in_time(row), *_CONTACT, among=lambda row: row["flag"] or not _in_time(row)
    ),
    "service_level(wait, flag, 20, 'f1')": share(_in_time, *_CONTACT),
    "service_level(wait, flag, 20, 'f2')": share(_in_time, *_CONTACT, among=_FLAG),
    "service_level(wait, flag, 20, 'f3')": share(lambda row: row["flag"] and _in_time(row), *_CONTACT),
    "service_level(wait, flag, 20, 'f5', 5)": share(lambda row: row["wait"] <= (20 if row["flag"] else 5), *_CONTACT),
    "service_level_counts(asked, inside, contacts, contacts, 'f2')": lambda rows: ratio(_INSIDE, _ASKED)(
        known(rows, _CONTACTS)
    ),
    "ces(five)": mean(_FIVE),
    "ces_top(five)": share(lambda row: row["five"] <= 2, _FIVE),
    "top_box(seven, 2)": share(lambda row: row["seven"] >= 6, cell("seven")),
    "bottom_box(five, 1)": share(lambda row: row["five"] == 1, _FIVE),
    "nps(answer)": nps,
    "csat_index(five)": lambda rows: mean(lambda row: 25 * (row["five"] - 1))(known(rows, _FIVE)),
    "gap(wait, amount)": lambda rows: mean(lambda row: row["wait"] - row["amount"])(known(rows, _WAIT, _AMOUNT)),
    "rate(answer, amount, 100)": ratio(_ANSWER, _AMOUNT, 100),
    "per_thousand(flag)": lambda rows: None if _FLAGGED(rows) is None else 1000 * (_FLAGGED(rows) or 0),
    "complaint_rate(answer, asked)": ratio(_ANSWER, _ASKED, 1000),
    "churn(opened, done)": share(has_left, among=lambda row: was_customer(row) and (took(row) or 0) >= 0),
    "retention(opened, done)": share(
        lambda row: not has_left(row), among=lambda row: was_customer(row) and (took(row) or 0) >= 0
    ),
    "repurchase(contacts)": share(
        lambda row: row["contacts"] >= 2,
        _CONTACTS,
        among=lambda row: row["contacts"] >= 1,
    ),
}

_TICKETS = "id,csat\n1,5\n2,3\n"


def _database() -> bytes:
    """A SQLite database with three tickets."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE TABLE tickets (id INTEGER, opened TEXT, amount REAL)")
        made.executemany("INSERT INTO tickets VALUES (?, ?, ?)", [(1, "2026-03-02", 1.5), (2, None, 0.1), (3, "?", 2)])
        made.commit()
        return made.serialize()


EXAMPLES = Examples(
    columns=COLUMNS,
    naive=NAIVE,
    scorers={
        "target": (ScorerExample(target=">= 0.9"), ScorerExample(refused=True)),
        "value": (ScorerExample(),),
        "linear": (
            ScorerExample(parameters={"zero": 0.7, "full": "target"}, target=">= 0.9"),
            ScorerExample(parameters={"zero": "P1D", "full": "PT4H"}),
            ScorerExample(parameters={"zero": 1, "full": 1}, refused=True),
        ),
        "bands": (
            ScorerExample(parameters=[{"from": 0, "score": 100}, {"from": 14, "score": 50}]),
            ScorerExample(parameters=[{"from": 2, "score": 0}, {"from": 1, "score": 50}], refused=True),
        ),
        "deduct": (
            ScorerExample(parameters={"deduct": 2, "cap": 6}),
            ScorerExample(parameters={"deduct": 7, "cap": 6}, refused=True),
        ),
        "bonus": (
            ScorerExample(parameters={"bonus": 1, "cap": 3}),
            ScorerExample(parameters={"bonus": 4, "cap": 3}, refused=True),
        ),
    },
    collectors={
        "file": (
            SourceExample(
                source={"path": ["tickets-*.csv"]},
                files={"tickets-1.csv": _TICKETS, "tickets-2.csv": _TICKETS, "notes.txt": "…"},
                gives=2,
            ),
            SourceExample(source={"path": "tickets.csv"}),
        ),
        "forms": (
            SourceExample(
                source={"params": {"folder": "forms", "pattern": "*.json"}},
                files={"forms/ana.json": '{"desk": "north", "tidy": true}', "forms/ben.json": '{"desk": "south"}'},
                gives=2,
            ),
            SourceExample(
                source={"params": {"folder": "forms", "pattern": "*.json"}}, files={"forms/ana.json": "[not a form]"}
            ),
        ),
        "sql": (
            SourceExample(
                source={"params": {"url": "sqlite:///desk.db", "query": "SELECT id, opened, amount FROM tickets"}},
                files={"desk.db": _database()},
                gives=3,
            ),
            SourceExample(source={"params": {"url": "sqlite:///absent.db", "query": "SELECT 1 AS id"}}),
        ),
        # A service would have to be served: what it gives is seen in tests of its own.
        "http": (SourceExample(source={"params": {"url": "http://127.0.0.1:9/tickets", "retry": 0}}),),
    },
)
