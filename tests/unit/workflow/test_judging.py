"""Judging from observations alone: subjects, the latest of them, what breaks, and what must stay hidden."""

import json
import random
from datetime import UTC, datetime

import pytest

from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import Level, Status
from sqaudit.model.texts import plain
from sqaudit.workflow.context import open_context
from sqaudit.workflow.judging import score_cycle
from sqaudit.workflow.judging.persons import hide_persons, hides_another
from sqaudit.workflow.measurable import make_measurable

STANDARD = """
kind: standard
id: calls
version: "1.0"
title: Calls
ratings: [{rating: good, from: 80}, {rating: poor, from: 0}]
dimensions: {speed: {}}
datasets:
  calls: {columns: {at: timestamp, call: text, ok: {type: boolean, optional: true}}}
  visits: {columns: {at: timestamp, ok: {type: boolean, optional: true}}}
criteria:
  - {id: S-1, dimension: speed, target: ">= 0.8", severity: critical}
  - {id: S-2, dimension: speed, target: ">= 0.8"}
"""
CHECKLIST = """
kind: checklist
id: desk
standard: calls@1
subject: call
summary: SUMMARY
dataset: calls
items:
  - {id: ok, criterion: S-1, measure: share(ok)}
  - {id: calls, measure: count(*)}
  - {id: visits-ok, criterion: S-2, dataset: visits, measure: share(ok)}
  - {id: twice, derive: ok * 2}
"""
PROGRAMME = """
kind: programme
id: monthly
standard: calls@1
checklists: [desk]
sites: [{id: a}, {id: b}]
period: month
sources: {calls: {path: c.csv, site: site, time: at}, visits: {path: v.csv, site: site, time: at}}
"""
SITES = [Site(id=name, title=plain(name)) for name in "ab"]


@pytest.fixture
def measurable(project):
    def make(summary="mean"):
        made = project(
            {
                "standards/calls/standard.yaml": STANDARD,
                "standards/calls/checklists/desk.yaml": CHECKLIST.replace("SUMMARY", summary),
                "audits/monthly/programme.yaml": PROGRAMME,
            }
        )
        context = open_context(folder=made.folder, environ={}, now=datetime(2026, 11, 1, tzinfo=UTC), no_plugins=True)
        return make_measurable(context.library.resolved("monthly"), context.host, SITES)

    return make


def seen(item, n, part, **more):
    statistics = {"n": n, "part": part, "count": n, **more.pop("statistics", {})}
    return Observation(site="a", checklist="desk", item=item, rows=n, n=n, statistics=statistics, **more)


def call(name, n, part, latest=None):
    return seen("ok", n, part, subject=json.dumps([name]), statistics={":latest": latest})


def judged(measurable, observations):
    scored = score_cycle(measurable, SITES, observations)
    return scored, {result.item: result for result in scored.results if result.site == "a"}


VISIT = seen("visits-ok", 10, 9)


def test_the_latest_subject_is_the_site(measurable):
    calls = [call("x", 2, 2, latest=100), call("y", 4, 1, latest=300), call("z", 2, 0, latest=200)]
    _, found = judged(measurable("latest"), [*calls, VISIT])
    assert (found["ok"].value.value, found["ok"].score, found["ok"].n) == (0.25, 0, 3)
    assert found["twice"].value.value == 0.5
    _, found = judged(measurable("latest"), [*calls, call("w", 1, 1)])
    assert (found["ok"].status, found["ok"].reason) == (Status.NO_DATA, "latest_unknown")


def test_the_interval_of_a_mean_of_shares_stays_among_shares(measurable):
    """Without its bounds that of 0.5 and 1 is 0.75 ± 12.7 * 0.25."""
    _, found = judged(measurable(), [call("x", 2, 1), call("y", 4, 4), VISIT])
    value = found["ok"].value
    assert (value.value, value.low, value.high, value.interval) == (0.75, 0.0, 1.0, "t")


