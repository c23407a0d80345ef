"""Nothing that an item says is ignored, a measure is what it says however written, and passes follow from kinds."""

import random
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.duckdb import LocalSession, open_engine, temporary_folder
from sqaudit.expressions.gate import ExpressionProblem, check_condition
from sqaudit.measures.grounds import Ground
from sqaudit.measures.language import compile_measure
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.planning import PassKind, plan_passes
from sqaudit.measures.requests import MeasureRequest, statistics_of
from sqaudit.model.checklist import Sample
from sqaudit.model.measuring import StagedDataset, StatisticKind, cell_column
from sqaudit.model.programme import Period, Site
from sqaudit.model.quoting import quote_name
from sqaudit.model.score import Level
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain

START = datetime(2024, 3, 1, tzinfo=UTC)
MARCH = Period(label="2024-03", start=START, end=START + timedelta(days=31))
APRIL = Period(label="2024-04", start=MARCH.end, end=MARCH.end + timedelta(days=30))
BY_NAME = {measure.name: measure for measure in MEASURES}
SQL_TYPES = {
    "timestamp": "TIMESTAMPTZ",
    "number": "DECIMAL(18, 4)",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "text": "VARCHAR",
}
COLUMNS = {
    name: Column(name=name, type=ColumnType(kind), optional=True, minimum=low, maximum=high)
    for name, kind, low, high in (
        ("opened", "timestamp", None, None),
        ("done", "timestamp", None, None),
        ("due", "timestamp", None, None),
        ("amount", "number", None, None),
        ("cost", "number", None, None),
        ("five", "integer", Decimal(1), Decimal(5)),
        ("other_five", "integer", Decimal(1), Decimal(5)),
        ("seven", "integer", Decimal(1), Decimal(7)),
        ("ten", "integer", Decimal(0), Decimal(10)),
        ("flag", "boolean", None, None),
        ("solved", "boolean", None, None),
        ("agent", "text", None, None),
        ("channel", "text", None, None),
    )
}
DATASET = Dataset(id="rows", columns=COLUMNS)
MEASURED = (
    "share(flag)",
    "share(five >= 4 AND channel = 'phone')",
    "share(five, ten)",
    "on_time(done, opened + INTERVAL 24 HOUR)",
    "on_time(done, due)",
    "mean(amount)",
    "mean(done - opened)",
    "gap(five, other_five)",
    "count(*)",
    "count(flag)",
    "churn(opened, done)",
    "p50(amount)",
    "p90(done - opened)",
    "quantile(cost, 0.75)",
    "nps(ten)",
    "top_box(five, 2)",
    "per_thousand(flag)",
    "rate(amount, cost)",
    "ces(seven)",
    "distinct(agent)",
    "sum(amount) / count(*) * 2",
    "sum(amount) FILTER (WHERE flag) / sum(cost)",
    "max(amount) - min(amount)",
    "count_if(five IN (4, 5) OR NOT solved) / count(*)",
    "median(elapsed(opened, done))",
    "quantile_cont(amount, 0.9) + 1",
    "count(DISTINCT agent) / count(*)",
    "avg(CASE WHEN flag THEN amount ELSE cost END)",
    "mean(coalesce(amount, 0) + 1.50)",
)
OTHERS = {
    "amount": "cost",
    "cost": "amount",
    "five": "other_five",
    "other_five": "five",
    "flag": "solved",
    "solved": "flag",
    "opened": "due",
    "done": "due",
    "due": "opened",
    "agent": "channel",
    "channel": "agent",
    "ten": "five",
    "seven": "five",
}


def compiled(text):
    return compile_measure(text, DATASET, BY_NAME)


def condition(text):
    return check_condition(text, COLUMNS)


def request(text, item="item", **more):
    return MeasureRequest(checklist="list", item=item, measure=compiled(text), **more)


TOKEN = re.compile(r"'(?:[^']|'')*'|\w+(?:\.\d+)?|<=|>=|<>|//|\|\||[^\s\w]")


@pytest.mark.parametrize("text", MEASURED)
def test_spaces_case_and_brackets_do_not_make_another_measure(text):
    """Names and functions fold; texts in quotes do not."""
    choose = random.Random(text)
    identity = compiled(text).identity
    for _ in range(20):
        words = []
        for word in TOKEN.findall(text):
            name = word[0].isalpha() and choose.choice([word.upper(), word.lower(), word.title()])
            wrapped = word in COLUMNS and choose.random() < 0.5
            words.append(f"(( {name} ))" if wrapped else name or word)
        spaced = choose.choice([" ", "  ", "\n", "\t"]).join(words)
        assert compiled(spaced).identity == identity, spaced
        assert text == "distinct(agent)" or compiled(f"({text})").identity == identity


