"""The charts of a report, drawn from its view when a template asks for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.model.language import Language
from sqaudit.model.report import DimensionRow, ReportView, SiteRow, ViewRow
from sqaudit.model.report_parts import TrendRow
from sqaudit.model.texts import Text
from sqaudit.reports.charts import (
    Bar,
    Counted,
    Frame,
    HeatRow,
    Ranked,
    Stack,
    TrendPoint,
    draw_bars,
    draw_heat_map,
    draw_pareto,
    draw_ranking,
    draw_sparkline,
    draw_stack,
    draw_trend,
)
from sqaudit.reports.numbers import show_score
from sqaudit.reports.reasons import show_reason


class Pictures(Struct, frozen=True):
    """Charts of one view, in one language: HTML, each with its figures as a table. A page shows a chart once."""

    view: ReportView
    language: Language

    def trend(self) -> Markup:
        """The programme's score over the last cycles."""
        return self._trend("trend", msg("Score over the last cycles"), self.view.trend)

    def site_trend(self, site: SiteRow) -> Markup:
        """A site's score over the last cycles."""
        name = msg("Score of {site} over the last cycles", site=site.title)
        return self._trend(f"trend-{site.id}", name, site.trend)

    def dimensions(self) -> Markup:
        """The programme's dimensions, with the cycle before."""
        return self._bars("dimensions", msg("Scores of the dimensions"), self.view.dimensions)

    def groups(self, view: ViewRow) -> Markup:
        """The groups of a view over all sites, with the cycle before."""
        return self._bars(f"view-{view.id}", msg("Scores by {view}", view=view.title), view.groups)

    def site_groups(self, site: SiteRow, view: ViewRow) -> Markup:
        """The groups of a view at a site, with the cycle before."""
        title = msg("Scores of {site} by {view}", site=site.title, view=view.title)
        return self._bars(f"view-{view.id}-{site.id}", title, view.groups)

    def site_dimensions(self, site: SiteRow) -> Markup:
        """A site's dimensions, with the cycle before."""
        return self._bars(f"dimensions-{site.id}", msg("Dimensions of {site}", site=site.title), site.dimensions)

    def ranking(self) -> Markup:
        """The sites from the highest score down, those with a failed critical criterion marked."""
        sites = [
            Ranked(
                label=self._text(site.title),
                value=site.figures.score,
                low=site.low,
                high=site.high,
                rank=_rank(site),
                reason=show_reason(site.figures.reason, self.language),
                is_marked=bool(site.figures.critical_failed),
            )
            for site in sorted(self.view.sites, key=_from_the_best)
        ]
        frame = self._frame(
            "ranking",
            msg("Sites by score"),
            msg("The sites from the highest score down; marked is where a critical criterion failed."),
        )
        reference = self.view.figures.score
        label = self.language.text(msg("programme"))
        return Markup(draw_ranking(frame, sites, reference=reference, reference_label=label))  # noqa: S704 - escaped there

    def heat_map(self) -> Markup:
        """The scores of sites by dimension."""
        frame = self._frame(
            "heat-map",
            msg("Sites by dimension"),
            msg("The score of each site in each dimension; the lower, the darker."),
        )
        return self._heat_map(frame, self.view.dimensions, [site.dimensions for site in self.view.sites])

    def group_heat_map(self, view: ViewRow) -> Markup:
        """The scores of sites by the groups of a view."""
        frame = self._frame(
            f"heat-map-{view.id}",
            msg("Sites by {view}", view=view.title),
            msg("The score of each site in each group; the lower, the darker."),
        )
        own = [next((one.groups for one in site.views if one.id == view.id), ()) for site in self.view.sites]
        return self._heat_map(frame, view.groups, own)

    def misses(self) -> Markup:
        """At how many sites each criterion was missed."""
        counted = [Counted(label=self._text(row.title), count=row.missed) for row in self.view.criteria if row.missed]
        frame = self._frame(
            "misses",
            msg("Missed criteria"),
            msg("At how many sites each criterion was missed, the most frequent first."),
        )
        return Markup(draw_pareto(frame, counted))  # noqa: S704 - escaped there

    def actions(self) -> Markup:
        """Open actions by severity and state."""
        counted: dict[str, Counter[str]] = {}
        for row in sorted(self.view.actions, key=lambda one: one.severity.rank):
            counted.setdefault(row.severity.value, Counter())[row.state.value] += 1
        word = self.language.word
        stacks = [
            Stack(label=word(severity), parts=tuple((word(state), count) for state, count in sorted(states.items())))
            for severity, states in counted.items()
        ]
        frame = self._frame("actions", msg("Open actions"), msg("Open actions by severity and by how far they are."))
        return Markup(draw_stack(frame, stacks))  # noqa: S704 - escaped there

    def sparkline(self, site: SiteRow) -> Markup:
        """A site's score over the last cycles, as small as a word."""
        values = [None if row.score is None else float(row.score) for row in site.trend]
        label = self.language.text(msg("Score of {site} over the last cycles", site=site.title))
        return Markup(draw_sparkline(values, label=label))  # noqa: S704 - escaped there

    def _trend(self, name: str, title: Message, rows: Sequence[TrendRow]) -> Markup:
        points = [
            TrendPoint(
                label=row.period,
                value=_number(row.score),
                centre=_number(row.centre),
                low=_number(row.low),
                high=_number(row.high),
                signals=tuple(map(self.language.text, row.signals)),
                shown=show_score(row.score),
                reason=show_reason(row.reason, self.language) if row.score is None else None,
            )
            for row in rows
        ]
        breaks = [place for place, row in enumerate(rows) if row.begins_phase]
        told = msg("The score of each cycle, the latest on the right; trial evaluations are not among them.")
        line = next(iter(self.view.references), None)
        drawn = draw_trend(
            self._frame(name, title, told),
            points,
            reference=None if line is None else float(line.score),
            reference_label=None if line is None else self.language.said(line.title),
            breaks=breaks,
            unit="score",
        )
        return Markup(drawn)  # noqa: S704 - escaped there

    def _bars(self, name: str, title: Message, rows: Sequence[DimensionRow]) -> Markup:
        bars = [
            Bar(
                label=self._text(row.title),
                value=row.figures.score,
                previous=row.figures.previous,
                reason=show_reason(row.figures.reason, self.language),
            )
            for row in rows
        ]
        told = msg("The score of each part, 0 to 100, with that of the cycle before.")
        return Markup(draw_bars(self._frame(name, title, told), bars))  # noqa: S704 - escaped there

    def _heat_map(
        self, frame: Frame, parts: Sequence[DimensionRow], by_site: Sequence[Sequence[DimensionRow]]
    ) -> Markup:
        rows = [self._heat_row(site, parts, own) for site, own in zip(self.view.sites, by_site, strict=True)]
        return Markup(draw_heat_map(frame, [self._text(part.title) for part in parts], rows))  # noqa: S704 - escaped there

    def _heat_row(self, site: SiteRow, parts: Sequence[DimensionRow], own_parts: Sequence[DimensionRow]) -> HeatRow:
        own: Mapping[str, DimensionRow] = {row.id: row for row in own_parts}
        figures = [own[row.id].figures if row.id in own else None for row in parts]
        return HeatRow(
            label=self._text(site.title),
            values=tuple(None if one is None else one.score for one in figures),
            reasons=tuple(None if one is None else show_reason(one.reason, self.language) for one in figures),
        )

    def _frame(self, name: str, title: Message, description: Message) -> Frame:
        text = self.language.text
        return Frame(id=f"chart-{name}", title=text(title), description=text(description), language=self.language)

    def _text(self, text: Text) -> str:
        return self.language.said(text)


def _rank(site: SiteRow) -> str | None:
    if site.rank_low is not None and site.rank_high is not None and site.rank_low != site.rank_high:
        return f"{site.rank_low}-{site.rank_high}"
    return None if site.rank is None else str(site.rank)


def _from_the_best(site: SiteRow) -> tuple[bool, float, str]:
    return (site.figures.score is None, -float(site.figures.score or 0), site.id)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
