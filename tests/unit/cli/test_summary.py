from decimal import Decimal
from types import SimpleNamespace

import pytest

from sqaudit.cli.summary import exit_code_of, show_summary
from sqaudit.errors import msg
from sqaudit.model.score import Level, Score, Status
from sqaudit.model.standard import Severity


def _summary(**changes):
    score = Score(
        level=Level.PROGRAMME, id="monthly", site=None, score=Decimal("87.495"), raw_score=None,
        coverage=Decimal("0.875"), weight=Decimal(1), items=3, rating="B",
    )  # fmt: skip
    facts = {
        "programme": "monthly", "period": "2026-10", "revision": 2, "changed": True, "changes": (msg("sites"),),
        "audits": 2, "items": 4, "statuses": {Status.FAIL: 1, Status.PASS: 3},
        "findings": {Severity.MINOR: 2, Severity.MAJOR: 1},
        "score": score, "warnings": (msg("3 rows of unknown sites"),),
        "notes": (msg("corrections: 2"),), "problems": (),
        "evaluated": True, "incomplete": False,
    }  # fmt: skip
    return SimpleNamespace(**(facts | changes))


@pytest.mark.parametrize(
    ("changes", "fail_on", "code"),
    [
        ({}, None, 0),
        ({}, Severity.CRITICAL, 0),
        ({}, Severity.MAJOR, 1),
        ({}, Severity.OPPORTUNITY, 1),
        ({"findings": {Severity.MAJOR: 0}}, Severity.OPPORTUNITY, 0),
        ({"incomplete": True}, Severity.MINOR, 3),
        ({"incomplete": True, "evaluated": False}, Severity.MINOR, 4),
    ],
)
def test_the_heaviest_outcome_is_the_exit_code(changes, fail_on, code):
    assert exit_code_of(_summary(**changes), fail_on) == code


def test_the_outcome_is_on_stdout_and_the_warnings_are_not(capsys):
    show_summary(_summary())
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "monthly 2026-10, revision 2",
        "  changed: sites",
        "  corrections: 2",
        "  score 87.50, rating B, coverage 87.5%",
        "  audits: 2, item results: 4 (3 pass, 1 fail)",
        "  findings: 1 major, 2 minor",
    ]
    assert err == "warning: 3 rows of unknown sites\n"


def test_nothing_is_said_as_such(capsys):
    show_summary(_summary(score=None, statuses={}, findings={}, evaluated=False, changes=(), warnings=()))
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "  findings: 0"
    assert "nothing was evaluated" in err
