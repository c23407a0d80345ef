"""Points off a base: caps, the floor, bonuses, and what each of them brings to the score."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sqaudit.model.checklist import Item, ScoreRule
from sqaudit.model.score import Status
from sqaudit.model.standard import CriticalPolicy, NotApplicable, Rollup, Scoring, Severity, Unanswered
from sqaudit.model.texts import plain
from sqaudit.reports.policies import policies_in_words
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.contributions import deduction_contributions
from sqaudit.scoring.items import score_by_policy


def deducting(**limits):
    return Scoring(rollup=Rollup.DEDUCTION, **{name: Decimal(limit) for name, limit in limits.items()})


def off(points):
    """An item that takes so many points off."""
    return 1 - Decimal(points) / 100


def test_points_come_off_the_base_and_not_below_the_floor(audit):
    sections = {"A": (1, [off(2), off(3)]), "B": (9, [off(5), 1])}
    assert audit(sections, deducting()).score == 90
    assert audit(sections, deducting(base=80)).score == 70
    assert audit(sections, deducting(floor=95)).score == 95
    assert audit({"A": (1, [0, 0])}, deducting()).score == 0


def test_each_dimension_and_criterion_is_what_its_own_points_leave(audit):
    made = audit({"A": (1, [off(2), [off(3), off(1)]]), "B": (1, [off(5)])}, deducting()).scores
    assert [score.score for score in made.criteria] == [98, 96, 95]
    assert [score.score for score in made.dimensions] == [94, 95]
    assert made.audit.score == 89


def test_a_bonus_is_added_and_lifts_nothing_above_the_base(audit):
    made = audit({"A": (1, [off(10), Decimal("0.04")]), "B": (1, [Decimal("0.03")])}, deducting())
    praise = {"A1-0", "B0-0"}
    assert score_audit(made.standard, "site", made.results, praise).audit.score == 97
    clean = [replace(made.results[0], score=Decimal(100)), *made.results[1:]]
    assert score_audit(made.standard, "site", clean, praise).audit.score == 100


def test_what_has_no_data_costs_nothing_and_lowers_the_coverage(audit):
    made = audit({"A": (1, [off(2), Status.NO_DATA, (0, off(50)), Status.NOT_APPLICABLE])}, deducting()).scores.audit
    assert (made.score, made.coverage) == (98, Decimal("0.5"))
    nothing = audit({"A": (1, [Status.NO_DATA])}, deducting()).scores
    assert {(score.score, score.reason) for score in (nothing.audit, *nothing.dimensions)} == {(None, "nothing_scored")}


@pytest.mark.parametrize(
    ("rule", "full", "zero"),
    [
        (ScoreRule(scorer="deduct", parameters={"deduct": 2, "cap": 6}), 100, 94),
        (ScoreRule(scorer="deduct", parameters={"deduct": 2}), 100, 0),
        (ScoreRule(scorer="bonus", parameters={"bonus": 1, "cap": 3}), 3, 0),
        (ScoreRule(), 100, 0),
    ],
)
def test_full_points_and_none_are_the_best_and_the_worst_of_the_item(rule, full, zero):
    item = Item(id="i", title=plain("i"), dataset="", measure="", score=rule)
    policies = [Scoring(not_applicable=policy) for policy in (NotApplicable.FULL, NotApplicable.ZERO)]
    assert [score_by_policy(item, policy, Status.NOT_APPLICABLE) for policy in policies] == [full, zero]
    assert score_by_policy(item, Scoring(unanswered=Unanswered.ZERO), Status.UNANSWERED) == zero


@pytest.mark.parametrize("scoring", [deducting(), deducting(base=60), deducting(base=90, floor=85)])
def test_parts_sum_to_the_score_also_where_limits_and_a_critical_failure_took_a_hand(audit, scoring):
    made = audit({"A": (1, [off(7), off(2), Decimal("0.05")])}, replace(scoring, critical=CriticalPolicy.ZERO))
    for severity in Severity:
        criteria = {name: replace(one, severity=severity) for name, one in made.standard.criteria.items()}
        standard = replace(made.standard, criteria=criteria)
        scored = score_audit(standard, "site", made.results, {"A2-0"}).audit
        parts = deduction_contributions(standard, made.results, {"A2-0"}, scored)
        assert sum(part.points for part in parts) == scored.score
        assert scored.score == 0 if severity is Severity.CRITICAL else scored.score > 0
    assert [part.points for part in parts[:4]] == [scoring.base, -7, -2, 5]


def test_the_policy_is_told_with_its_limits_and_bonuses_where_there_are_any():
    plain_item = Item(id="i", title=plain("i"), dataset="", measure="")
    told = [str(line) for line in policies_in_words(deducting(base=90, floor=10), [plain_item])]
    assert told[0].startswith("scores start from 90 (deduction)")
    assert "no score falls below 10" in told[0]
    assert not any("bonus" in line for line in told)
    praise = replace(plain_item, score=ScoreRule(scorer="bonus", parameters={"bonus": 1, "cap": 3}))
    assert any("lift no score above 90" in str(line) for line in policies_in_words(deducting(base=90), [praise]))
