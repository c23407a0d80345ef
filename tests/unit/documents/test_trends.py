"""What a programme says under ``trend``, as the series are read with it."""

from datetime import date

import pytest

from sqaudit.documents.periods import first_day
from sqaudit.documents.trends import build_trend
from sqaudit.errors import InvalidDocuments
from sqaudit.model.programme import PeriodUnit
from sqaudit.model.trend import Break, Rule, Trend


@pytest.mark.parametrize(
    ("text", "unit", "day"),
    [
        ("2026", PeriodUnit.YEAR, date(2026, 1, 1)),
        ("2026-Q3", PeriodUnit.QUARTER, date(2026, 7, 1)),
        ("2026-04", PeriodUnit.MONTH, date(2026, 4, 1)),
        ("2026-W01", PeriodUnit.WEEK, date(2025, 12, 29)),
        ("2026-02-28", PeriodUnit.DAY, date(2026, 2, 28)),
        ("2026-02-29", PeriodUnit.DAY, None),
        ("2025-W53", PeriodUnit.WEEK, None),
        ("2026-13", PeriodUnit.MONTH, None),
        ("2026-Q3", PeriodUnit.MONTH, None),
        ("2026-04-pilot", PeriodUnit.MONTH, None),
        ("2026-04-01/2026-04-30", PeriodUnit.MONTH, None),
    ],
)
def test_a_label_is_one_of_its_unit_only(text, unit, day):
    assert first_day(text, unit) == day


def test_without_a_word_there_are_the_defaults():
    assert build_trend({}) == Trend()
    rules = (Rule.NELSON_1, Rule.NELSON_2, Rule.NELSON_3, Rule.NELSON_5)
    assert (Trend().rules, Trend().baseline, Trend().breaks) == (rules, 20, ())


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        (["ewma", 5, 1], (Rule.NELSON_1, Rule.NELSON_5, Rule.EWMA)),
        ("nelson", tuple(Rule(f"nelson_{number}") for number in range(1, 9))),
        ("western_electric", tuple(Rule(f"western_electric_{number}") for number in range(1, 5))),
    ],
)
def test_rules_by_number_or_by_author(written, rules):
    assert build_trend({"rules": written}).rules == rules


def test_breaks_come_in_the_order_of_time():
    breaks = [{"period": "2026-04", "why": "b"}, {"period": "2025-11", "why": "a"}]
    assert build_trend({"breaks": breaks}).breaks == (
        Break(period="2025-11", why="a"),
        Break(period="2026-04", why="b"),
    )


def test_a_document_with_errors_is_not_read(project, read):
    programme = project / "audits" / "monthly" / "programme.yaml"
    text = programme.read_text(encoding="utf-8")
    programme.write_text(f"{text}trend: {{baseline: 9}}\n", encoding="utf-8")
    assert read(project).trend_of("monthly") == Trend(baseline=9)
    assert read(project).trend_of("no-longer-there") == Trend()
    for wrong in ("{baseline: few}", "{breaks: [{period: 2026-Q1, why: x}]}"):
        programme.write_text(f"{text}trend: {wrong}\n", encoding="utf-8")
        with pytest.raises(InvalidDocuments):
            read(project).trend_of("monthly")
