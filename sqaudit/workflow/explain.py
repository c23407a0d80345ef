"""Why: what a code means, what a criterion asks, how a score came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.codes import explain_code
from sqaudit.documents.building import build_programme
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.locale.words import WORDS
from sqaudit.measures.finishing import SECONDS, exact_number, exact_square
from sqaudit.measures.requests import HIGH, LOW, NEWEST
from sqaudit.model.answer import Ask, GivenAnswer
from sqaudit.model.checklist import Item, SummaryKind
from sqaudit.model.evidence import Number, Statistics
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.programme import Programme
from sqaudit.model.score import Contribution, ItemResult, Level, Score
from sqaudit.model.standard import Criterion, Rollup, Standard
from sqaudit.model.texts import Text
from sqaudit.reports.labels import show_label
from sqaudit.reports.numbers import ABSENT, show_duration, show_number, show_score, show_share
from sqaudit.reports.policies import policies_in_words
from sqaudit.scoring.aggregation import AuditScores
from sqaudit.scoring.contributions import (
    audit_contributions,
    contributions,
    deduction_contributions,
    earned_points,
)
from sqaudit.scoring.lifting import Lift
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import told_lot
from sqaudit.workflow.judging.acceptance import FORMULA
from sqaudit.workflow.judging.persons import SUPPRESSED, SUPPRESSED_WITH_ANOTHER
from sqaudit.workflow.look_up import no_result, show_finding
from sqaudit.workflow.measurable import Measurable, bonuses_of
from sqaudit.workflow.rows import Row, result_row
from sqaudit.workflow.score import collected_cycle, frozen_documents, frozen_measurable, judge_revision

Words = Message | Text | str

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = frozenset({StatisticKind.COUNT, StatisticKind.DISTINCT})
_KEPT_BACK = frozenset({SUPPRESSED, SUPPRESSED_WITH_ANOTHER})


class Explanation(Struct, frozen=True, kw_only=True):
    """An answer: a title, paragraphs, and rows of figures where there are any."""

    title: Words
    paragraphs: tuple[Words, ...] = ()
    table: tuple[Row, ...] = ()


def explain(context: Context | None, thing: str, *, period: str | None = None, site: str | None = None) -> Explanation:
    """Explain an error code, a finding, a result, a standard, a criterion, or a programme's score.

    With ``site`` the score is that site's.

    Raises:
        InvalidInput: Nothing is called that.
    """
    code = explain_code(thing)
    if code is not None:
        return Explanation(title=code.title, paragraphs=(code.cause, code.fix))
    if context is not None:
        if thing.startswith("f-"):
            return _explain_finding(context, thing)
        if thing.startswith("r-"):
            return _explain_result(context, thing)
        if thing in context.library.programmes:
            return _explain_score(context, thing, period, site)
        standards = context.library.built_standards()
        for standard in reversed(standards):
            if standard.id == thing:
                return _explain_standard(standard)
        for standard in standards:
            if thing in standard.criteria:
                return _explain_criterion(standard, standard.criteria[thing], _items_of(context, standard, thing))
    raise InvalidInput(
        "SQA708",
        msg("nothing is called '{thing}'", thing=thing),
        msg("give an error code, or the id of a criterion, standard, programme, result (r-...) or finding (f-...)"),
    )


def _items_of(context: Context, standard: Standard, criterion: str) -> list[Item]:
    items = [item for checklist in context.library.checklists_of(standard.id) for item in checklist.items]
    return [item for item in items if item.criterion == criterion]


def _explain_finding(context: Context, identity: str) -> Explanation:
    row = show_finding(context, identity)
    return Explanation(
        title=row["statement"],
        paragraphs=tuple(msg("remedy: {remedy}", remedy=remedy) for remedy in row["remedies"]),
        table=tuple(row["results"]),
    )


def _explain_result(context: Context, identity: str) -> Explanation:
    with context.store() as store:
        stored = store.find_result(identity)
        if stored is None:
            raise no_result(identity)
        key, result = stored
        cycle = collected_cycle(context, store, key.programme, key.period)
        measurable = frozen_measurable(context, store, cycle, key.number)
        seen = store.read_observations(key.programme, key.period, key.number)
    item = next(q.item for q in measurable.questions if q.item.id == result.item)
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
    if item.ask is not None:
        given = [one.answer for one in own if one.answer is not None]
        told = [answer for answer in given if result.auditor in {"", answer.auditor}]
        made = tuple(_told_answers(item.ask, told))
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


def _how(item: Item) -> str:
    """How an item's value comes about: by a measure, from other items, or by what kind of answer."""
    return item.ask.form.kind.value if item.ask is not None else item.derive or item.measure


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


