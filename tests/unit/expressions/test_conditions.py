"""Conditions over plain values follow SQL's logic of unknowns and compute exactly."""

import itertools

import duckdb
import pytest

from sqaudit.expressions.conditions import ConditionFailed, read_condition
from sqaudit.expressions.gate import ExpressionProblem

VALUES = {"score": 0.1, "coverage": None, "region": "south", "critical": 3, "has_counter": True}


def evaluate(text, values=VALUES):
    return read_condition(text, values).evaluate(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score + 0.2 = 0.3", True),  # in floats it is not
        ("score * 3 >= 0.3", True),
        ("1 / 3 * 3 = 1", True),
        ("has_counter", True),
        ("has_counter = true AND region = 'south'", True),
        ("Region IN ('north', 'south')", True),
        ("region IN ('north', NULL)", None),
        ("coverage > 0.8", None),
        ("coverage IS NULL", True),
        ("NOT coverage IS NULL", False),
        ("coverage BETWEEN 0 AND 1", None),
        ("critical BETWEEN 4 AND coverage", False),
        ("coalesce(coverage, 1) = 1", True),
        ("CASE WHEN critical > 2 THEN score < 1 ELSE false END", True),
        ("CASE region WHEN 'south' THEN true END", True),
        ("critical / (critical - 3) > 1", None),
        ("round(2.5) = 3 AND round(-2.5) = -3 AND round(0.125, 2) = 0.13", True),
        ("abs(-critical) = 3 AND least(critical, 1) = 1 AND greatest(coverage, critical) = 3", True),
        ("upper(region) = 'SOUTH' AND lower('A') = 'a'", True),
        ("nullif(critical, 3) IS NULL", True),
    ],
)
def test_conditions(text, expected):
    assert evaluate(text) is expected


@pytest.mark.parametrize("text", ["region = 1", "region > score", "has_counter > 1", "NOT region", "region + 1 > 0"])
def test_kinds_that_do_not_go_together_fail_and_say_so(text):
    """A text against a number is not false but a failure that names the value."""
    with pytest.raises(ConditionFailed, match=r"south|true"):
        evaluate(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("scor > 1", "SQA303"),
        ("score", None),
        ("score + 1", "SQA306"),
        ("'a'", "SQA306"),
        ("1 = 'a'", "SQA306"),
        ("score > 1 AND 2", "SQA306"),
        ("score / 0 > 1", "SQA307"),
        ("sum(score) > 1", "SQA304"),
        ("hour(score) > 1", "SQA304"),
        ("region LIKE 's%'", "SQA302"),
        ("(SELECT 1)", "SQA302"),
        ("score IN critical", "SQA301"),
        ("1e999 > score", "SQA311"),
        ("lower(region, region) = 'a'", "SQA305"),
    ],
)
def test_what_is_no_condition_is_a_problem(text, code):
    if code is None:
        with pytest.raises(ConditionFailed):
            evaluate(text)
        return
    with pytest.raises(ExpressionProblem) as caught:
        read_condition(text, VALUES)
    assert caught.value.code == code


def test_unknown_names_are_suggested():
    with pytest.raises(ExpressionProblem) as caught:
        read_condition("has_conter", VALUES)
    assert str(caught.value.hint) == "did you mean 'has_counter'?"
    assert read_condition("score > 1 OR region = 'a'", VALUES).names == {"score", "region"}


@pytest.mark.parametrize(
    "text", ["a AND b", "a OR b", "NOT a OR b", "a = b", "a <> b", "a IN (b, true)", "a IS TRUE AND b"]
)
def test_unknowns_are_treated_as_duckdb_treats_them(text):
    """Every combination of true, false and unknown gives what DuckDB gives."""
    for a, b in itertools.product([True, False, None], repeat=2):
        sql = f"SELECT {text} FROM (SELECT ?::BOOLEAN AS a, ?::BOOLEAN AS b)"
        assert evaluate(text, {"a": a, "b": b}) is duckdb.execute(sql, [a, b]).fetchall()[0][0]
