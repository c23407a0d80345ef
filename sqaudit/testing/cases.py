"""Cases in YAML: what measures and scorers must give, as their author works it out by hand.

A file is a list of cases, or a mapping of ``columns`` (as a standard declares them) and ``cases``:

    columns: {wait: {type: integer, optional: true}}
    cases:
      - {says: the largest less the smallest, measure: spread(wait), rows: [{wait: 3}, {wait: 10}], value: 7}
      - {says: nothing is no spread, measure: spread(wait), rows: [{wait: null}], reason: no_valid_rows}
      - {says: stars are points, scorer: stars, parameters: {of: 5}, scores: [[5, 100], [4, 80]]}
      - {says: five of none, scorer: stars, parameters: {of: 0}, problem: minimum}

``problem`` is a piece of what is said where a call or parameters are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from sqaudit.conformance.records import DATASET, staged, write_records
from sqaudit.documents.building import build_dataset
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.language import compile_measure
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.ports import Scorer
from sqaudit.model.target import Target, read_target
from sqaudit.plugin.host import PluginHost, open_host

_SITE = "here"


def case_tests(folder: Path) -> Callable[..., None]:
    """One test for each case in a folder of YAML files.

    Example:
        ``test_cases = case_tests(Path(__file__).parent / "cases")``
    """
    cases = [*_read(folder)]
    if not cases:
        raise ValueError(f"there are no cases in {folder}")

    @pytest.mark.parametrize("case", cases)
    def test(case: Mapping[str, Any]) -> None:
        host = open_host()
        if "measure" in case:
            _look_at_measure(case, host)
        else:
            _look_at_scorer(case, host)

    return cast("Callable[..., None]", test)


def _read(folder: Path) -> Iterator[Any]:
    for file in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        columns, cases = (content["columns"], content["cases"]) if isinstance(content, dict) else ({}, content)
        for case in cases:
            yield pytest.param({"columns": columns, **case}, id=f"{file.stem}: {case['says']}")


def _look_at_measure(case: Mapping[str, Any], host: PluginHost) -> None:
    dataset = build_dataset(DATASET, {"columns": case["columns"]})
    if "problem" in case:
        with pytest.raises(ExpressionProblem) as refused:
            compile_measure(case["measure"], dataset, host.measures())
        assert case["problem"] in str(refused.value)
        return
    compiled = compile_measure(case["measure"], dataset, host.measures())
    rows: Sequence[Mapping[str, object]] = [
        {name: row.get(name) for name in dataset.columns} for row in case.get("rows", ())
    ]
    with staged(dataset, write_records({_SITE: rows}, dataset.columns), [_SITE]) as table:
        seen = table.observe([MeasureRequest(checklist="cases", item="0", measure=compiled)])[0, _SITE]
    assert seen.rows == len(rows), "rows were rejected: a column that is not `optional` has no usable value in them"
    value = finish_observation(compiled, seen)
    if "value" in case and case["value"] is not None:
        assert value.value == pytest.approx(float(case["value"]), rel=1e-9, abs=1e-9), value
    else:
        assert value.value is None, value
    assert case.get("reason") in {None, value.reason}, value


def _look_at_scorer(case: Mapping[str, Any], host: PluginHost) -> None:
    scorer = host.scorer(case["scorer"])
    target = read_target(case["target"]) if "target" in case else None
    parameters = case.get("parameters", {})
    problem = _problem(scorer, parameters, target)
    if "problem" in case:
        assert problem is not None, f"{parameters} are not refused"
        assert case["problem"] in problem, problem
        return
    assert problem is None, problem
    for value, expected in case["scores"]:
        assert scorer.score(value, target, parameters) == Decimal(str(expected)), value


def _problem(scorer: Scorer, parameters: object, target: Target | None) -> str | None:
    from jsonschema import Draft202012Validator

    schema: Any = scorer.parameters_schema
    for error in Draft202012Validator(schema).iter_errors(parameters):
        return f"{error.validator}: {error.message}"
    problem = scorer.problem(parameters, target)
    return None if problem is None else str(problem)
