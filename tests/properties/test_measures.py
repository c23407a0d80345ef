"""Every named measure against a naive computation, row by row in plain Python, on random data."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor, isfinite
from statistics import variance
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.duckdb import LocalSession, open_engine, temporary_folder
from sqaudit.expressions.gate import check_condition
from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.grounds import Ground
from sqaudit.measures.language import compile_measure
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Period, Site
from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain

START = datetime(2024, 3, 1, tzinfo=UTC)
PERIOD = Period(label="2024-03", start=START, end=START + timedelta(days=31))
SQL_TYPES = {
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
    ColumnType.DATE: "DATE",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(18, 4)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.TEXT: "VARCHAR",
}
COLUMNS = {
    column.name: column
    for column in (
        Column(name="opened", optional=True, type=ColumnType.TIMESTAMP),
        Column(name="done", optional=True, type=ColumnType.TIMESTAMP),
        Column(name="day", optional=True, type=ColumnType.DATE),
        Column(name="answer", optional=True, type=ColumnType.INTEGER, maximum=Decimal(10)),
        Column(name="five", optional=True, type=ColumnType.INTEGER, minimum=Decimal(1), maximum=Decimal(5)),
        Column(name="seven", optional=True, type=ColumnType.INTEGER, minimum=Decimal(1), maximum=Decimal(7)),
        Column(name="amount", optional=True, type=ColumnType.NUMBER),
        Column(name="flag", optional=True, type=ColumnType.BOOLEAN),
        Column(name="other", optional=True, type=ColumnType.BOOLEAN),
        Column(name="reading", optional=True, type=ColumnType.TEXT),
    )
}
SITES = "abcz"  # nothing ever happens at z
WHERE = "flag OR amount > 50"
BAD = "bad"
DAY = timedelta(days=1)
X = "CAST(reading AS DOUBLE)"


class Result(NamedTuple):
    value: Any
    spread: Any
    squares: Any
    n: int
    missing: int
    invalid: int


class Naive(NamedTuple):
    """The columns a measure reads, whether a row counts, and what the rows that do give: a value and its spread.

    A row counts (True), lacks a value (None), is refused (False) or stands apart.
    """

    columns: str
    judge: Callable[[dict], Any]
    work: Callable[[list], Any]


def cells(values):
    return st.one_of(st.none(), st.just(BAD), values, values, values)


moments = st.integers(-20 * 24 * 60, 33 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
rows = st.fixed_dictionaries(
    {
        "site": st.sampled_from("abc"),
        "opened": cells(moments),
        "done": cells(moments),
        "day": cells(moments.map(datetime.date)),
        "answer": cells(st.integers(-1, 11)),
        "five": cells(st.integers(1, 5)),
        "seven": cells(st.integers(1, 7)),
        "amount": cells(st.one_of(st.just(0), st.integers(0, 10**6)).map(lambda number: Decimal(number) / 10**4)),
        "flag": cells(st.booleans()),
        "other": cells(st.booleans()),
        "reading": cells(st.sampled_from(["0", "1", "1", "2", "2.5", "30", "-1", "nan", "inf", "-inf", "", "word"])),
    }
)


def known(row, name):
    """A cell as it can be computed with; ``X`` is the number that a text holds, infinite and NaN ones included."""
    if name == X:
        text = known(row, "reading")
        return None if text in {None, "", "word"} else float(text)
    return None if row[name] is BAD else row[name]


def chosen(row):
    """True, False or unknown as SQL has it, for WHERE."""
    flag, amount = known(row, "flag"), known(row, "amount")
    above = None if amount is None else amount > 50
    if flag is True or above is True:
        return True
    return False if flag is False and above is False else None


def tally(here, where, naive):
    """The naive result: which rows are looked at, which are known, and what the value is of those."""
    names, judge = naive.columns.split(), naive.judge
    inside = [row for row in here if not where or chosen(row) is True]
    undecided = sum(1 for row in here if where and chosen(row) is None and BAD in (row["flag"], row["amount"]))
    verdicts = [(judge(row), any(row[name] is BAD for name in names), row) for row in inside]
    good = [row for verdict, _, row in verdicts if verdict is True]
    refused = sum(1 for verdict, bad, _ in verdicts if verdict is not True and (verdict is False or bad))
    lacking = sum(1 for verdict, bad, _ in verdicts if verdict is None and not bad)
    told = good or not (lacking or refused or undecided)  # unknown is never zero
    value, spread, squares = naive.work(good) if here and told else (None, None, None)
    return Result(value, spread, squares, len(good), lacking, refused + undecided)


# What rows are worth


def number(row, name):
    """A finite number, exactly; ``None`` if it is not there, False if it cannot be used."""
    found = known(row, name)
    if found is None or (isinstance(found, float) and not isfinite(found)):
        return None if found is None else False
    return Fraction(found)


def has(*names):
    def judge(row):
        found = [
            number(row, name) if name in {X, "answer", "amount", "five", "seven"} else known(row, name)
            for name in names
        ]
        if any(value is False for value, name in zip(found, names, strict=True) if name == X):
            return False
        return None if None in found else True

    return judge


def counted(*names):
    """Numbers that count something: finite, not below 0."""

    def judge(row):
        found = [number(row, name) for name in names]
        if any(value is False or (value is not None and value < 0) for value in found):
            return False
        return None if None in found else True

    return judge


def took(row):
    opened, done = known(row, "opened"), known(row, "done")
    return None if opened is None or done is None else Fraction(int((done - opened).total_seconds()))


def timed(row):
    """Whether something came to its end: open rows stand apart."""
    if known(row, "opened") is None:
        return None
    if took(row) is None:
        return "open"
    return took(row) >= 0


def by(limit, name=None, *, in_order=True):
    """Met (True), breached (False), running, refused or unknown; ``name`` is the due date's column."""

    def outcome(row):
        start, done, ended = known(row, name or "opened"), known(row, "done"), PERIOD.end
        if in_order and took(row) is not None and took(row) < 0:
            return "refused"
        if start is None:
            return None
        if row["done"] is BAD:
            return "unknown"
        if name:
            done, ended, due = done and done.date(), PERIOD.end.date() - DAY, start
        else:
            due = start + limit
        if done is not None:
            return done <= due
        return False if due <= ended else "running"

    return outcome


