"""How findings and results came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqaudit.errors import msg
from sqaudit.measures.finishing import SECONDS, exact_number, exact_square
from sqaudit.measures.requests import HIGH, LOW, NEWEST
from sqaudit.model.answer import Ask, GivenAnswer
from sqaudit.model.evidence import Number, Statistics
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.score import ItemResult, Level
from sqaudit.reports.labels import show_label
from sqaudit.reports.numbers import ABSENT, show_duration, show_number
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import told_lot
from sqaudit.workflow.explain.explanation import Explanation, Words
from sqaudit.workflow.follow_up.findings import show_finding
from sqaudit.workflow.judging.acceptance import FORMULA
from sqaudit.workflow.judging.persons import SUPPRESSED, SUPPRESSED_WITH_ANOTHER
from sqaudit.workflow.look_up import no_result
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.recorded import tell_recorded
from sqaudit.workflow.rows import result_row
from sqaudit.workflow.score import collected_cycle, frozen_measurable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = frozenset({StatisticKind.COUNT, StatisticKind.DISTINCT})
_KEPT_BACK = frozenset({SUPPRESSED, SUPPRESSED_WITH_ANOTHER})


def explain_finding(context: Context, identity: str) -> Explanation:
    """What was found, what may be done about it, and the results that it cites."""
    row = show_finding(context, identity)
    return Explanation(
        title=row["statement"],
        paragraphs=tuple(msg("remedy: {remedy}", remedy=remedy) for remedy in row["remedies"]),
        table=tuple(row["results"]),
    )


def explain_result(context: Context, identity: str) -> Explanation:
    """How an item's result came about: what was measured, or what was answered and by whom."""
    with context.store() as store:
        stored = store.find_result(identity)
        if stored is None:
            raise no_result(identity)
        key, result = stored
        cycle = collected_cycle(context, store, key.programme, key.period)
        measurable = frozen_measurable(context, store, cycle, key.number)
        seen = store.read_observations(key.programme, key.period, key.number)
    question = next(one for one in measurable.questions if one.item.id == result.item)
    item = question.item
    place = (Level.AUDIT, result.site, result.item, result.subject, result.group)
    own = [one for one in seen if (one.level, one.site, one.item, one.subject, one.group) == place]
    found = own[0] if own else None
    statistics = found.statistics if found and result.reason not in _KEPT_BACK else {}
    made: tuple[Words, ...] = (
        msg("measure: {measure}", measure=item.measure),
        msg("where: {where}", where=item.where or "-"),
        msg("statistics: {statistics}", statistics=_show_statistics(measurable, item.id, statistics) or "-"),
    )
    if item.derive is not None:
        made = (msg("derived from other items: {derive}", derive=item.derive),)
    answers = question.checklist.answers
    if item.ask is not None and answers is not None:
        made = tuple(tell_recorded(item, item.ask, answers, None if result.reason in _KEPT_BACK else found))
    elif item.ask is not None:
        given = [one.answer for one in own if one.answer is not None]
        told = [answer for answer in given if result.auditor in {"", answer.auditor}]
        is_of_many = bool(question.checklist.subject) and not result.subject
        made = tuple(_told_many(item.ask, result) if is_of_many else _told_answers(item.ask, told))
    if result.value.formula == FORMULA:
        made += (told_lot(cycle.revisions[key.number - 1].inputs, result),)
    if result.subject:
        made += (msg("subject: {subject}", subject=show_label(result.subject)),)
    if result.group:
        made += (msg("group: {group}", group=show_label(result.group)),)
    return Explanation(
        title=item.title,
        paragraphs=(*made, msg("scored by {scorer}", scorer=item.score.scorer)),
        table=(result_row(key, result, measurable.programme.standard),),
    )


def _told_many(ask: Ask, result: ItemResult) -> Iterator[Words]:
    """What was asked about each of the drawn subjects, and of how many there is an answer."""
    yield msg("question: {question}", question=ask.question)
    yield msg(
        "asked about each drawn subject: answered {n}, not answered {missing}", n=result.n, missing=result.missing
    )


def _told_answers(ask: Ask, answers: Sequence[GivenAnswer]) -> Iterator[Words]:
    """What was asked, what was answered, by whom and when, and what stands beside it."""
    yield msg("question: {question}", question=ask.question)
    if not answers:
        yield msg("nobody has answered it yet")
    for answer in answers:
        yield from _told_answer(answer)


def _told_answer(answer: GivenAnswer) -> Iterator[Words]:
    if answer.value is None:
        yield msg("it does not apply: {reason}", reason=answer.not_applicable)
    else:
        yield msg("answer: {answer}", answer=answer.value)
    yield msg(
        "version {version}, given by {who} at {when}",
        version=answer.version,
        who=answer.given_by,
        when=answer.given_at.isoformat(timespec="seconds"),
    )
    if answer.note:
        yield msg("note: {note}", note=answer.note)
    for one in answer.evidence:
        yield msg("evidence: {name} (sha256 {sha256})", name=one.name, sha256=one.sha256)


def _show_statistics(measurable: Measurable, item: str, statistics: Statistics) -> str:
    """The statistics by name; what is kept in microseconds as durations, and moments as such."""
    request = measurable.asked.get(item)
    kinds = {} if request is None else {name: one.kind for name, one in request.measure.statistics.items()}
    is_of_time = request is not None and request.measure.unit == SECONDS
    return ", ".join(f"{name} = {_show(name, number, kinds, is_of_time)}" for name, number in statistics.items())


def _show(name: str, number: Number | None, kinds: Mapping[str, StatisticKind], is_of_time: bool) -> str:  # noqa: FBT001
    if number is None:
        return ABSENT
    if name == NEWEST:
        return (_EPOCH + timedelta(microseconds=int(number))).isoformat()
    kind = kinds.get(name)
    if not is_of_time or kind in _COUNTS or (kind is None and name not in {LOW, HIGH}):
        return str(number)
    if kind is StatisticKind.SQUARES:
        return f"{show_number(float(exact_square(number, SECONDS)))} s²"
    return show_duration(float(exact_number(number, SECONDS)))
