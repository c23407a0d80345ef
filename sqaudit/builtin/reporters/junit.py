"""The report for CI servers: JUnit XML, as Jenkins, GitLab and others read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from sqaudit.builtin.reporters.sections import headline
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView, ResultRow
from sqaudit.model.score import Status
from sqaudit.reports.numbers import ABSENT, show_score, show_value
from sqaudit.reports.reasons import show_reason
from sqaudit.reports.tables import one_line

# What a case is, by the first of these that an item of its criterion has: a miss is certain whatever else is not known,
# and a criterion of which something is not known has not passed. What does not apply or was not drawn says nothing.
_DECISIVE = (
    (Status.FAIL, "failure"),
    (Status.ERROR, "error"),
    (Status.NO_DATA, "skipped"),
    (Status.UNANSWERED, "skipped"),
    (Status.PASS, None),
    (Status.NOT_APPLICABLE, "skipped"),
    (Status.NOT_SELECTED, "skipped"),
)
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


class JunitReporter:
    """A site is a suite and a criterion a case, called by their ids, so that a CI server knows them again.

    What was missed is a failure whose type is the severity, an item in error an error; what has no verdict is skipped,
    with its reason. An item without a criterion is a case of its own. No case has a time: an audit has none.
    """

    name = "junit"
    media_type = "application/xml"
    extension = "xml"

    def render(self, view: ReportView, language: Language) -> str:
        """The report as text."""
        by_site: defaultdict[str, dict[str, list[ResultRow]]] = defaultdict(lambda: defaultdict(list))
        for row in view.results:
            by_site[row.site][row.criterion or row.item].append(row)
        suites = [_suite(view, site, cases, language) for site, cases in sorted(by_site.items())]
        root = ET.Element("testsuites", {"name": one_line(headline(view, language))})
        for counted in ("tests", "failures", "errors"):
            root.set(counted, str(sum(int(suite.get(counted, 0)) for suite in suites)))
        root.extend(suites)
        ET.indent(root, " ")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(view: ReportView, site: str, criteria: Mapping[str, Sequence[ResultRow]], language: Language) -> ET.Element:
    cases = [_case(f"{view.programme}.{site}", name, rows, language) for name, rows in sorted(criteria.items())]
    suite = ET.Element("testsuite", {"name": one_line(site), "tests": str(len(cases))})
    for tag, counted in _COUNTED.items():
        suite.set(counted, str(sum(case.find(tag) is not None for case in cases)))
    properties = ET.SubElement(suite, "properties")
    for name, value in _about(view, site, language):
        ET.SubElement(properties, "property", {"name": name, "value": one_line(value)})
    suite.extend(cases)
    return suite


def _about(view: ReportView, site: str, language: Language) -> Iterator[tuple[str, str]]:
    yield "period", view.period
    yield "standard", f"{view.standard} {view.standard_version}"
    for row in view.sites:
        if row.id == site:
            yield "title", language.said(row.title)
            yield "score", show_score(row.figures.score)
            yield "rating", row.figures.rating or ABSENT


def _case(classname: str, name: str, rows: Sequence[ResultRow], language: Language) -> ET.Element:
    case = ET.Element("testcase", {"classname": one_line(classname), "name": one_line(name)})
    status, tag = next((status, tag) for status, tag in _DECISIVE if any(row.status is status for row in rows))
    if tag is None:
        return case
    told = [row for row in rows if row.status is status]
    outcome = ET.SubElement(case, tag, {"message": "; ".join(_told(row, language) for row in told)})
    if tag != "skipped":
        outcome.set("type", min(told, key=lambda row: row.severity.rank).severity.value)
        outcome.text = "\n".join(f"{language.word(row.status.value)}: {_told(row, language)}" for row in rows)
    return case


def _told(row: ResultRow, language: Language) -> str:
    """An item, what was measured of it or why nothing was, and what was asked for."""
    title, reason = language.said(row.item_title), show_reason(row.reason, language)
    told = [f"{row.item} {title}" if title != row.item else title]
    if row.value is not None:
        told.append(f"{show_value(row.value, row.unit)} (n {row.n})")
    if row.target is not None:
        told.append(f"{language.word('target')} {row.target}")
    if reason is not None:
        told.append(reason)
    elif row.value is None:
        told.append(language.word(row.status.value))
    return one_line(", ".join(told))
