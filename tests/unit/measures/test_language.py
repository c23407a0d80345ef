"""A measure's text is one named call or plain aggregates; anything else is a problem that points at its place."""

import pytest

from sqaudit.expressions.gate import ExpressionProblem
from sqaudit.model.target import Direction


@pytest.mark.parametrize(
    ("text", "unit", "formula"),
    [
        ("share(csat >= 4)", "share", "share/1"),
        ("SHARE( csat >= 4 )", "share", "share/1"),
        ("(share(reopened))", "share", "share/1"),
        ("share(correct, checked)", "share", "share/1"),
        ("on_time(closed_at, opened_at + INTERVAL 24 HOUR)", "share", "on_time/1"),
        ("mean(csat)", "", "mean/1"),
        ("mean(closed_at - opened_at)", "s", "mean/1"),
        ("p90(closed_at - opened_at)", "s", "quantile-7/1"),
        ("quantile(csat, 0.25)", "", "quantile-7/1"),
        ("nps(recommend)", "points", "nps/1"),
        ("top_box(csat, 2)", "share", "top_box/1"),
        ("per_thousand(kind = 'complaint')", "per_thousand", "per_thousand/1"),
        ("complaint_rate(reopened)", "per_thousand", "complaint_rate/1"),
        ("rate(correct, checked)", "", "rate/1"),
        ("rate(correct, checked, 100)", "per_100", "rate/1"),
        ("median(csat)", "", "quantile-7/1"),
        ("median(csat) FILTER (WHERE reopened)", "", "sql/1"),
        ("first_response(opened_at, closed_at, 0.9)", "s", "first_response-7/1"),
        ("churn(opened_at, closed_at)", "share", "churn/1"),
        ("service_level(checked, reopened, 20)", "share", "service_level-f4/1"),
        ("gap(closed_at - opened_at, INTERVAL 4 HOUR)", "s", "gap/1"),
        ("count(*)", "count", "count/1"),
        ("count(reopened)", "count", "count/1"),
        ("count(csat)", "count", "sql/1"),
        ("distinct(kind)", "count", "distinct/1"),
        ("sum(amount)", "", "sum/1"),
        ("max(closed_at - opened_at)", "s", "max/1"),
        ("sum(correct) / sum(checked)", "", "sql/1"),
        ("avg(closed_at - opened_at) FILTER (WHERE NOT reopened)", "s", "sql/1"),
        ("sum(closed_at - opened_at) / count(*)", "s", "sql/1"),
        ("sum(closed_at - opened_at) / INTERVAL 1 HOUR", "", "sql/1"),
        ("1000 * count_if(reopened) / count(*)", "", "sql/1"),
        ("count(DISTINCT kind)", "count", "sql/1"),
        ("coalesce(median(csat), 0)", "", "sql/1"),
        ("CASE WHEN count(*) >= 30 THEN avg(csat) END", "", "sql/1"),
    ],
)
def test_measures(text, unit, formula, compile_text):
    measure = compile_text(text)
    assert (measure.unit, measure.formula) == (unit, formula)
    assert "n" in measure.statistics
    assert len(measure.identity) == 64


