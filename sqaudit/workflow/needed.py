"""What a run needs of a dataset's records: which columns, and which stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from sqaudit.expressions.queries import CheckedQuery
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.checklist import Checklist
from sqaudit.model.programme import Period, Programme, SiteDataset
from sqaudit.model.standard import ColumnType, Dataset
from sqaudit.sources.scanning import Window


def needed_columns(
    programme: Programme, dataset: str, requests: Sequence[MeasureRequest], queries: Iterable[CheckedQuery]
) -> Dataset:
    """The dataset with the columns that a run reads, in their order: required ones, and those that are asked for."""
    declared = programme.standard.datasets[dataset]
    listing, source = programme.sites, programme.sources[dataset]
    everything = any(dataset in query.tables for query in queries) or (
        isinstance(listing, SiteDataset) and listing.dataset == dataset and not listing.attributes
    )
    wanted = {source.time, source.site, *source.key}
    if isinstance(listing, SiteDataset) and listing.dataset == dataset:
        wanted |= {listing.id, listing.title, listing.region, *listing.attributes}
    for request in requests:
        wanted |= {*request.columns, request.time}
    wanted |= {name for name, column in declared.columns.items() if column.mask is not None}  # to know what to hide
    kept = {name for name, column in declared.columns.items() if everything or not column.optional or name in wanted}
    bounds = {*kept}
    while bounds:  # a bound may have bounds of its own
        ends = (end for name in bounds for end in (declared.columns[name].minimum, declared.columns[name].maximum))
        bounds = {end for end in ends if isinstance(end, str) and end in declared.columns} - kept
        kept |= bounds
    return replace(declared, columns={name: one for name, one in declared.columns.items() if name in kept})


def needed_window(
    programme: Programme,
    dataset: str,
    requests: Sequence[MeasureRequest],
    queries: Mapping[str, CheckedQuery],
    period: Period,
) -> Window | None:
    """The stretch of time that a run looks at; ``None``: all of it.

    Freshness and the beginning of a register, or of records whose silence answers, are reckoned over all rows, a query
    without reach sees them all, and a site without rows of late is still a site.
    """
    source, listing = programme.sources[dataset], programme.sites
    if source.time is None or source.fresh_seconds is not None or source.register:
        return None
    if any(_answers_by_silence(checklist, dataset) for checklist in programme.checklists):
        return None
    if isinstance(listing, SiteDataset) and listing.dataset == dataset:
        return None
    reach = timedelta()
    for name, query in queries.items():
        if dataset in query.tables:
            seconds = programme.sources[name].reach_seconds
            if seconds is None:
                return None
            reach = max(reach, timedelta(seconds=seconds))
    columns = programme.standard.datasets[dataset].columns
    times = [source.time, *(request.time for request in requests if request.time is not None)]
    known = [
        time
        for time in dict.fromkeys(times)
        if time in columns and columns[time].type in {ColumnType.DATE, ColumnType.TIMESTAMP}
    ]
    if any(request.time is None for request in requests):
        return None
    return Window(times=tuple(known), start=period.start - reach, end=period.end + reach)


def _answers_by_silence(checklist: Checklist, dataset: str) -> bool:
    """Whether no row of a dataset is an answer about a site, with no register to say that the site was looked at."""
    answers = checklist.answers
    return answers is not None and answers.dataset == dataset and answers.absent_passes and not checklist.subject
