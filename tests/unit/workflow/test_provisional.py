"""Years whose holidays are not announced yet are told once, where open time is counted."""

from datetime import UTC, datetime

import pytest

from sqaudit.calendars.holidays import provisional_from
from sqaudit.model.calendar import Calendar, HolidayRegion, Hours
from sqaudit.workflow.context import open_context
from sqaudit.workflow.doctor import Health, examine
from sqaudit.workflow.run import run

CHINA = Calendar(id="x", title=None, week=((Hours(0, 60),),) * 7, holidays=HolidayRegion(country="CN"))
YEAR = provisional_from(CHINA)
STANDARD = """
kind: standard
id: desk
version: "1.0"
dimensions: {speed: {}}
criteria: [{id: c, dimension: speed, target: "<= PT8H"}]
datasets: {calls: {columns: {at: timestamp, done: timestamp}}}
"""
CHECKLIST = """
kind: checklist
id: list
standard: desk@1
dataset: calls
items:
  - {id: spent, criterion: c, score: {bands: [{from: 0, score: 100}]}, measure: 'MEASURE'}
  - {id: again, measure: 'MEASURE'}
"""
PROGRAMME = """
kind: programme
id: a
standard: desk@1
checklists: [list]
sites: [{id: x}, {id: y}]
period: month
sources: {calls: {path: calls.csv, site: site, time: at}}
"""


@pytest.fixture
def audit(project):
    def make(now, measure="sum(business(at, done))", holidays="CN"):
        p = project({"standards/desk/standard.yaml": STANDARD})
        p.remove("audits")
        p.write("standards/desk/list.yaml", CHECKLIST.replace("MEASURE", measure))
        p.write("audits/a/programme.yaml", PROGRAMME)
        p.write("sqaudit.yaml", f"project: p\ncalendar: {{open: 'Mon-Fri 09:00-17:00', holidays: {holidays}}}\n")
        p.write("audits/a/calls.csv", f"site,at,done\nx,{YEAR}-01-05 10:00,{YEAR}-01-06 10:00\n")
        return open_context(folder=p.folder, environ={}, now=now, no_plugins=True)

    return make


def about_years(warnings):
    return [text for text in map(str, warnings) if "not announced" in text]


def test_a_run_tells_each_calendar_and_year_once_also_when_nothing_has_changed(audit):
    context = audit(datetime(YEAR, 2, 10, tzinfo=UTC))
    wanted = [f"calendar 'default': the holidays of {YEAR} are not announced yet, so that open time in it may change"]
    assert about_years(run(context, "a").warnings) == wanted
    assert about_years(run(context, "a").warnings) == wanted


@pytest.mark.parametrize(("measure", "holidays"), [("count(*)", "CN"), ("sum(business(at, done))", "US")])
def test_nothing_is_told_where_nothing_can_change(audit, measure, holidays):
    context = audit(datetime(YEAR, 2, 10, tzinfo=UTC), measure, holidays)
    assert about_years(run(context, "a").warnings) == []
    assert about_years(one.message for one in examine(context)) == []


def test_what_is_opened_in_december_is_open_in_the_next_year(audit):
    (warning,) = about_years(run(audit(datetime(YEAR, 1, 10, tzinfo=UTC)), "a").warnings)
    assert str(YEAR) in warning


def test_years_that_are_announced_are_not_told(audit):
    assert about_years(run(audit(datetime(YEAR - 1, 10, 10, tzinfo=UTC)), "a").warnings) == []


def test_the_doctor_tells_it_with_a_way_out(audit):
    told = [one for one in examine(audit(datetime(YEAR, 2, 10, tzinfo=UTC))) if about_years([one.message])]
    assert [(one.health, bool(one.fix)) for one in told] == [(Health.WARNING, True)]