def settled(outcome):
    def judge(row):
        found = outcome(row)
        if found == "refused":
            return False
        return found if found in {None, "running", "unknown"} else True

    return judge


def whole(value):
    return value is not None and value is not False and value.denominator == 1


# What the rows that count give


def some(work):
    return lambda good: work(good) if good else (None, None, None)


def share_of(part, whole_of=lambda _: 1):
    def work(good):
        top, bottom = sum(Fraction(part(row)) for row in good), sum(Fraction(whole_of(row)) for row in good)
        return (top / bottom, Proportion(successes=top, n=bottom), None) if bottom else (None, None, None)

    return some(work)


def mean_of(value, *, seconds=False, scaled=lambda mean: mean, scale=1, most=None):
    def work(good):
        values = [Fraction(value(row)) for row in good]
        mean = scaled(sum(values) / len(values))
        spread = Average(
            mean=mean,
            variance=variance(values) * scale**2 if len(values) > 1 else None,
            n=Fraction(len(values)),
            least=None if most is None else 0,
            most=most,
        )
        return mean, spread, sum(one**2 for one in values) * (10**12 if seconds else 1)

    return some(work)


def rate_of(events, exposure, per):
    def work(good):
        top, bottom = sum(Fraction(events(row)) for row in good), sum(Fraction(exposure(row)) for row in good)
        if not bottom:
            return None, None, None
        return per * top / bottom, EventRate(events=top, exposure=bottom, per=per), None

    return some(work)


def count_of(events):
    def work(good):
        found = Fraction(sum(events(row) for row in good))
        return found, EventRate(events=found, exposure=Fraction(1)), None

    return work


def plain_of(work):
    return some(lambda good: (work(good), None, None))


def type_7(values, q):
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def quantile_of(value, q):
    return plain_of(lambda good: type_7([value(row) for row in good], Fraction(q)))


def promotion(good):
    up, down = sum(row["answer"] >= 9 for row in good), sum(row["answer"] <= 6 for row in good)
    spread = Promotion(promoters=Fraction(up), detractors=Fraction(down), n=Fraction(len(good)))
    return Fraction(100 * (up - down), len(good)), spread, None


