"""The report for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.builtin.reporters.sections import Section, headline, opening, sections
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView
from sqaudit.reports.tables import aligned_table, one_line


class TableReporter:
    """Plain text with aligned tables."""

    name = "table"
    media_type = "text/plain"
    extension = "txt"

    def render(self, view: ReportView, language: Language) -> str:
        """The report as text."""
        lines = [one_line(headline(view, language)), *map(one_line, opening(view, language))]
        for section in sections(view, language):
            lines += ["", one_line(section.title), *_body(section)]
        return "\n".join(lines) + "\n"


def _body(section: Section) -> Iterator[str]:
    if section.rows:
        yield aligned_table(section.headings, section.rows, right=section.right)
    elif section.empty:
        yield section.empty
    for sentence in section.sentences:
        yield f"- {one_line(sentence)}"