@pytest.mark.parametrize("text", MEASURED)
def test_anything_else_makes_another_measure(text):
    """Each word exchanged for another of its kind: whatever is accepted has an identity of its own."""
    seen = {compiled(text).identity: text}
    words = TOKEN.findall(text)
    for place, word in enumerate(words):
        if word in OTHERS:
            others = [OTHERS[word], f"({word} + {word})", f"coalesce({word}, {OTHERS[word]})"]
        elif word[0].isdigit():
            others = [str(Fraction(word) + 1) if "." not in word else f"{word[:-1]}1", "0.5", "3"]
        else:
            others = {
                "+": ["-"],
                "-": ["+"],
                "*": ["/"],
                "/": ["*"],
                ">=": ["<", "="],
                "AND": ["OR"],
                "OR": ["AND"],
                "NOT": [""],
                "HOUR": ["MINUTE"],
                "sum": ["max"],
                "max": ["min"],
                "min": ["sum"],
                "'phone'": ["'Phone'", "'phone '"],
                "flag": ["solved"],
                "p50": ["p90"],
                "p90": ["p95"],
                "mean": ["p50"],
            }.get(word, [])
        for other in others:
            if other == word:
                continue
            changed = " ".join([*words[:place], other, *words[place + 1 :]])
            try:
                identity = compiled(changed).identity
            except ExpressionProblem:
                continue
            assert identity not in seen or seen[identity] == changed, (changed, seen[identity])
            seen[identity] = changed
    assert len(seen) > 1 or text == "count(*)"


def test_two_measures_of_one_identity_ask_for_the_same():
    """All representative measures differ from each other."""
    assert len({compiled(text).identity for text in MEASURED}) == len(MEASURED)


def test_the_range_of_a_scale_belongs_to_a_measure():
    """top_box counts from the upper end of its column's range."""
    wider = {**COLUMNS, "five": replace(COLUMNS["five"], maximum=Decimal(6))}
    other = compile_measure("top_box(five, 2)", Dataset(id="rows", columns=wider), BY_NAME)
    assert other.identity != compiled("top_box(five, 2)").identity


@contextmanager
def opened(rows=0):
    """A ground with a recording session: ``asked`` lists the queries that were sent."""
    asked = []

    class Recording(LocalSession):
        def query(self, sql, *, zone=None):
            asked.append(sql)
            return super().query(sql, zone=zone)

    with temporary_folder() as folder, open_engine(folder=folder, threads=1) as engine:
        declared = [f"{quote_name(name)} {SQL_TYPES[column.type]}" for name, column in COLUMNS.items()]
        declared += [f"{quote_name(cell_column(name))} UTINYINT" for name in COLUMNS]
        engine.query(f'CREATE TABLE rows (":site" VARCHAR, ":file" INTEGER, ":row" BIGINT, {", ".join(declared)})')
        if rows:
            at = "TIMESTAMPTZ '2024-03-01 00:00+00' + to_minutes(i * 10)"
            numbers = "i * 1.5, i % 7, 1 + i % 5, 1 + i % 4, 1 + i % 7, i % 11"
            engine.query(
                f"INSERT INTO rows SELECT 's' || (i % 40), 1, i, {at}, {at} + to_minutes(i), {at}, {numbers},"
                " i % 2 = 0, i % 3 = 0, 'a' || (i % 5), 'c' || (i % 3),"
                f" {', '.join('1' * len(COLUMNS))} FROM range({rows}) AS t(i)"
            )
        session = Recording(engine)
        staged = StagedDataset(dataset="rows", table="rows", columns=COLUMNS, time="opened")
        yield Ground(session=session, local=LocalSession(engine), staged=staged, shape="rows", zones={"UTC": []}), asked


def sent(requests, *, sites=("s1",), period=MARCH, levels=(), rows=4_000):
    """The queries that measuring takes."""
    with opened(rows) as (ground, asked):
        known = [Site(id=site, title=plain(site), region="r") for site in sites]
        zoned = replace(ground, zones={"UTC": list(sites)})
        measure_dataset(zoned, requests, sites=known, period=period, as_of=period.end, programme="p", levels=levels)
        return asked


