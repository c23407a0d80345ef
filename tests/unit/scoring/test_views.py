"""Views put criteria together once more; what a criterion counts in the audit it counts in its group."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.score import Status
from sqaudit.model.standard import Rollup, Scoring, View
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.views import groups_of, score_views

TEAM = View(tag="team", title=plain("Team"))
MEANS = [one for one in Rollup if one not in {Rollup.DEDUCTION, Rollup.XCCDF_ABSOLUTE}]
outcomes = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([0, 0.25, 0.7, 1, Status.NOT_APPLICABLE])), min_size=1, max_size=4
)


def viewed(audit, teams, view=TEAM):
    """The audit's standard with a view, the criteria's teams being ``teams``; and the scores of its groups."""
    criteria = {
        name: replace(one, tags={"team": teams[name]} if teams.get(name) else {})
        for name, one in audit.standard.criteria.items()
    }
    standard = replace(audit.standard, criteria=criteria, scoring=replace(audit.scoring, views=(view,)))
    scored = score_audit(standard, "site", audit.results)
    return scored, list(score_views(standard, "site", scored.criteria, audit.results, ()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from("AB"), st.tuples(st.integers(1, 9), outcomes), min_size=1), st.data())
@pytest.mark.parametrize("rollup", MEANS)
def test_groups_that_take_in_everything_average_to_the_audit(audit, rollup, sections, data):
    made = audit(sections, Scoring(rollup=rollup))
    teams = {name: data.draw(st.sampled_from(["red", "blue"])) for name in made.standard.criteria}
    scored, groups = viewed(made, teams)
    weighed = [(Fraction(one.weight), Fraction(one.score)) for one in groups if one.score is not None]
    whole = sum(weight for weight, _ in weighed)
    if scored.audit.raw_score is None:
        assert not whole
    else:
        mean = sum(weight * score for weight, score in weighed) / whole
        assert abs(mean - Fraction(scored.audit.raw_score)) < Fraction(1, 10**6)


def test_a_group_is_its_criteria_by_what_they_count_in_the_audit(audit):
    """A is 3/4 of the audit: 1/4 each of a0 (100) and a1 (0) twofold; B's only criterion is the last quarter."""
    made = audit({"A": (3, [(1, 1), (2, 0)]), "B": (1, [0.5])})
    _, (red, blue) = viewed(made, {"A0": "red", "B0": "red", "A1": "blue"})
    assert [(one.id, one.view, one.level_name, one.site) for one in (red, blue)] == [
        ("red", "team", "view:team", "site"), ("blue", "team", "view:team", "site"),
    ]  # fmt: skip
    assert (red.score, red.weight) == (75, Decimal(2))  # (1 · 100 + 1 · 50) / 2
    assert (blue.score, blue.weight) == (0, Decimal(2))


def test_what_has_no_score_lowers_the_coverage_of_its_group_alone(audit):
    made = audit({"A": (1, [1, Status.NO_DATA, Status.NO_DATA])})
    _, (red, blue) = viewed(made, {"A0": "red", "A1": "red", "A2": "blue"})
    assert (red.score, red.coverage) == (100, Decimal("0.5"))
    assert (blue.score, blue.coverage, blue.reason) == (None, 0, "nothing_scored")


def test_points_come_off_the_base_of_each_group(audit):
    made = audit({"A": (1, [0.9, 0.7])}, Scoring(rollup=Rollup.DEDUCTION))
    scored, (red, blue) = viewed(made, {"A0": "red", "A1": "blue"})
    assert (scored.audit.score, red.score, blue.score) == (60, 90, 70)


def test_groups_come_as_the_view_lists_them_and_a_dimension_lends_its_tag(audit):
    made = audit({"A": (1, [1, 1]), "B": (1, [1])})
    dimensions = made.standard.dimensions
    dimensions = {**dimensions, "B": replace(dimensions["B"], tags={"team": "blue"})}
    criteria = {**made.standard.criteria}
    criteria["A0"] = replace(criteria["A0"], tags={"team": "red"})
    standard = replace(made.standard, dimensions=dimensions, criteria=criteria)
    view = replace(TEAM, values={"blue": plain("Blue")})
    assert groups_of(standard, view) == {"blue": ["B0"], "red": ["A0"]}
