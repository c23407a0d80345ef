"""The report for reading, mailing and keeping beside the documents."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.builtin.reporters.sections import Section, headline, opening, sections
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView
from sqaudit.reports.tables import markdown_table, markdown_text


class MarkdownReporter:
    """GitHub-flavoured Markdown; what documents and records say is shown as written, never as markup."""

    name = "markdown"
    media_type = "text/markdown"
    extension = "md"

    def render(self, view: ReportView, language: Language) -> str:
        """The report as text."""
        parts = [f"# {markdown_text(headline(view, language))}"]
        parts.append("\n".join(f"- {markdown_text(line)}" for line in opening(view, language)))
        for section in sections(view, language):
            parts += [f"## {markdown_text(section.title)}", *_body(section)]
        return "\n\n".join(parts) + "\n"


def _body(section: Section) -> Iterator[str]:
    if section.rows:
        yield markdown_table(section.headings, section.rows, right=section.right)
    elif section.empty:
        yield markdown_text(section.empty)
    if section.sentences:
        yield "\n".join(f"- {markdown_text(sentence)}" for sentence in section.sentences)
