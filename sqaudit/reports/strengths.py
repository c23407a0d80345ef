"""What works, by a stated rule: what nobody need change, and where others can look how it is done."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.errors import Message, msg
from sqaudit.model.report import ReportView
from sqaudit.model.report_parts import StrengthRow
from sqaudit.model.standard import Severity

MOST_CRITERIA = 5


def strengths_of(view: ReportView) -> tuple[StrengthRow, ...]:
    """Sites whose score is better than chance explains, good practice that auditors noted, criteria met everywhere.

    Of the criteria those that were scored at most sites come first, then the heavier; five at most.
    """
    return tuple(_strengths(view))


def strengths_in_words() -> Message:
    """The rule of ``strengths_of``."""
    return msg(
        "what works: sites with a score better than chance explains, good practice that auditors noted, and criteria "
        "that were met at every site with a verdict, five at most"
    )


def _strengths(view: ReportView) -> Iterator[StrengthRow]:
    ahead = tuple(row.title for row in view.sites if row.stands_out)
    if ahead:
        yield StrengthRow(what=msg("A better score than chance explains"), places=ahead)
    for row in view.findings:
        if row.severity is Severity.GOOD_PRACTICE:
            yield StrengthRow(what=row.statement, places=(row.site_title,))
    met = [row for row in view.criteria if row.sites > 1 and not row.missed]
    for criterion in sorted(met, key=lambda row: (-row.sites, row.severity.rank, row.lost, row.id))[:MOST_CRITERIA]:
        what = msg("{criterion}: met at all {count} sites", criterion=criterion.title, count=criterion.sites)
        yield StrengthRow(what=what)
