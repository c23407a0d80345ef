"""What a move refuses of what is said, beside what its table asks for."""

import math
from datetime import UTC, date, datetime

import pytest

from sqaudit.errors import InvalidInput
from sqaudit.follow_up.moves import Said, plan
from sqaudit.model.action import ActionState, CorrectiveAction, Path
from sqaudit.model.standard import Severity

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
ACTION = CorrectiveAction(
    id="a-1",
    programme="monthly",
    finding="f-1",
    criterion="answered",
    site="north",
    severity=Severity.MAJOR,
    path=Path.FULL,
    state=ActionState.ANALYSED,
    opened_at=NOW,
    updated_at=NOW,
)
DUE = date(2026, 4, 1)
GIVEN = {
    "step": (("Plan by the hour", "olive", DUE),),
    "indicator": "answered",
    "baseline": "2026-01",
    "target": ">= 0.9",
    "improve": 0.05,
    "check": date(2026, 6, 1),
}


def planned(**more):
    return plan(ACTION, Said(who="olive", now=NOW, today=NOW.date(), given=GIVEN | more))


@pytest.mark.parametrize("improve", [-0.01, math.nan, math.inf, -math.inf])
def test_the_least_improvement_is_a_size(improve):
    with pytest.raises(InvalidInput, match="SQA876"):
        planned(improve=improve)
    assert planned(improve=0.0).plan.effect.improve == 0
    assert planned(improve=1).plan.effect.improve == 1.0, "a story of a template may write it so"


@pytest.mark.parametrize("step", [(), (("  ", "olive", DUE),), (*GIVEN["step"], ("", "olive", DUE))])
def test_every_step_of_a_plan_says_what_is_done(step):
    with pytest.raises(InvalidInput, match=r"SQA873.*--step"):
        planned(step=step)
