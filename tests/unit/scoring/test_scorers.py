"""Scorers, case by case from files: tests/cases/scorers/*.yaml."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from sqaudit.builtin.scorers import SCORERS
from sqaudit.model.target import read_target

CASES = Path(__file__).parents[2] / "cases" / "scorers"
BY_NAME = {scorer.name: scorer for scorer in SCORERS}


def _cases():
    for file in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['says']}")


def test_every_scorer_has_cases():
    assert {file.stem for file in CASES.glob("*.yaml")} == set(BY_NAME)


@pytest.mark.parametrize("case", list(_cases()))
def test_scorer(case):
    scorer = BY_NAME[case["scorer"]]
    target = read_target(case["target"]) if "target" in case else None
    problem = scorer.problem(case.get("parameters", {}), target)
    if "problem" in case:
        assert case["problem"] in str(problem)
        return
    assert problem is None
    for value, expected in case["scores"]:
        assert scorer.score(value, target, case.get("parameters", {})) == Decimal(str(expected)), value