PLAIN = {"time": "opened"}
QUANTILE = {"time": "opened", "interval": False}
CHANGES = {
    "where": ("mean(amount)", PLAIN, {"where": condition("flag")}),
    "another where": ("mean(amount)", {**PLAIN, "where": condition("flag")}, {"where": condition("solved")}),
    "a text in where": (
        "mean(amount)",
        {**PLAIN, "where": condition("agent = 'a1'")},
        {"where": condition("agent = 'a2'")},
    ),
    "time": ("mean(amount)", PLAIN, {"time": "done"}),
    "no time": ("mean(amount)", PLAIN, {"time": None}),
    "by": ("mean(amount)", PLAIN, {"by": ("agent",)}),
    "another by": ("mean(amount)", {**PLAIN, "by": ("agent",)}, {"by": ("channel",)}),
    "more by": ("mean(amount)", {**PLAIN, "by": ("agent",)}, {"by": ("agent", "channel")}),
    "subject": ("mean(amount)", PLAIN, {"subject": ("agent",)}),
    "weight": ("mean(amount)", PLAIN, {"sample": Sample(weight="cost")}),
    "another weight": ("mean(amount)", {**PLAIN, "sample": Sample(weight="cost")}, {"sample": Sample(weight="ten")}),
    "cluster": ("mean(amount)", PLAIN, {"sample": Sample(cluster="agent", icc=Decimal("0.1"))}),
    "interval": ("p90(amount)", QUANTILE, {"interval": True}),
    "by of a quantile": ("p90(amount)", QUANTILE, {"by": ("agent",)}),
    "where of a quantile": ("p90(amount)", QUANTILE, {"where": condition("flag")}),
    "time of a quantile": ("p90(amount)", QUANTILE, {"time": "done"}),
    "where of different values": ("distinct(agent)", PLAIN, {"where": condition("flag")}),
    "time of different values": ("distinct(agent)", PLAIN, {"time": "done"}),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_clause_of_an_item_reaches_the_engine(name):
    """Another clause, another query: no filter, grouping or weight is dropped on the way."""
    text, before, change = CHANGES[name]
    assert sent([request(text, **before)]) != sent([request(text, **{**before, **change})])


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_clause_of_an_item_changes_what_is_asked_beside_a_neighbour(name):
    """Also where another item asks for the same without it: both are computed."""
    text, before, change = CHANGES[name]
    one, other = request(text, **before), request(text, item="other", **{**before, **change})
    with opened(400) as (ground, _):
        sites = [Site(id="s1", title=plain("s1"))]
        zoned = replace(ground, zones={"UTC": ["s1"]})
        together = measure_dataset(zoned, [one, other], sites=sites, period=MARCH, as_of=MARCH.end).observations
        apart = [
            seen
            for alone in (one, other)
            for seen in measure_dataset(zoned, [alone], sites=sites, period=MARCH, as_of=MARCH.end).observations
        ]
    key = lambda seen: (seen.item, seen.subject, seen.group)  # noqa: E731
    assert sorted(together, key=key) == sorted(apart, key=key)


def test_what_the_sample_says_is_part_of_the_request():
    """Population and icc change no query: they work on the interval."""
    samples = [
        None,
        Sample(population=9),
        Sample(population=8),
        Sample(population="size"),
        Sample(weight="cost"),
        Sample(cluster="agent", icc=Decimal("0.1")),
        Sample(cluster="agent", icc=Decimal("0.2")),
    ]
    asked = [request("mean(amount)", sample=sample) for sample in samples]
    assert len({(one.sample, *statistics_of(one)) for one in asked}) == len(samples)


keys = st.sampled_from([(), (), ("agent",), ("channel",), ("agent", "channel")])
asking = st.builds(
    lambda text, where, by, is_subject, interval: request(
        text,
        where=None if where is None else condition(where),
        time="opened",
        by=() if is_subject else by,
        subject=by if is_subject else (),
        interval=interval,
    ),
    st.sampled_from(MEASURED),
    st.sampled_from([None, "flag", "five > 3", "agent = 'a1'"]),
    keys,
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=150)
@given(
    requests=st.lists(asking, min_size=1, max_size=12),
    times=st.integers(1, 9),
    levels=st.sets(st.sampled_from([Level.REGION, Level.PROGRAMME])),
)
def test_the_number_of_passes_follows_from_the_kinds_of_statistic(requests, times, levels):
    """One wide pass per grouping, then one per expression that cannot be added up, at each place that wants it."""
    plan = plan_passes(requests * times, sorted(levels))
    assert len(plan) == len(plan_passes(requests, sorted(levels)))
    assert sum(one.kind is PassKind.ADDITIVE for one in plan) == len({one.keys for one in requests})
    for kind, statistic in ((PassKind.QUANTILE, StatisticKind.QUANTILE), (PassKind.DISTINCT, StatisticKind.DISTINCT)):
        wanted = set()
        for one in requests:
            for found in statistics_of(one).values():
                if found.kind is statistic:
                    wanted |= {(found.expression, Level.AUDIT, one.keys)} if one.keys else set()
                    if not one.subject:
                        wanted |= {(found.expression, level, ()) for level in (Level.AUDIT, *levels)}
        planned = [(one.expression, one.grain.level, one.grain.keys) for one in plan if one.kind is kind]
        assert sorted(planned) == sorted(wanted)
    for one in plan:
        for number in one.requests:
            whole = (requests * times)[number]
            assert {*whole.columns} <= {*one.columns}


@settings(max_examples=15)
@given(
    chosen=st.lists(st.sampled_from(MEASURED), min_size=1, max_size=6),
    sites=st.integers(1, 40),
    copies=st.integers(1, 6),
)
def test_the_number_of_queries_depends_neither_on_sites_nor_on_periods_nor_on_copies(chosen, sites, copies):
    one = [request(text, item=f"i{number}", time="opened") for number, text in enumerate(chosen)]
    many = [replace(asked, item=f"{asked.item}-{copy}") for asked in one for copy in range(copies)]
    few = len(sent(one))
    names = [f"s{number}" for number in range(sites)]
    assert len(sent(many, sites=names)) == few
    assert len(sent(many, sites=names, period=APRIL)) == few
    assert len(sent(many, sites=names, rows=0)) == few
