"""What is asked of the records that answer a checklist: which subjects there are, and which rows answer about them.

Both are grouped passes like those of measures, so that their number grows with nothing but checklists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from sqaudit.expressions.gate import check_condition
from sqaudit.measures.language import compile_measure
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.checklist import Checklist, RecordedAnswers, SummaryKind
from sqaudit.model.ports import Measure
from sqaudit.model.programme import Programme
from sqaudit.model.quoting import quote_name, quote_text

# Items are never called so: what these see is turned into observations of items before it is kept.
REGISTER, ANSWERS = ":register", ":answers"


def requests_for_records(programme: Programme, measures: Mapping[str, Measure]) -> Iterator[tuple[str, MeasureRequest]]:
    """The requests for the checklists that records answer, each with its dataset."""
    for checklist in programme.checklists:
        if checklist.answers is None:
            continue
        if checklist.subject and checklist.dataset is not None:
            wants_latest = checklist.summary.kind is SummaryKind.LATEST
            yield checklist.dataset, request_for_subjects(programme, checklist, checklist.dataset, wants_latest)
        yield checklist.answers.dataset, _request_for_answers(programme, checklist, checklist.answers, measures)


def request_for_subjects(
    programme: Programme,
    checklist: Checklist,
    name: str,
    wants_latest: bool = False,  # noqa: FBT001, FBT002 - a fact
) -> MeasureRequest:
    """What finds the subjects of a checklist's questions in the records of a dataset."""
    dataset, time = programme.standard.datasets[name], programme.sources[name].time
    return MeasureRequest(
        checklist=checklist.id,
        item=REGISTER,
        measure=compile_measure("count(*)", dataset, {}),
        where=None if checklist.where is None else check_condition(checklist.where, dataset.columns),
        time=time,
        subject=checklist.subject,
        newest=time if wants_latest else None,
    )


def request_for_rows(programme: Programme, checklist: Checklist, answers: RecordedAnswers, code: str) -> MeasureRequest:
    """What finds the rows that answer a question; where they tell faults, each counts against the site."""
    dataset = programme.standard.datasets[answers.dataset]
    measure = compile_measure("count(*)", dataset, {})
    return MeasureRequest(
        checklist=checklist.id,
        item=ANSWERS,
        measure=replace(measure, opposed=lambda _: "TRUE") if answers.value is None else measure,
        where=check_condition(f"CAST({quote_name(answers.item)} AS VARCHAR) = {quote_text(code)}", dataset.columns),
        time=programme.sources[answers.dataset].time,
        subject=checklist.subject,
    )


def _request_for_answers(
    programme: Programme, checklist: Checklist, answers: RecordedAnswers, measures: Mapping[str, Measure]
) -> MeasureRequest:
    """Rows by subject, item and answer: ``n`` of which both cells can be used, ``invalid`` the others."""
    named = [answers.item, *([answers.value] if answers.value is not None else [])]
    usable = " = ".join(f"({quote_name(name)} IS NOT NULL)" for name in named)
    return MeasureRequest(
        checklist=checklist.id,
        item=ANSWERS,
        measure=compile_measure(f"count({usable})", programme.standard.datasets[answers.dataset], measures),
        time=programme.sources[answers.dataset].time,
        subject=(*checklist.subject, *named),
    )
