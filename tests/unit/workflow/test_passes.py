"""What `explain --plan` shows: the walks over the records, without reading one."""

from datetime import UTC, datetime

import pytest

from sqaudit.errors import InvalidDocuments, InvalidInput
from sqaudit.workflow.context import open_context
from sqaudit.workflow.passes import planned_passes


@pytest.fixture
def planned(project):
    def plan(items, period="2026-10", more=""):
        p = project(FILES)
        p.write(
            "standards/desk/list.yaml", "kind: checklist\nid: list\nstandard: desk@1\ndataset: calls\nitems:\n" + items
        )
        p.edit("audits/a/programme.yaml", "period: month", f"period: month\n{more}")
        context = open_context(folder=p.folder, environ={}, now=datetime(2026, 11, 22, tzinfo=UTC))
        return planned_passes(context, "a", period)

    return plan


FILES = {
    "standards/desk/standard.yaml": (
        "kind: standard\nid: desk\nversion: '1.0'\ndimensions: {speed: {}}\n"
        "criteria: [{id: c, dimension: speed, target: '>= 0'}]\ndatasets:\n  calls:\n    columns:\n"
        "      {at: timestamp, cost: {type: number, optional: true}, agent: {type: text, optional: true}}\n"
    ),
    "audits/a/programme.yaml": (
        "kind: programme\nid: a\nstandard: desk@1\nchecklists: [list]\nsites: [{id: x}]\nperiod: month\n"
        "sources: {calls: {path: nowhere.csv, time: at}}\n"
    ),
}
COUNT = "  - {criterion: c, id: n, measure: count(*)}\n"


def test_passes_are_those_of_the_kinds_of_statistic(planned):
    found = planned(
        COUNT + "  - {id: p, measure: p90(cost)}\n  - {id: d, measure: distinct(agent), by: [agent]}\n",
        more="levels: [programme]",
    )
    assert [(one.kind, one.level, one.items, one.groups) for one in found] == [
        ("additive", "audit", 2, ()),
        ("additive", "audit", 1, ("agent",)),
        ("quantile", "audit", 1, ()),
        ("quantile", "programme", 1, ()),
        ("distinct", "audit", 1, ("agent",)),
        ("distinct", "audit", 1, ()),
        ("distinct", "programme", 1, ()),
    ]
    assert {one.dataset for one in found} == {"calls"}
    assert {one.engine for one in found} == {"duckdb"}
    assert found[2].columns == ("at", "cost")
    assert {(one.period.start.isoformat(), one.period.end.isoformat()) for one in found} == {
        ("2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00")
    }


def test_many_items_take_as_many_passes_as_one(planned):
    many = "".join(f"  - {{id: m{number}, measure: mean(cost * {number})}}\n" for number in range(1, 30))
    (one,) = planned(COUNT + many)
    assert one.items == 30


def test_what_is_wrong_is_told_before_anything_is_planned(planned):
    with pytest.raises(InvalidDocuments):
        planned("  - {id: m, measure: mean(nothing)}\n")
    with pytest.raises(InvalidInput):
        planned(COUNT, period="2027-01")
