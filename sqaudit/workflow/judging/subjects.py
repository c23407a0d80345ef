"""What is smaller than the site: each subject is measured, scored and rated like a small audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.requests import NEWEST
from sqaudit.model.checklist import Checklist
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.sample import SampleRecord
from sqaudit.model.score import ItemResult, Level, Score, Status
from sqaudit.model.standard import Standard
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.items import Question, skip_item
from sqaudit.scoring.rating import rate_audit
from sqaudit.workflow.judging.acceptance import Lots, decide_lot, in_numbers, lots_of, without_lot
from sqaudit.workflow.judging.answers import JudgedQuestions, judge_questions
from sqaudit.workflow.judging.groups import judge_groups_of_subjects
from sqaudit.workflow.judging.items import judge_observation, without_value
from sqaudit.workflow.judging.persons import SUPPRESSED, hidden, hide_persons, reveals_persons
from sqaudit.workflow.judging.summaries import Subject, summarise
from sqaudit.workflow.measurable import Measurable

NOT_DRAWN, NOT_REGISTERED = "not_drawn", "not_registered"


class Panel(Struct, frozen=True, kw_only=True):
    """The items of a checklist that are looked at subject by subject, and the part of the standard they observe.

    ``sample`` has the subjects that were drawn. ``lots`` are there, by site, where acceptance numbers decide the items,
    and not the checklist's summary.
    """

    checklist: Checklist
    questions: tuple[Question, ...]
    standard: Standard
    sample: SampleRecord | None = None
    lots: Lots | None = None


class JudgedSubjects(Struct, frozen=True, kw_only=True):
    """What came of the subjects of one site: their results and scores as they may be shown, and the site's results."""

    results: tuple[ItemResult, ...]
    scores: tuple[Score, ...]
    site: Mapping[str, ItemResult]


def panels_of(measurable: Measurable, samples: Mapping[str, SampleRecord]) -> tuple[Panel, ...]:
    """The panels of a programme, one per checklist that has subjects."""
    panels = []
    standard = measurable.programme.standard
    for checklist in measurable.programme.checklists:
        own = [one for one in measurable.questions if one.checklist is checklist]
        questions = tuple(one for one in own if _is_of_subjects(measurable, one))
        observed = {one.criterion.id for one in questions if one.criterion is not None}
        criteria = {name: criterion for name, criterion in standard.criteria.items() if name in observed}
        if questions:
            narrow = replace(standard, criteria=criteria)
            sample = samples.get(checklist.id)
            lots = lots_of(measurable.programme, checklist.id, sample)
            panels.append(Panel(checklist=checklist, questions=questions, standard=narrow, sample=sample, lots=lots))
    return tuple(panels)


def _is_of_subjects(measurable: Measurable, question: Question) -> bool:
    """Whether an item is looked at subject by subject: asked about each that is drawn, or measured in its rows."""
    if question.item.ask is not None:
        return bool(question.checklist.subject)
    request = measurable.asked.get(question.item.id)
    return request is not None and bool(request.subject)


def judge_subjects(
    measurable: Measurable,
    panel: Panel,
    questions: Sequence[Question],
    site: Site,
    observed: Mapping[str, Sequence[Observation]],
) -> JudgedSubjects:
    """Judge the subjects of a site, and the site by them.

    Args:
        measurable: The programme.
        panel: The checklist's items with subjects.
        questions: Those of them that apply to the site.
        site: Where the subjects are.
        observed: What was seen of each item, one observation per subject, or one for each answer about it.
    """
    seen = {question.item.id: {one.subject: one for one in observed[question.item.id]} for question in questions}
    labels = sorted({label for by_label in seen.values() for label in by_label})
    asked = _asked(measurable, questions, site, observed)
    # The true results make the site's; what may be shown of each subject is another matter.
    subjects = [
        _subject(measurable, panel, label, _results(measurable, questions, site, label, seen, asked), seen)
        for label in labels
    ]
    counted = [subject for subject in subjects if subject.is_counted]
    shown = _shown(measurable, panel, questions, subjects)
    groups = judge_groups_of_subjects(measurable, panel.checklist, panel.sample, questions, site, counted)
    return JudgedSubjects(
        results=(*(result for subject in shown for result in subject.looked_at), *groups, *_parts(measurable, asked)),
        scores=tuple(subject.score for subject in shown),
        site={
            question.item.id: _decided(measurable, panel, question, site, subjects, seen[question.item.id])
            for question in questions
        },
    )


def without_numbers(panel: Panel, known: Mapping[str, ItemResult]) -> dict[str, ItemResult]:
    """The site's results of a panel's items that are decided by numbers, also of those where nothing was counted."""
    items = [question.item.id for question in panel.questions if _is_decided_by_numbers(panel, question)]
    return {item: in_numbers(known[item]) for item in items}


def _is_decided_by_numbers(panel: Panel, question: Question) -> bool:
    """Whether acceptance numbers decide an item; of texts and dates there are no failing ones."""
    return panel.lots is not None and (question.item.ask is None or question.item.ask.form.is_scored)


