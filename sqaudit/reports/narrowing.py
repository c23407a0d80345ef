"""A view for one audience or one site: what others read is taken out before anything is rendered.

That it is the view which is narrowed, and not a reporter that is told what to leave out, makes every format able to do
it, those of plugins too, and what is not in the view cannot slip into a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from sqaudit.model.report import Figures, ReportView, SiteRow
from sqaudit.model.report_parts import Audience
from sqaudit.model.score import Status
from sqaudit.reports.decisions import decide, open_findings


def narrowed(view: ReportView, audience: Audience = Audience.FULL, site: str | None = None) -> ReportView:
    """The view with what ``audience`` reads, at ``site`` alone if one is named.

    Figures of the programme stay, to compare with; of other sites nothing does. The site must be one of the view's.
    """
    at = view if site is None else _at(view, site)
    return replace(_FOR[audience](at), audience=audience)


def _at(view: ReportView, site: str) -> ReportView:
    (own,) = (row for row in view.sites if row.id == site)
    left = replace(
        view,
        site=site,
        sites=(own,),
        regions=(),
        criteria=own.criteria,
        at_target=None,
        items=(),
        findings=tuple(row for row in view.findings if row.site == site),
        results=tuple(row for row in view.results if row.site == site),
        actions=tuple(row for row in view.actions if row.site == site),
        doubts=tuple(row for row in view.doubts if row.site in {None, site}),
        concessions=tuple(row for row in view.concessions if row.site in {None, site}),
        strengths=(),
    )
    return replace(left, decisions=decide(left))


def _executive(view: ReportView) -> ReportView:
    """The whole at a glance; of the sites how they stand, of the results what is critical."""
    return replace(
        _without_appendix(view),
        sites=tuple(replace(row, dimensions=(), views=(), criteria=(), trend=()) for row in view.sites),
        findings=(),
        results=tuple(view.critical_failures),
        actions=tuple(view.overdue),
    )


def _site(view: ReportView) -> ReportView:
    """What a site's manager answers for."""
    return replace(_without_appendix(view), decisions=(), strengths=(), regions=())


def _frontline(view: ReportView) -> ReportView:
    """What has to change, without anybody's score."""
    nothing = Figures(score=None, items=None, critical_failed=None)
    return replace(
        _without_appendix(view),
        figures=nothing,
        dimensions=tuple(replace(row, figures=nothing) for row in view.dimensions),
        views=(),
        regions=(),
        sites=tuple(
            SiteRow(id=row.id, title=row.title, figures=nothing, region=row.region, findings=None) for row in view.sites
        ),
        findings=tuple(open_findings(view)),
        results=tuple(replace(row, score=None) for row in view.results if row.status is Status.FAIL),
        at_target=None,
        criteria=(),
        trend=(),
        decisions=(),
        strengths=(),
    )


def _without_appendix(view: ReportView) -> ReportView:
    return replace(
        view, sources=(), corrections=(), flagged=(), doubts=(), sheets=0, items=(), concessions=(), documents=()
    )


_FOR: Mapping[Audience, Callable[[ReportView], ReportView]] = {
    Audience.FULL: lambda view: view,
    Audience.EXECUTIVE: _executive,
    Audience.SITE: _site,
    Audience.FRONTLINE: _frontline,
}