def _explain_score(context: Context, programme: str, period: str | None, site: str | None) -> Explanation:
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        scores = [score for _, score in store.read_scores(programme=programme, period=cycle.period)]
        number = cycle.revisions[-1].number
        made = build_programme(frozen_documents(store, cycle, number))
        if site is not None:
            results = [result for _, result in store.read_results(programme, cycle.period, site=site)]
            return _explain_site(made, cycle.period, scores, results, site)
        lift = Lift(kind=made.summary.kind)
        if lift.kind is SummaryKind.VOLUME:
            lift = judge_revision(store, frozen_measurable(context, store, cycle, number), cycle, number).lift
        weights = {site.id: lift.weight(site) for site in store.read_sites(programme, cycle.period, number)}
    total = next(score for score in scores if score.level is Level.PROGRAMME)
    audits = [score for score in scores if score.level is Level.AUDIT]
    is_mean = lift.kind in {SummaryKind.MEAN, SummaryKind.VOLUME}
    return Explanation(
        title=_what_came_out(total, cycle.period),
        paragraphs=(
            *_why_unrated(total),
            msg("the points sum to the score")
            if is_mean
            else msg("the score is that of '{summary}'; the points sum to the mean", summary=lift.kind.value),
        ),
        table=_part_rows(contributions(replace(score, weight=weights[score.id]) for score in audits)),
    )


def _explain_site(
    programme: Programme, period: str, scores: Sequence[Score], results: Sequence[ItemResult], site: str
) -> Explanation:
    own: defaultdict[Level, list[Score]] = defaultdict(list)
    for score in scores:
        if score.site == site:
            own[score.level].append(score)
    if not own[Level.AUDIT]:
        raise InvalidInput("SQA704", msg("no site is called '{site}'", site=site), msg("`sqaudit scores` lists them"))
    (audit,) = own[Level.AUDIT]
    standard = programme.standard
    items = [item for checklist in programme.checklists for item in checklist.items]
    if standard.scoring.rollup is Rollup.DEDUCTION:
        whole = [result for result in results if not result.is_part]
        parts = deduction_contributions(standard, whole, bonuses_of(programme), audit)
        told = []
    else:
        made = AuditScores(criteria=tuple(own[Level.CRITERION]), dimensions=tuple(own[Level.DIMENSION]), audit=audit)
        parts = audit_contributions(standard, made)
        earned, possible = map(show_number, earned_points(parts))
        told = [msg("weighted points: {earned} of {possible}", earned=earned, possible=possible)]
    return Explanation(
        title=_what_came_out(audit, period),
        paragraphs=(
            *policies_in_words(standard.scoring, items),
            *_why_unrated(audit),
            *told,
            msg("the points sum to the score"),
        ),
        table=_part_rows(parts),
    )


def _what_came_out(score: Score, period: str) -> Message:
    return msg(
        "{id} in {period}: score {score}, raw score {raw}, coverage {coverage}, rating {rating}",
        id=score.id,
        period=period,
        score=show_score(score.score),
        raw=show_score(score.raw_score),
        coverage=show_share(score.coverage),
        rating=score.rating or "-",
    )


def _part_rows(parts: Sequence[Contribution]) -> tuple[Row, ...]:
    return tuple(
        {
            "id": part.id,
            "score": None if part.score is None else float(part.score),
            "weight": float(part.weight),
            "points": float(part.points),
        }
        for part in parts
    )


def _why_unrated(score: Score) -> Iterator[Message]:
    if score.rating is None and score.reason is not None:
        yield msg("no rating: {reason}", reason=WORDS.get(score.reason, score.reason))


def _explain_standard(standard: Standard) -> Explanation:
    changed = tuple(
        {"criterion": override.criterion, "key": key, "old": old, "new": new}
        for override in standard.overrides
        for key, (old, new) in (override.changes or {"criterion": (override.criterion, None)}).items()
    )
    paragraphs: tuple[Words, ...] = (
        msg(
            "criteria: {criteria}, dimensions: {dimensions}",
            criteria=len(standard.criteria),
            dimensions=len(standard.dimensions),
        ),
    )
    if standard.extends:
        paragraphs += (msg("extends {base}; what it changes:", base=standard.extends),)
    return Explanation(title=standard.title, paragraphs=paragraphs, table=changed)


def _explain_criterion(standard: Standard, criterion: Criterion, items: Sequence[Item]) -> Explanation:
    facts: tuple[Words, ...] = (
        msg(
            "criterion {id} of {standard} {version}, dimension {dimension}, weight {weight}, severity {severity}",
            id=criterion.id,
            standard=standard.id,
            version=standard.version,
            dimension=standard.dimensions[criterion.dimension].title,
            weight=criterion.weight,
            severity=WORDS[criterion.severity.value],
        ),
        msg("target: {target}", target=criterion.target.text if criterion.target else "-"),
        msg("origin: {origin}", origin=criterion.origin or "-"),
        *(msg("remedy: {remedy}", remedy=remedy) for remedy in criterion.remedies),
    )
    observed = tuple(
        {"item": item.id, "measure": _how(item), "where": item.where, "score": item.score.scorer} for item in items
    )
    return Explanation(title=criterion.title, paragraphs=facts, table=observed)
