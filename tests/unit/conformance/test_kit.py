"""The kit: the fixture `project`, its clock, YAML cases."""

import pytest

from sqaudit.plugin.host import open_host
from sqaudit.testing import case_tests
from sqaudit.testing.cases import _look_at_measure, _look_at_scorer

MEAN = {"columns": {"wait": {"type": "integer", "optional": True}}, "says": "a mean", "measure": "mean(wait)"}
LINE = {"says": "a line", "scorer": "linear", "parameters": {"zero": 0, "full": 10}}


def test_the_clock_of_a_project_stands_still(project):
    made = project(now="2026-11-02T08:00")
    assert made.run("run", "first-audit").out.startswith("first-audit 2026-10, ")
    assert made.run("run", "first-audit", now="2026-10-20T08:00").out.startswith("first-audit 2026-09, ")
    (cycle, *_) = made.run("cycle", "list", "--format", "json").json
    assert cycle["recorded_at"].startswith("2026-10-20T08:00") or cycle["recorded_at"].startswith("2026-11-02T08:00")


@pytest.mark.parametrize(
    ("case", "look", "sound"),
    [
        ({**MEAN, "rows": [{"wait": 1}, {"wait": 4}], "value": 2.5}, _look_at_measure, True),
        ({**MEAN, "rows": [{"wait": 1}, {"wait": 4}], "value": 2.6}, _look_at_measure, False),
        ({**MEAN, "rows": [{"wait": None}], "reason": "no_valid_rows"}, _look_at_measure, True),
        ({**MEAN, "rows": [], "reason": "no_rows"}, _look_at_measure, True),
        ({**MEAN, "rows": [{"wait": 1}], "reason": "no_valid_rows"}, _look_at_measure, False),
        ({**MEAN, "rows": [{"wait": None}], "reason": "no_rows"}, _look_at_measure, False),
        ({**MEAN, "rows": [{"wait": 0}], "value": None}, _look_at_measure, False),
        ({**MEAN, "columns": {"wait": "integer"}, "rows": [{"wait": None}], "value": None}, _look_at_measure, False),
        ({**MEAN, "measure": "mean(wiat)", "problem": "wiat"}, _look_at_measure, True),
        ({**MEAN, "problem": "wiat"}, _look_at_measure, False),
        ({**LINE, "scores": [[5, 50], [11, 100]]}, _look_at_scorer, True),
        ({**LINE, "scores": [[5, 51]]}, _look_at_scorer, False),
        ({**LINE, "parameters": {"zero": 0}, "problem": "full"}, _look_at_scorer, True),
        ({**LINE, "parameters": {"zero": 1, "full": 1}, "problem": "must differ"}, _look_at_scorer, True),
        ({**LINE, "problem": "must differ"}, _look_at_scorer, False),
    ],
)
def test_a_case_holds_or_fails(case, look, sound):
    host = open_host()
    if sound:
        look(case, host)
    else:
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            look(case, host)


def test_a_folder_without_cases_is_a_mistake(tmp_path):
    with pytest.raises(ValueError, match="no cases"):
        case_tests(tmp_path)