def _decided(  # noqa: PLR0913, PLR0917 - what a verdict rests on
    measurable: Measurable,
    panel: Panel,
    question: Question,
    site: Site,
    subjects: Sequence[Subject],
    seen: Mapping[str, Observation],
) -> ItemResult:
    """The site's result of an item as it may be shown: by the checklist's summary, or by the number of its lot."""
    if panel.lots is None or not _is_decided_by_numbers(panel, question):
        counted = [subject for subject in subjects if subject.is_counted]
        result = summarise(measurable, panel.checklist, question, site, counted)
        return _fit_to_be_shown(measurable, result, sum(one.n for one in seen.values()))
    lot = panel.lots.get(site.id)
    if lot is None:
        return without_lot(question, site, panel.sample)
    result = decide_lot(question, site, subjects, lot)
    return _fit_to_be_shown(measurable, result, sum(one.n for one in seen.values() if one.subject in lot.subjects))


def _asked(
    measurable: Measurable, questions: Sequence[Question], site: Site, observed: Mapping[str, Sequence[Observation]]
) -> dict[str, JudgedQuestions]:
    """What people said about each subject that they were asked about."""
    given: defaultdict[str, defaultdict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for question in questions:
        for one in observed[question.item.id] if question.item.ask is not None else ():
            given[one.subject][one.item].append(one)
    return {label: judge_questions(measurable, questions, site, seen, label) for label, seen in given.items()}


def _parts(measurable: Measurable, asked: Mapping[str, JudgedQuestions]) -> Iterator[ItemResult]:
    """The results of each auditor, but for what tells of persons."""
    private = measurable.about_persons | measurable.by_persons
    return (part for label in sorted(asked) for part in asked[label].parts if part.item not in private)


def _results(  # noqa: PLR0913, PLR0917 - which subject, and what was seen of it
    measurable: Measurable,
    questions: Sequence[Question],
    site: Site,
    label: str,
    seen: Mapping[str, Mapping[str, Observation]],
    asked: Mapping[str, JudgedQuestions],
) -> list[ItemResult]:
    observed = {item: by_label[label] for item, by_label in seen.items() if label in by_label}
    answers = asked[label].results if label in asked else {}
    results = []
    for question in questions:
        item, nothing = question.item.id, without_value(measurable, question)
        if item in answers:
            results.append(answers[item])
        elif question.item.ask is not None:
            reason = NOT_DRAWN if question.checklist.answers is None else NOT_REGISTERED
            results.append(skip_item(question, site.id, Status.NOT_SELECTED, nothing, reason, label))
        elif item in observed:
            results.append(judge_observation(measurable, question, site, observed[item]))
        else:
            results.append(skip_item(question, site.id, Status.NO_DATA, nothing, NO_ROWS, label))
    return results


def is_drawn(questions: Iterable[Question], observed: Container[str]) -> bool:
    """Whether people are asked about a subject of which these items were observed."""
    return any(question.item.ask is not None and question.item.id in observed for question in questions)


def _subject(
    measurable: Measurable,
    panel: Panel,
    label: str,
    results: Sequence[ItemResult],
    seen: Mapping[str, Mapping[str, Observation]],
) -> Subject:
    moments = [one.statistics.get(NEWEST) for by_label in seen.values() if (one := by_label.get(label)) is not None]
    return Subject(
        label=label,
        results={result.item: result for result in results},
        score=_score(measurable, panel, label, results),
        latest=max((int(moment) for moment in moments if moment is not None), default=None),
        is_drawn=is_drawn(panel.questions, {item for item, by_label in seen.items() if label in by_label}),
    )


def _score(measurable: Measurable, panel: Panel, label: str, results: Sequence[ItemResult]) -> Score:
    audit = score_audit(panel.standard, results[0].site, results, measurable.bonuses).audit
    rated = rate_audit(measurable.scale, audit, results)
    return replace(rated, level=Level.SUBJECT, id=panel.checklist.id, subject=label)


def _shown(
    measurable: Measurable, panel: Panel, questions: Sequence[Question], subjects: Sequence[Subject]
) -> Sequence[Subject]:
    items = [question.item.id for question in questions]
    private = [item for item in items if item in measurable.about_persons or item in measurable.by_persons]
    if not private:
        return subjects
    safe = {item: hide_persons([subject.results[item] for subject in subjects]) for item in private}
    shown = []
    for place, subject in enumerate(subjects):
        results = {item: safe[item][place] if item in safe else subject.results[item] for item in items}
        score = subject.score
        if results != subject.results:
            score = _score(measurable, panel, subject.label, list(results.values()))
        shown.append(replace(subject, results=results, score=score))
    return shown


def _fit_to_be_shown(measurable: Measurable, result: ItemResult, n: int) -> ItemResult:
    """The site's result, unless it rests on too few answers of persons."""
    is_private = result.item in measurable.about_persons and reveals_persons(n)
    return hidden(result, SUPPRESSED) if is_private else result