def test_items_on_other_datasets_are_measured_at_the_site(measurable):
    scored, found = judged(measurable(), [call("x", 2, 2), VISIT])
    assert (found["visits-ok"].value.value, found["visits-ok"].n) == (0.9, 10)
    assert {part.item for part in scored.parts} == {"ok", "calls"}
    (score,) = [score for score in scored.scores if score.level is Level.SUBJECT]
    # Only what is looked at in subjects counts in their coverage.
    assert (score.coverage, score.score, score.rating, score.items) == (1, 100, "good", 1)


def test_an_item_in_error_in_one_subject_is_in_error_at_the_site(measurable):
    broken = Observation(
        site="a", checklist="desk", item="ok", n=1, statistics={"n": "no number"}, subject='["broken"]'
    )
    _, found = judged(measurable(), [call("x", 2, 2), broken])
    assert found["ok"].status is Status.ERROR
    assert found["twice"].status is Status.ERROR
    assert found["twice"].reason == "'ok' is in error"


def test_a_condition_that_cannot_be_worked_out_is_an_error(measurable):
    _, found = judged(measurable("\"share(ok = 'x')\""), [call("x", 2, 2)])
    assert found["ok"].status is Status.ERROR


def test_subjects_of_which_the_condition_is_not_known_are_left_out(measurable):
    blank = Observation(
        site="a", checklist="desk", item="calls", rows=1, n=1, statistics={"n": 1, "count": 1}, subject='["blank"]'
    )
    _, found = judged(measurable('"share(ok >= 0.5)"'), [call("x", 2, 2), call("y", 2, 0), blank])
    assert (found["ok"].value.value, found["ok"].n, found["ok"].missing) == (0.5, 2, 1)


def test_a_site_without_subjects_has_no_value_even_in_a_register(measurable):
    nothing = Observation(site="a", checklist="desk", item="calls", statistics={"n": 0, "count": 0})
    failed = Observation(site="a", checklist="desk", item="ok", failed=True, reason="why")
    _, found = judged(measurable(), [nothing, failed])
    assert (found["calls"].status, found["calls"].reason) == (Status.NO_DATA, "no_subjects")
    assert (found["ok"].status, found["ok"].reason) == (Status.ERROR, "why")


def test_the_order_of_observations_and_sites_never_matters(measurable):
    made = measurable()
    observations = [call(f"c{number}", number + 1, number // 2, latest=number % 3) for number in range(8)]
    observations += [VISIT, seen("visits-ok", 3, 1, group='["x"]'), seen("visits-ok", 7, 1, group='["y"]')]
    before = score_cycle(made, SITES, observations)
    for turn in range(5):
        random.Random(turn).shuffle(observations)
        assert score_cycle(made, SITES[::-1], observations) == before


def test_results_that_are_planned_and_those_that_come_are_equal_in_number(measurable):
    made = measurable()
    for observations in ([], [VISIT], [call("x", 2, 2), VISIT]):
        assert len(score_cycle(made, SITES, observations).results) == 2 * 4


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ((3, 6, 9), (0, 0, 9)),
        ((3, 4, 9), (0, 0, 9)),
        ((5, 6, 9), (5, 6, 9)),
        ((3, 0, 0), (0, 0, 0)),
        ((0, 7, 8), (0, 7, 8)),
        ((2, 7, 7), (0, 0, 7)),
    ],
)
def test_one_suppressed_part_takes_the_next_smallest_with_it(measurable, sizes, shown):
    groups = [seen("visits-ok", n, n, group=json.dumps([str(place)])) for place, n in enumerate(sizes)]
    scored = score_cycle(measurable(), SITES, [VISIT, *groups])
    assert tuple(part.n for part in hide_persons(scored.parts)) == shown


def test_a_whole_tells_its_one_suppressed_part():
    assert hides_another([3, 9])
    assert not hides_another([3, 4, 9])
    assert not hides_another([3])
    assert not hides_another([3, 0])
    assert not hides_another([5, 9])