def of(name):
    return lambda row: number(row, name)


def truth(name):
    return lambda row: row[name]


def level(formula, short=None):
    """Part and whole of one contact: wait X, answered flag, limit amount."""

    def part(row):
        wait, limit, answered = number(row, X), number(row, "amount"), row["flag"]
        if formula == "f1":
            return wait <= limit
        if formula == "f5":
            return wait <= (limit if answered else short)
        return answered and wait <= limit

    def all_of(row):
        if formula == "f2":
            return row["flag"]
        return row["flag"] or number(row, X) > number(row, "amount") if formula == "f4" else True

    return share_of(part, all_of)


def waited(row):
    found = [number(row, X), number(row, "amount")]
    if any(value is False or (value is not None and value < 0) for value in found):
        return False
    return None if None in found or known(row, "flag") is None else True


def waited_time(row):
    if took(row) is not None and took(row) < 0:
        return False
    return None if took(row) is None or known(row, "flag") is None else True


def in_a_day(short):
    return share_of(lambda row: took(row) <= (86400 if row["flag"] else short))


def pooled(formula):
    def part(row):
        inside = number(row, "five")
        return inside + number(row, X) if formula in {"f1", "f5"} else inside

    def all_of(row):
        answered, abandoned = number(row, "answer"), number(row, "seven")
        taken = {"f2": abandoned, "f4": number(row, X)}.get(formula, 0)
        return answered + abandoned - taken

    return share_of(part, all_of)


def customer(row):
    """Whether somebody was a customer when the period began."""
    came, went = known(row, "opened"), known(row, "done")
    if came is not None and went is not None and went < came:
        return False
    if came is None:
        return None
    if came >= PERIOD.start:
        return "new"
    if went is None:
        return "unknown" if row["done"] is BAD else True
    return True if went >= PERIOD.start else "gone before"


def left(row):
    return known(row, "done") is not None and row["done"] < PERIOD.end


def customer_by_day(row):
    came, went = known(row, "day"), known(row, "done")
    if came is not None and went is not None and went.date() < came:
        return False
    if came is None:
        return None
    if came >= PERIOD.start.date():
        return "new"
    if went is None:
        return "unknown" if row["done"] is BAD else True
    return True if went >= PERIOD.start else "gone before"


def bought(row):
    orders = number(row, X)
    if orders is None:
        return None
    if not whole(orders) or orders < 0:
        return False
    return True if orders >= 1 else "none"


def solved(days, name="done"):
    def judge(row):
        contacts, closed = number(row, X), known(row, name)
        ripe = False
        if closed is not None:
            ripe = closed + days * DAY <= PERIOD.end if name == "done" else closed + days * DAY < PERIOD.end.date()
        if contacts is not None and (not whole(contacts) or contacts < 1):
            return False
        if not ripe:
            return "waiting"
        return None if contacts is None else True

    return judge


def at_once(row):
    return number(row, X) == 1


def nps_judge(row):
    answer = known(row, "answer")
    return None if answer is None else 0 <= answer <= 10


def pair_judge(part, of_all):
    def judge(row):
        inside, all_of = number(row, part), number(row, of_all)
        if inside is False or all_of is False or (inside is not None and inside < 0):
            return False
        return None if None in (inside, all_of) else inside <= all_of

    return judge


def impossible(row):
    numbers = [number(row, name) for name in ("answer", "five", "seven", X)]
    if any(value is False or (value is not None and value < 0) for value in numbers):
        return False
    answered, answered_within, abandoned, abandoned_within = numbers
    for inside, all_of in ((answered_within, answered), (abandoned_within, abandoned)):
        if inside is not None and all_of is not None and inside > all_of:
            return False
    return None if None in numbers else True


def or_false(name):
    return lambda row: "unknown" if row[name] is BAD else True


def unless_withdrawn(row):
    withdrawn = known(row, "other")
    if withdrawn:
        return "withdrawn"
    return None if withdrawn is None or known(row, "flag") is None else True


