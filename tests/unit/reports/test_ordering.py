"""What nothing else orders stands in the order of the reader's language, and nothing is lost by it."""

import json

import pytest
from msgspec.structs import replace

from sqaudit.builtin.reporters.json import JsonReporter
from sqaudit.locale import open_language
from sqaudit.model.report import RegionRow
from sqaudit.model.report_parts import Audience
from sqaudit.model.texts import Text
from sqaudit.reports.narrowing import narrowed
from sqaudit.reports.ordering import in_reading_order

NAMES = {"a": ("Zoo Lane", "北街"), "b": ("Acorn Row", "中街"), "c": ("Mill 10", "安街"), "d": ("Mill 9", "重庆街")}


@pytest.fixture
def alike(whole):
    """Four sites of one score with findings of one weight, and regions."""
    (site, *_), (finding, *_), (result, *_) = whole.sites, whole.findings, whole.results
    titles = {name: Text({"en": en, "zh": zh}) for name, (en, zh) in NAMES.items()}
    return replace(
        whole,
        regions=tuple(RegionRow(id=zh, sites=1, figures=site.figures) for _, zh in NAMES.values()),
        sites=tuple(replace(site, id=name, title=title) for name, title in titles.items()),
        findings=tuple(replace(finding, id=name, site=name, site_title=title) for name, title in titles.items()),
        results=tuple(replace(result, site=name, item=item) for name in titles for item in ("second", "first")),
    )


@pytest.mark.parametrize(("language", "order"), [("en", "bdca"), ("zh", "cadb")])
def test_what_is_alike_stands_by_its_name(alike, language, order):
    view = in_reading_order(alike, open_language(language))
    assert "".join(row.id for row in view.sites) == order
    assert "".join(row.id for row in view.findings) == order
    assert [(row.site, row.item) for row in view.results] == [(s, i) for s in order for i in ("second", "first")]
    if language == "zh":
        assert [row.id for row in view.regions] == ["安街", "北街", "重庆街", "中街"]
    for rows in ("sites", "findings", "results", "regions"):
        assert sorted(map(repr, getattr(view, rows))) == sorted(map(repr, getattr(alike, rows)))


def test_a_lower_score_and_a_heavier_severity_still_come_first(whole):
    view = in_reading_order(whole, open_language("zh"))
    assert (view.sites, view.results) == (whole.sites, whole.results)
    assert [(row.severity.value, row.site) for row in view.findings] == [
        ("critical", "north"), ("minor", None), ("minor", "south"),
    ]  # fmt: skip


def test_counts_that_are_taken_out_are_unknown_and_not_nought(whole):
    told = json.loads(JsonReporter().render(narrowed(whole, Audience.FRONTLINE), open_language("en")))
    for figures in (told["figures"], told["sites"][0]["figures"], told["dimensions"][0]["figures"]):
        assert (figures["items"], figures["critical_failed"], figures["coverage"]) == (None, None, None)
    assert told["sites"][0]["findings"] is None
