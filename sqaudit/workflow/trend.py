"""The cycles of a programme as series: what is expected, what is no chance, and what it was a year before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sqaudit.documents.periods import first_day
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.programme import Cycle, PeriodUnit
from sqaudit.model.trend import Trend
from sqaudit.reports.numbers import show_value
from sqaudit.store.engine import Store
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import SITE
from sqaudit.workflow.score import collected_cycle, frozen_documents
from sqaudit.workflow.trending.reading import read_item_values, read_score_values, read_scores_of
from sqaudit.workflow.trending.series import TrendSeries, make_series

PROGRAMME = "programme"


class Trends(Struct, frozen=True, kw_only=True):
    """One series for each place of a level, by place; ``left_out`` are cycles that are no periods of the programme."""

    programme: str
    level: str
    item: str | None
    trend: Trend
    series: tuple[TrendSeries, ...]
    left_out: tuple[str, ...]


def read_trends(
    context: Context, programme: str, *, level: str = PROGRAMME, site: str | None = None, item: str | None = None
) -> Trends:
    """The series of the score, or of an item, over the newest revisions of all cycles that count in trends.

    All places of a level (``site``, ``region`` or ``programme``) are read together: how often the store is asked does
    not depend on how many there are. ``site`` leaves one site. What the programme's document says now under ``trend``
    holds for all cycles; what else they are read with is what they were made with.

    Raises:
        InvalidInput: There is no cycle, no such site, or no such item in any cycle.
        InvalidDocuments: The programme's document has errors.
        Incomplete: A plugin that brought a measure or scorer is not there.
    """
    trend = context.library.trend_of(programme)
    level = SITE if site is not None else level
    with context.store() as store:
        cycles, left_out = _cycles(context, store, programme)
        if item is None:
            read = read_score_values(context, store, cycles, read_scores_of(store, programme, level))
        else:
            read = read_item_values(context, store, cycles, level, item)
    if site is not None and site not in read.places:
        raise InvalidInput("SQA704", msg("no site is called '{site}'", site=site), did_you_mean(site, read.places))
    return Trends(
        programme=programme,
        level=level,
        item=read.item,
        trend=trend,
        series=tuple(
            make_series(place, read.item, seen, trend, read.direction)
            for place, seen in read.places.items()
            if site in {None, place}
        ),
        left_out=left_out,
    )


def _cycles(context: Context, store: Store, programme: str) -> tuple[Sequence[Cycle], tuple[str, ...]]:
    """The cycles that count in trends and are periods of the programme, in order, and the others' labels."""
    newest = collected_cycle(context, store, programme, None)
    documents = frozen_documents(store, newest, newest.revisions[-1].number)
    unit = PeriodUnit(documents.programme["period"])
    real = [one for one in store.list_cycles(programme=programme) if one.revisions and one.is_regular]
    own = [one for one in real if first_day(one.period, unit) is not None]
    if not own:
        raise InvalidInput(
            "SQA706",
            msg("programme '{programme}' has no collected cycle {period}", programme=programme, period=""),
            msg("run `sqaudit run {programme}` first", programme=programme),
        )
    return own, tuple(one.period for one in real if one not in own)


def trend_notes(trends: Trends) -> Iterator[Message]:
    """What has to be known to read the series: where there are no limits and why, and where they begin anew."""
    if trends.left_out:
        yield msg(
            "left out, since their periods are not those of the programme: {periods}",
            periods=", ".join(trends.left_out),
        )
    unit = next((point.unit for series in trends.series for point in series.points if point.value is not None), "")
    for one in trends.trend.references_of(trends.item):
        shown = show_value(one.value, unit)
        yield msg("to compare: {title} {value} ({source})", title=one.title, value=shown, source=one.source)
    for series in trends.series:
        yield from _notes_of(series)


def _notes_of(series: TrendSeries) -> Iterator[Message]:
    for stretch in series.stretches:
        if stretch.why is not None:
            why = " ".join(stretch.why.split()) if isinstance(stretch.why, str) else stretch.why
            yield msg("from {period} on, limits are made anew: {why}", period=stretch.start, why=why)
        if stretch.missing:
            yield msg(
                "no limits from {period} on: they need {needed} known points, and there are {known}",
                period=stretch.start,
                needed=stretch.baseline,
                known=stretch.known,
            )
        elif stretch.reason is not None:
            yield msg("no limits from {period} on: nothing varied in the baseline", period=stretch.start)
        if stretch.provisional:
            yield msg(
                "the limits from {period} on are provisional: they rest on {baseline} points, and 20 make them sure",
                period=stretch.start,
                baseline=stretch.baseline,
            )
        if stretch.dispersion > 1:
            yield msg(
                "the limits from {period} on are {factor} times as wide as counting alone would make them, because the "
                "points vary more (Laney)",
                period=stretch.start,
                factor=round(stretch.dispersion, 2),
            )
    if not any(stretch.missing or stretch.reason for stretch in series.stretches) and not series.signalling:
        yield msg("no signal: nothing here is more than chance")