def before(row):
    bought_before = known(row, "flag")
    if bought_before is False:
        return "new"
    return None if bought_before is None or known(row, "answer") is None else True


AT_LEAST_7 = share_of(lambda row: row["answer"] >= 7)
FLAGGED = share_of(truth("flag"))
EASY_5, EASY_7 = share_of(lambda row: row["five"] <= 2), share_of(lambda row: row["seven"] >= 5)
A_DAY, A_DAY_AND_A_HALF = by(DAY), by(1.5 * DAY)
DUE, ON_THE_DAY = by(DAY, in_order=False), by(None, "day", in_order=False)
BOTH = has(X, "amount")
LEVEL, COUNTS = f"service_level({X}, flag, amount", f"service_level_counts(answer, five, seven, {X}"

NAIVE = {
    "share(answer >= 7)": Naive("answer", has("answer"), AT_LEAST_7),
    "share(answer, amount)": Naive(
        "answer amount", pair_judge("answer", "amount"), share_of(of("answer"), of("amount"))
    ),
    f"share({X}, amount)": Naive("reading amount", pair_judge(X, "amount"), share_of(of(X), of("amount"))),
    "accuracy(flag)": Naive("flag", has("flag"), FLAGGED),
    "accuracy(five, seven)": Naive("five seven", pair_judge("five", "seven"), share_of(of("five"), of("seven"))),
    "abandon_rate(flag)": Naive("flag", has("flag"), share_of(lambda row: not row["flag"])),
    "reopen_rate(flag)": Naive("flag", has("flag"), FLAGGED),
    "recurrence_rate(answer >= 7)": Naive("answer", has("answer"), AT_LEAST_7),
    "resolution_rate(flag)": Naive("flag", has("flag"), FLAGGED),
    "resolution_rate(flag, other)": Naive("flag other", unless_withdrawn, FLAGGED),
    "response_rate(flag)": Naive("flag", or_false("flag"), share_of(lambda row: bool(row["flag"]))),
    "training_pass(answer >= 7)": Naive(
        "answer", or_false("answer"), share_of(lambda row: row["answer"] is not None and row["answer"] >= 7)
    ),
    "on_time(done, opened + INTERVAL 24 HOUR)": Naive("done opened", settled(DUE), share_of(DUE)),
    "on_time(done, day)": Naive("done day", settled(ON_THE_DAY), share_of(ON_THE_DAY)),
    "within_24h(opened, done)": Naive("done opened", settled(A_DAY), share_of(A_DAY)),
    "reply_rate(opened, done, INTERVAL 36 HOUR)": Naive(
        "done opened", settled(A_DAY_AND_A_HALF), share_of(A_DAY_AND_A_HALF)
    ),
    "mean(amount)": Naive("amount", has("amount"), mean_of(of("amount"))),
    f"mean({X})": Naive("reading", has(X), mean_of(of(X))),
    "mean(done - opened)": Naive("done opened", has("done", "opened"), mean_of(took, seconds=True)),
    f"gap({X}, amount)": Naive("reading amount", BOTH, mean_of(lambda row: number(row, X) - number(row, "amount"))),
    "gap(done - opened, INTERVAL 1 HOUR)": Naive(
        "done opened", has("done", "opened"), mean_of(lambda row: took(row) - 3600, seconds=True)
    ),
    f"handling_time({X}, amount, answer)": Naive(
        "reading amount answer",
        counted(X, "amount", "answer"),
        mean_of(lambda row: number(row, X) + number(row, "amount") + number(row, "answer")),
    ),
    "csat_index(five)": Naive(
        "five", has("five"), mean_of(of("five"), scaled=lambda mean: 25 * (mean - 1), scale=Fraction(25), most=100)
    ),
    "ces(five)": Naive("five", has("five"), mean_of(of("five"))),
    "ces(seven)": Naive("seven", has("seven"), mean_of(of("seven"))),
    "ces_top(five)": Naive("five", has("five"), EASY_5),
    "ces_top(seven)": Naive("seven", has("seven"), EASY_7),
    "sum(amount)": Naive("amount", has("amount"), plain_of(lambda good: sum(number(row, "amount") for row in good))),
    f"sum({X})": Naive("reading", has(X), plain_of(lambda good: sum(number(row, X) for row in good))),
    "min(amount)": Naive("amount", has("amount"), plain_of(lambda good: min(row["amount"] for row in good))),
    "max(done - opened)": Naive("done opened", has("done", "opened"), plain_of(lambda good: max(map(took, good)))),
    "median(amount)": Naive("amount", has("amount"), quantile_of(of("amount"), "1/2")),
    "p50(amount)": Naive("amount", has("amount"), quantile_of(of("amount"), "1/2")),
    "p90(done - opened)": Naive("done opened", has("done", "opened"), quantile_of(took, "9/10")),
    f"p95({X})": Naive("reading", has(X), quantile_of(of(X), "19/20")),
    "quantile(amount, 0.2)": Naive("amount", has("amount"), quantile_of(of("amount"), "1/5")),
    "quantile(answer, 0.3, 'type_7')": Naive("answer", has("answer"), quantile_of(of("answer"), "3/10")),
    "first_response(opened, done, 0.9)": Naive("done opened", timed, quantile_of(took, "9/10")),
    "resolution(opened, done, 0.5)": Naive("done opened", timed, quantile_of(took, "1/2")),
    "nps(answer)": Naive("answer", nps_judge, some(promotion)),
    "top_box(answer, 3)": Naive("answer", has("answer"), share_of(lambda row: row["answer"] >= 8)),
    "top_box(seven, 2)": Naive("seven", has("seven"), share_of(lambda row: row["seven"] >= 6)),
    "bottom_box(five, 1)": Naive("five", has("five"), share_of(lambda row: row["five"] == 1)),
    "per_thousand(flag)": Naive("flag", has("flag"), rate_of(truth("flag"), lambda _: 1, 1000)),
    "complaint_rate(flag)": Naive("flag", has("flag"), rate_of(truth("flag"), lambda _: 1, 1000)),
    "complaint_rate(answer, amount)": Naive(
        "answer amount", counted("answer", "amount"), rate_of(of("answer"), of("amount"), 1000)
    ),
    f"rate(answer, {X})": Naive("answer reading", counted("answer", X), rate_of(of("answer"), of(X), 1)),
    f"rate({X}, amount, 100)": Naive("reading amount", counted(X, "amount"), rate_of(of(X), of("amount"), 100)),
    "churn(opened, done)": Naive("opened done", customer, share_of(left)),
    "churn(day, done)": Naive("day done", customer_by_day, share_of(left)),
    "retention(opened, done)": Naive("opened done", customer, share_of(lambda row: not left(row))),
    f"repurchase({X})": Naive("reading", bought, share_of(lambda row: number(row, X) >= 2)),
    "return_rate(flag, answer > 5)": Naive("flag answer", before, share_of(lambda row: row["answer"] > 5)),
    f"first_contact_resolution({X}, done)": Naive("reading done", solved(7), share_of(at_once)),
    f"first_contact_resolution({X}, done, INTERVAL 3 DAY)": Naive("reading done", solved(3), share_of(at_once)),
    f"first_contact_resolution({X}, day)": Naive("reading day", solved(7, "day"), share_of(at_once)),
    f"{LEVEL})": Naive("reading flag amount", waited, level("f4")),
    f"{LEVEL}, 'f1')": Naive("reading flag amount", waited, level("f1")),
    f"{LEVEL}, 'f2')": Naive("reading flag amount", waited, level("f2")),
    f"{LEVEL}, 'f3')": Naive("reading flag amount", waited, level("f3")),
    f"{LEVEL}, 'f5', 1)": Naive("reading flag amount", waited, level("f5", 1)),
    "service_level(done - opened, flag, INTERVAL 24 HOUR, 'f5')": Naive("done opened flag", waited_time, in_a_day(5)),
    **{
        f"{COUNTS}, '{f}')": Naive("answer five seven reading", impossible, pooled(f)) for f in ("f1", "f2", "f3", "f5")
    },
    f"{COUNTS})": Naive("answer five seven reading", impossible, pooled("f4")),
    "count(*)": Naive("", lambda _: True, count_of(lambda _: 1)),
    "count(flag)": Naive("flag", has("flag"), count_of(truth("flag"))),
    "distinct(answer)": Naive("answer", has("answer"), lambda good: (len({row["answer"] for row in good}), None, None)),
    "distinct(reading)": Naive(
        "reading", has("reading"), lambda good: (len({row["reading"] for row in good}), None, None)
    ),
    "sum(amount) / count(amount)": Naive(
        "amount", has("amount"), plain_of(lambda good: sum(number(row, "amount") for row in good) / len(good))
    ),
    "count_if(flag)": Naive("flag", has("flag"), lambda good: (sum(row["flag"] for row in good), None, None)),
    "count(DISTINCT answer)": Naive(
        "answer", has("answer"), lambda good: (len({row["answer"] for row in good}), None, None)
    ),
}


