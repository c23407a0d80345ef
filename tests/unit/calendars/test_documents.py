"""Which calendar a site has: its own by name, its programme's, or its project's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sqaudit.documents.calendars import build_calendar, build_calendars, resolve_calendars
from sqaudit.documents.openings import UnreadableOpenings, read_day_openings, read_week_openings
from sqaudit.errors import InvalidDocuments
from sqaudit.model.calendar import Hours
from sqaudit.model.programme import PeriodUnit, Programme, Site
from sqaudit.model.texts import plain
from sqaudit.sources.sites import read_site_file

WEEK, DAYS = {"open": "Mon-Fri 09:00-18:00"}, {"open": "Mon-Sun 00:00-24:00"}


@pytest.mark.parametrize(
    ("text", "days", "hours"),
    [
        ("Mon-Fri 09:00-12:00, 13:00-18:00", {0, 1, 2, 3, 4}, [(540, 720), (780, 1080)]),
        ("mon, Wed 9:00 – 18:00", {0, 2}, [(540, 1080)]),
        ("Sat-Mon 22:00-02:00", {5, 6, 0}, [(1320, 1560)]),
        ("Sunday 00:00-24:00", {6}, [(0, 1440)]),
        ("Sun 00:00-00:00", {6}, [(0, 1440)]),
        ("Fri 13:00-18:00 09:00-13:00", {4}, [(540, 780), (780, 1080)]),
    ],
)
def test_openings_of_a_week_are_read(text, days, hours):
    assert read_week_openings(text) == (days, tuple(Hours(*pair) for pair in hours))


@pytest.mark.parametrize(
    "text",
    ["", "Mon", "09:00-18:00", "Mon-Tue-Wed 09:00-18:00", "Mon 09:60-18:00", "Mon 24:00-01:00", "Mon 9-18",
     "Mo 09:00-18:00", "Mon 08:00-09:00-10:00", "Mon 22:00-02:00, 23:00-01:00", "- 09:00-10:00", "Mon 09:00-"],
)  # fmt: skip
def test_other_texts_are_refused_in_words(text):
    with pytest.raises(UnreadableOpenings):
        read_week_openings(text)


def test_a_day_may_be_closed():
    assert read_day_openings("") == ()
    with pytest.raises(UnreadableOpenings, match=r"day of the week|time of day|no end"):
        read_day_openings("Mon 09:00-18:00")


def test_groups_of_days_go_together_where_they_do_not_overlap():
    calendar = build_calendar("c", {"open": ["Mon-Fri 09:00-12:00", "Fri 12:00-14:00"]})
    assert calendar.week[4] == (Hours(540, 720), Hours(720, 840))
    with pytest.raises(UnreadableOpenings):
        build_calendar("c", {"open": ["Mon-Fri 09:00-12:00", "Fri 11:00-14:00"]})


@pytest.mark.parametrize(
    ("programme", "project", "expected"),
    [
        ({}, {}, {}),
        ({}, {"calendar": WEEK}, {"calendar": "default", "calendars": {"default": WEEK}}),
        ({"calendar": DAYS}, {"calendar": WEEK}, {"calendar": "default", "calendars": {"default": DAYS}}),
        (
            {"calendar": "shop"},
            {"calendar": WEEK, "calendars": {"shop": DAYS}},
            {"calendar": "shop", "calendars": {"default": WEEK, "shop": DAYS}},
        ),
        ({}, {"calendars": {"shop": DAYS}}, {"calendars": {"shop": DAYS}}),
    ],
)
def test_a_programme_keeps_the_calendars_it_may_use(programme, project, expected):
    assert resolve_calendars(programme, project) == expected


def test_a_site_has_the_calendar_it_names_else_its_programmes_and_never_another():
    programme = Programme(
        id="p", title=plain("p"), standard=None, checklists=(), sites=(), period=PeriodUnit.MONTH, sources={},
        timezone="UTC", folder=".", calendars=build_calendars({"calendars": {"default": WEEK, "shop": DAYS}}),
        calendar="default",
    )  # fmt: skip

    def calendar_of(**attributes):
        found = programme.calendar_of(Site(id="s", title=plain("s"), weight=Decimal(1), attributes=attributes))
        return None if found is None else found.id

    assert (calendar_of(), calendar_of(calendar=None)) == ("default", "default")
    assert calendar_of(calendar="shop") == "shop"
    assert calendar_of(calendar="unknown") is None


def test_site_files_name_calendars(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("id,calendar\na,shop\nb,\nc,shpo\n", encoding="utf-8")
    with pytest.raises(InvalidDocuments) as caught:
        read_site_file(path, tmp_path, {"shop", "default"})
    (problem,) = caught.value.problems
    assert (problem.place.line, str(problem.message)) == (4, "no calendar is called 'shpo'")
    assert str(problem.hint) == "did you mean 'shop'?"
    assert [site.calendar for site in read_site_file(path, tmp_path)] == ["shop", None, "shpo"]
