"""The report as JUnit XML: counted by hand, of the structure that CI servers know."""

import runpy
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from sqaudit.builtin.reporters.junit import JunitReporter
from sqaudit.locale import open_language
from sqaudit.model.score import Status
from sqaudit.model.standard import Severity

hostile = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "hostile.py")))
_WITHOUT = (Status.NO_DATA, Status.UNANSWERED, Status.NOT_APPLICABLE, Status.NOT_SELECTED)
# What the schema junit-10 of Jenkins lets each element hold and carry, and what it must carry.
ALLOWED = {
    "testsuites": ({"testsuite"}, {"name", "time", "tests", "failures", "errors", "disabled"}, set()),
    "testsuite": (
        {"properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"name", "tests"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, {"name", "value"}),
    "testcase": ({"skipped", "error", "failure"}, {"name", "classname", "assertions", "time", "status"}, {"name"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}


def render(view, code="en"):
    return ET.fromstring(JunitReporter().render(view, open_language(code)))  # noqa: S314  our own


def judged(*statuses):
    """A view of one criterion at one site whose items ended like this."""
    view = hostile.some_view()
    row = replace(view.results[0], reason=None)
    return replace(view, results=tuple(replace(row, item=f"i-{n}", status=one) for n, one in enumerate(statuses)))


@pytest.mark.parametrize(
    ("statuses", "tag"),
    [
        ([Status.PASS], None),
        ([Status.FAIL], "failure"),
        ([Status.ERROR], "error"),
        *(
            ([one], "skipped")
            for one in (Status.NO_DATA, Status.UNANSWERED, Status.NOT_APPLICABLE, Status.NOT_SELECTED)
        ),
        ([Status.PASS, Status.NOT_APPLICABLE, Status.NOT_SELECTED], None),
        ([Status.PASS, Status.NO_DATA], "skipped"),
        ([Status.UNANSWERED, Status.PASS], "skipped"),
        ([Status.NO_DATA, Status.PASS, Status.ERROR], "error"),
        ([Status.ERROR, Status.FAIL, Status.PASS], "failure"),
    ],
)
def test_a_criterion_passes_only_if_all_that_applies_is_known_and_met(statuses, tag):
    case = render(judged(*statuses)).find("testsuite/testcase")
    assert [child.tag for child in case] == ([] if tag is None else [tag])


def test_every_status_has_its_place():
    for status in Status:
        assert render(judged(status)).get("tests") == "1"


def test_failures_errors_and_skipped_are_counted_apart():
    view = judged(*Status)
    view = replace(view, results=tuple(replace(row, criterion=row.item) for row in view.results))
    (suite,) = root = render(view)
    counts = {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")}
    assert counts == {"name": "north", "tests": "7", "failures": "1", "errors": "1", "skipped": "4"}
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "7",
        "failures": "1",
        "errors": "1",
    }


def test_a_failure_says_what_was_measured_and_how_grave_it_is():
    failure = render(judged(Status.FAIL), "zh").find("testsuite/testcase/failure")
    assert failure.get("type") == "critical"
    assert failure.get("message") == "i-0 首次回复, 80.5% (n 200), 目标 >= 0.95"
    minor, grave = judged(Status.FAIL, Status.FAIL).results
    both = replace(hostile.some_view(), results=(replace(minor, severity=Severity.MINOR), grave))
    assert render(both).find("testsuite/testcase/failure").get("type") == "critical"


def test_what_is_skipped_says_why():
    skipped = render(hostile.some_view()).find("testsuite[@name='south']/testcase/skipped")
    assert skipped.get("message") == "first-reply First reply, target >= 0.95, no rows"


def test_cases_keep_their_names_in_every_language_and_have_no_time():
    names = [
        [(case.get("classname"), case.get("name")) for case in render(hostile.some_view(), code).iter("testcase")]
        for code in ("en", "zh")
    ]
    assert names == [[("monthly.north", "RS-2"), ("monthly.south", "RS-2")]] * 2
    assert "time" not in {name for each in render(hostile.some_view()).iter() for name in each.attrib}


@pytest.mark.parametrize("code", ["en", "zh"])
def test_hostile_texts_stay_texts_in_xml_of_the_known_structure(code):
    content = JunitReporter().render(hostile.hostile_view(), open_language(code))
    assert not any(sign in content for sign in ("<script", "\x07", "\x00", "\x1b", "\x0b", "\u202e", "\ufffe"))
    root = render(hostile.hostile_view(), code)
    assert any(hostile.COMMAND in value for each in root.iter() for value in each.attrib.values())
    for each in root.iter():
        children, attributes, required = ALLOWED[each.tag]
        assert {child.tag for child in each} <= children
        assert required <= set(each.attrib) <= attributes