def test_every_measure_is_looked_at():
    assert {measure.name for measure in MEASURES} <= {text.partition("(")[0] for text in NAIVE}


@pytest.fixture(scope="module")
def engine():
    with temporary_folder() as folder, open_engine(folder=folder) as opened:
        columns = [f"{name} {SQL_TYPES[column.type]}" for name, column in COLUMNS.items()]
        columns += [f'":cell {name}" UTINYINT' for name in COLUMNS]
        opened.query(f'CREATE TABLE tickets (":site" VARCHAR, {", ".join(columns)})')
        yield opened


@cache
def plan():
    registry = {measure.name: measure for measure in MEASURES}
    return [
        (
            text,
            where,
            MeasureRequest(
                checklist="list",
                item=f"i{place:03}{'w' if where else ''}",
                measure=compile_measure(text, Dataset(id="tickets", columns=COLUMNS), registry),
                where=check_condition(WHERE, COLUMNS) if where else None,
            ),
        )
        for place, text in enumerate(NAIVE)
        for where in (False, True)
    ]


def stage(engine, given_rows):
    engine.query("DELETE FROM tickets")
    for row in given_rows:
        values = [None if row[name] is BAD else row[name] for name in COLUMNS]
        values = [value.isoformat() if isinstance(value, datetime) else value for value in values]
        codes = [2 if row[name] is BAD else int(row[name] is not None) for name in COLUMNS]
        engine.query(
            f"INSERT INTO tickets VALUES ({', '.join('?' * (1 + 2 * len(COLUMNS)))})", [row["site"], *values, *codes]
        )


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes too long for shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(given_rows=st.lists(rows, max_size=40))
def test_measures_agree_with_a_naive_computation(engine, given_rows):
    """Value, spread, n, missing and invalid of every measure at every site, with and without a condition."""
    stage(engine, given_rows)
    staged = StagedDataset(dataset="tickets", table="tickets", columns=COLUMNS, time=None)
    sites = [Site(id=site, title=plain(site)) for site in SITES]
    by_item = {request.item: (text, where, request) for text, where, request in plan()}
    local = LocalSession(engine)
    ground = Ground(session=local, local=local, staged=staged, shape=staged.relation, zones={"UTC": list(SITES)})
    requests = [request for _, _, request in plan()]
    seen = measure_dataset(ground, requests, sites=sites, period=PERIOD, as_of=PERIOD.end).observations
    assert len(seen) == len(plan()) * len(SITES)
    wrong = []
    for one in seen:
        text, where, request = by_item[one.item]
        here = [row for row in given_rows if row["site"] == one.site]
        expected = tally(here, where, NAIVE[text])
        found = finish_observation(request.measure, with_squares(one, expected))
        assert found.value is not None or found.reason
        counted = (one.rows, one.n, one.missing, one.invalid) == (len(here), *expected[3:])
        if one.failed or not counted or not same(found.value, expected.value) or not same_spread(found, expected):
            wrong.append((text, where, one, found, expected))
    assert not wrong, wrong[0]


def with_squares(one, expected):
    if "squares" not in one.statistics or one.statistics["squares"] is not None:
        return one
    return replace(one, statistics={**one.statistics, "squares": expected.squares})


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return float(found) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)


def same_spread(found, expected):
    names = getattr(type(expected.spread), "__slots__", ())
    return type(found.spread) is type(expected.spread) and all(
        same(getattr(found.spread, name), getattr(expected.spread, name)) for name in names
    )
