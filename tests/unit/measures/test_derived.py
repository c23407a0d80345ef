"""Derived items: exact values, the intervals they keep, and what they refuse."""

from __future__ import annotations

from fractions import Fraction
from graphlib import CycleError

import pytest
from msgspec.structs import replace

from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.measures.compiled import with_interval
from sqaudit.measures.derived import order_derived, read_derived
from sqaudit.model.score import Value
from sqaudit.model.spread import EventRate, Proportion
from sqaudit.statistics.intervals import wilson

UNITS = {"complaints": "count", "orders": "count", "first-reply": "s", "last-reply": "s", "north": "share",
         "south": "share", "CSAT-1": ""}  # fmt: skip


def value(number, low=None, high=None, interval=None, unit=""):
    return Value(value=number, unit=unit, formula="x/1", low=low, high=high, interval=interval)


def share(successes, n):
    low, high = wilson(successes, n)
    return value(successes / n, low, high, "wilson", "share")


def finish(text, **values):
    known = {name.replace("_", "-"): value(each) if isinstance(each, int | float) else each
             for name, each in values.items()}  # fmt: skip
    return read_derived(text, UNITS).finish(known)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(complaints, orders) * 1000", 12.5),
        ("complaints / orders", 0.0125),
        ("ratio(complaints, orders)", 0.0125),
        ("difference(complaints, orders)", -3950.0),
        ("-(complaints - 2 * orders) / 3", 7950 / 3),
        ("complaints * 0.1 + orders * 0.2", 805.0),
        ("rate(complaints + 10, orders - 2000) * 1000", 30.0),
    ],
)
def test_arithmetic_is_exact(text, expected):
    assert finish(text, complaints=50, orders=4000).value == expected


def test_a_value_is_computed_with_as_it_is_shown():
    """0.3 - 0.1 in binary is 0.19999999999999998."""
    assert finish("north - south", north=0.3, south=0.1).value == 0.2


def test_needs_are_ids_in_the_order_written():
    derived = read_derived("rate(complaints, ORDERS) + csat_1 + complaints + first_reply", UNITS)
    assert derived.needs == ("complaints", "orders", "CSAT-1", "first-reply")
    assert derived.formula == "derived/1"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("first_reply - last_reply", "s"),
        ("difference(first_reply, last_reply)", "s"),
        ("first_reply - INTERVAL 4 HOUR", "s"),
        ("(first_reply)", "s"),
        ("first_reply / 3600", ""),
        ("first_reply / INTERVAL 1 HOUR", ""),
        ("first_reply - north", ""),
        ("rate(complaints, orders) * 1000", "per_thousand"),
        ("1000 * rate(complaints, orders)", "per_thousand"),
        ("rate(complaints, orders) * 10 * 100", "per_thousand"),
        ("rate(complaints, orders)", ""),
        ("complaints + orders", "count"),
        ("north * 100", ""),
    ],
)
def test_units_survive_sums_and_differences_only(text, unit):
    assert read_derived(text, UNITS).unit == unit


def test_durations_are_seconds():
    assert finish("first_reply - INTERVAL 4 HOUR", first_reply=18_000).value == 3600.0
    assert finish("first_reply / INTERVAL 1 HOUR", first_reply=18_000).value == 5.0


@pytest.mark.parametrize(
    ("text", "spread"),
    [
        ("rate(complaints, orders)", EventRate(events=Fraction(50), exposure=Fraction(4000))),
        ("rate(complaints, orders) * 1000", EventRate(events=Fraction(50), exposure=Fraction(4000), per=1000)),
        ("100 * (rate(complaints, orders) * 10)", EventRate(events=Fraction(50), exposure=Fraction(4000), per=1000)),
        ("rate(complaints, orders) / 2", EventRate(events=Fraction(50), exposure=Fraction(8000))),
        ("rate(complaints, orders * 2.5)", EventRate(events=Fraction(50), exposure=Fraction(10_000))),
        ("ratio(complaints, orders)", Proportion(successes=Fraction(50), n=Fraction(4000))),
        ("ratio(complaints, complaints + orders)", Proportion(successes=Fraction(50), n=Fraction(4050))),
        ("ratio(orders, complaints)", None),
        ("ratio(complaints, orders * 2)", None),
        ("rate(complaints, orders) + 1", None),
        ("rate(complaints, orders) * -1", None),
        ("complaints / orders", None),
    ],
)
def test_calls_keep_what_their_interval_is_made_from(text, spread):
    found = finish(text, complaints=50, orders=4000)
    assert found.spread == spread
    assert (found.low, found.high) == (None, None)


def test_a_rate_of_what_is_not_counted_has_no_interval():
    assert finish("rate(CSAT_1, orders)", CSAT_1=2.5, orders=100).spread is None
    assert finish("rate(CSAT_1, orders)", CSAT_1=-2, orders=100).spread is None
    assert finish("rate(complaints, CSAT_1)", complaints=2, CSAT_1=-4).spread is None


def test_a_share_of_measures_is_no_proportion():
    """Only counts make a proportion; two means whose values happen to be whole do not."""
    assert finish("ratio(first_reply, last_reply)", first_reply=1, last_reply=2).spread is None


def test_a_scaled_ratio_has_the_scaled_interval():
    low, high = wilson(15, 148)
    found = finish("ratio(complaints, orders) * 100", complaints=15, orders=148)
    assert (found.low, found.high, found.interval) == (pytest.approx(100 * low), pytest.approx(100 * high), "wilson")
    turned = finish("-ratio(complaints, orders)", complaints=15, orders=148)
    assert (turned.low, turned.high) == (pytest.approx(-high), pytest.approx(-low))