@pytest.mark.parametrize(
    ("text", "code", "pointed"),
    [
        ("csat", "SQA308", "csat"),
        ("csat >= 4", "SQA308", "csat >= 4"),
        ("sum(amount) / csat", "SQA308", "csat"),
        ("lower(kind)", "SQA308", "lower(kind)"),
        ("sum(avg(csat))", "SQA309", "avg(csat)"),
        ("share(count(*) > 3)", "SQA309", "count(*)"),
        ("count(*) FILTER (WHERE sum(csat) > 3)", "SQA309", "sum(csat)"),
        ("1 - share(reopened)", "SQA310", "share(reopened)"),
        ("mean(share(reopened))", "SQA310", "share(reopened)"),
        ("nps(recommend) FILTER (WHERE reopened)", "SQA310", "nps(recommend)"),
        ("shre(reopened)", "SQA304", "shre(reopened)"),
        ("stddev(csat)", "SQA304", "stddev(csat)"),
        ("mean(csta)", "SQA303", "csta"),
        ("mean(kind)", "SQA306", "kind"),
        ("mean(reopened)", "SQA306", "reopened"),
        ("sum(reopened)", "SQA306", "reopened"),
        ("avg(kind)", "SQA306", "kind"),
        ("max(closed_at)", "SQA306", "closed_at"),
        ("share(csat)", "SQA306", "csat"),
        ("share(reopened, csat)", "SQA306", "reopened"),
        ("share(csat, reopened)", "SQA306", "reopened"),
        ("on_time(closed_at, 24)", "SQA306", "24"),
        ("count_if(csat)", "SQA306", "csat"),
        ("count(*) FILTER (WHERE csat)", "SQA306", "csat"),
        ("avg(csat) > 3", "SQA306", "avg(csat) > 3"),
        ("sum(closed_at - opened_at) + 1", "SQA306", "sum(closed_at - opened_at) + 1"),
        ("mean()", "SQA305", "mean"),
        ("mean(csat, csat)", "SQA305", "mean(csat, csat)"),
        ("mean(*)", "SQA306", "*"),
        ("sum(*)", "SQA305", "*"),
        ("mean(DISTINCT csat)", "SQA305", "csat"),
        ("sum(DISTINCT csat)", "SQA305", "csat"),
        ("count(reopened) / count(*)", "SQA305", "count(reopened)"),
        ("count(DISTINCT kind, csat)", "SQA305", "count(DISTINCT kind, csat)"),
        ("quantile(csat, 90)", "SQA312", "90"),
        ("quantile_cont(csat, 1.5)", "SQA312", "1.5"),
        ("quantile(csat, amount)", "SQA306", "amount"),
        ("top_box(recommend, 2)", "SQA312", "recommend"),
        ("top_box(csat + 0, 2)", "SQA312", "csat + 0"),
        ("top_box(csat, 0)", "SQA312", "0"),
        ("nps(csat)", "SQA312", "csat"),
        ("avg(csat) / 0", "SQA307", "0"),
        ("mean(csat / 0)", "SQA307", "0"),
        ("sum(csat) OVER ()", "SQA302", "sum(csat)"),
        ("(SELECT count(*) FROM tickets)", "SQA302", "count(*) FROM tickets"),
        ("count(*) FROM tickets", "SQA301", "FROM"),
        ("array_agg(csat)", "SQA304", "array_agg(csat)"),
        ("max_by(csat, amount)", "SQA304", "max_by(csat, amount)"),
    ],
)
def test_what_is_no_measure_points_at_its_place(text, code, pointed, compile_text):
    with pytest.raises(ExpressionProblem) as caught:
        compile_text(text)
    problem = caught.value
    assert problem.code == code, str(problem)
    assert text[problem.start : problem.end] == pointed


def test_a_row_value_is_told_how_to_become_a_measure(compile_text):
    with pytest.raises(ExpressionProblem) as caught:
        compile_text("csat")
    assert str(caught.value.message) == "'csat' is the value of one row; a measure sums rows up"
    assert str(caught.value.hint) == "wrap it, for example mean(csat)"


def test_the_same_statistic_is_asked_for_once(compile_text):
    measure = compile_text("avg(csat) + 2 * avg(csat) + sum(csat)")
    assert [found.kind.value for found in measure.statistics.values()] == ["sum", "count", "count", "count"]


@pytest.mark.parametrize(
    ("text", "direction", "sql"),
    [
        ("share(reopened)", Direction.HIGHER, '(NOT "reopened")'),
        ("share(reopened)", Direction.LOWER, '"reopened"'),
        ("per_thousand(reopened)", Direction.LOWER, '"reopened"'),
        ("top_box(csat, 2)", Direction.HIGHER, '("csat" < 4)'),
        ("mean(csat)", Direction.HIGHER, None),
        ("sum(amount) / count(*)", Direction.HIGHER, None),
    ],
)
def test_rows_that_count_against_a_site(text, direction, sql, compile_text):
    found = compile_text(text).against(direction)
    assert (found.sql if found is not None else None) == sql


def test_a_measure_that_breaks_is_a_problem_of_the_document_not_a_crash(compile_text, monkeypatch):
    """A plugin's measure may raise anything while it is asked for its statistics."""
    from sqaudit.builtin.measures.amounts import Mean

    monkeypatch.setattr(Mean, "statistics", lambda *_: 1 / 0)
    with pytest.raises(ExpressionProblem, match="the measure 'mean' failed"):
        compile_text("mean(csat)")


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("p90(closed_at - opened_at)", 0),
        ("p90(business(opened_at, closed_at))", 2),
        ("avg(business(opened_at, closed_at)) / INTERVAL 1 HOUR", 2),
        ("on_time(closed_at, business_after(opened_at, INTERVAL 8 HOUR))", 2),
    ],
)
def test_a_measure_says_which_clocks_it_needs(text, clocks, compile_text):
    measure = compile_text(text)
    assert len(measure.clocks) == clocks
    against = measure.against(Direction.HIGHER)
    assert against is None or against.clocks == measure.clocks