@pytest.mark.parametrize(
    ("left", "right", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)],
)
def test_the_interval_of_a_difference_is_newcombes(left, right, low, high):
    """Newcombe, Statistics in Medicine 1998;17:873-890, table II, method 10."""
    found = finish("difference(north, south)", north=share(*left), south=share(*right))
    assert found.interval == "newcombe"
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.unit == "share"


def test_a_difference_keeps_the_interval_when_it_is_scaled():
    plain = finish("difference(north, south)", north=share(56, 70), south=share(48, 80))
    scaled = finish("difference(north, south) * -100", north=share(56, 70), south=share(48, 80))
    inside = finish("difference(100 * south, north * 100)", north=share(56, 70), south=share(48, 80))
    for found in (scaled, inside):
        assert found.value == pytest.approx(-100 * plain.value)
        assert (found.low, found.high) == (pytest.approx(-100 * plain.high), pytest.approx(-100 * plain.low))


def test_a_difference_has_no_interval_without_both():
    assert finish("difference(north, south)", north=share(56, 70), south=0.6).interval is None
    assert finish("difference(north, north)", north=share(56, 70)).interval is None
    assert finish("difference(north, south + 1)", north=share(56, 70), south=share(1, 2)).interval is None
    assert finish("north - south", north=share(56, 70), south=share(1, 2)).interval is None


def test_an_item_times_a_number_stretches_its_interval():
    found = finish("-(first_reply) / 60", first_reply=value(600, 540, 720, "order", "s"))
    assert (found.value, found.low, found.high, found.interval) == (-10.0, -12.0, -9.0, "order")
    half_open = finish("first_reply * 2", first_reply=value(600, 540, None, "order", "s"))
    assert (half_open.low, half_open.high) == (1080.0, None)


def test_without_a_value_the_reason_names_the_item():
    missing = Value(value=None, unit="count", formula="x/1", reason="no_rows")
    found = finish("rate(complaints, orders)", complaints=3, orders=missing)
    assert (found.value, found.reason) == (None, "'orders' has no value")
    assert read_derived("first_reply * 2", UNITS).finish({}).reason == "'first-reply' has no value"


@pytest.mark.parametrize("text", ["rate(complaints, orders) * 1000", "complaints / orders", "complaints / (orders * 0)",
                                  "ratio(complaints, orders)"])  # fmt: skip
def test_nothing_to_divide_by_is_no_value(text):
    found = finish(text, complaints=3, orders=0)
    assert (found.value, found.reason, found.spread) == (None, "zero_denominator", None)


def test_what_no_double_holds_is_no_value():
    assert finish("CSAT_1 * CSAT_1", CSAT_1=1e200).reason == "not_finite"


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("rate(complaint, orders)", "SQA303", 5, 14),
        ("rate(complaints)", "SQA305", 0, 16),
        ("rate(complaints, orders, 3)", "SQA305", 0, 27),
        ("complaints + rte(complaints, orders)", "SQA304", 13, 36),
        ("coalesce(complaints, 0)", "SQA304", 0, 23),
        ("sum(complaints)", "SQA304", 0, 15),
        ("CASE WHEN complaints > 1 THEN 1 END", "SQA302", 10, 31),
        ("complaints > 1", "SQA302", 0, 14),
        ("complaints % 2", "SQA302", 0, 14),
        ("complaints + 'a'", "SQA306", 13, 16),
        ("'a'", "SQA306", 0, 3),
        ("complaints / 0", "SQA307", 13, 14),
        ("1 + 1", "SQA318", 0, 5),
        ("complaints +", "SQA301", 11, 12),
        ("complaints)", "SQA301", 10, 11),
    ],
)
def test_what_is_refused_and_where(text, code, start, end):
    with pytest.raises(ExpressionProblem) as caught:
        read_derived(text, UNITS)
    assert (caught.value.code, caught.value.start, caught.value.end) == (code, start, end)
    assert caught.value.hint is not None


def test_the_nearest_item_is_offered_as_it_is_written():
    with pytest.raises(ExpressionProblem) as caught:
        read_derived("frist_reply / 2", UNITS)
    assert str(caught.value.hint) == "did you mean 'first_reply'?"


def test_deep_nesting_is_a_problem_and_no_crash():
    with pytest.raises(ExpressionProblem):
        read_derived("-" * 900 + "complaints", UNITS)


def test_derived_items_are_computed_after_those_they_read():
    texts = {"a": "b + c_1", "b": "c_1 * complaints", "c-1": "orders / 2", "d": "a - b"}
    assert order_derived(texts) == ("c-1", "b", "a", "d")
    assert order_derived(dict(reversed(texts.items()))) == ("c-1", "b", "a", "d")
    assert order_derived({}) == ()


def test_a_circle_has_no_order():
    with pytest.raises(CycleError):
        order_derived({"a": "b * 2", "b": "a / 2"})


def test_an_item_of_a_designed_sample_keeps_its_own_interval():
    """Its spread alone would make another one."""
    spread = Proportion(successes=56, n=70)
    designed = replace(
        share(56, 70), spread=spread, low=0.7, high=0.9, interval="wilson + weighted", worth=Fraction(1, 2)
    )
    found = with_interval(finish("north", north=designed))
    assert (found.low, found.high, found.interval) == (0.7, 0.9, "wilson + weighted")
