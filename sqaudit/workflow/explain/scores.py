"""How scores came about: the parts that sum to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sqaudit.documents.building import build_programme
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.locale.words import WORDS
from sqaudit.model.checklist import SummaryKind
from sqaudit.model.programme import Programme
from sqaudit.model.score import Contribution, ItemResult, Level, Score
from sqaudit.model.standard import Rollup, Standard
from sqaudit.reports.labels import show_label
from sqaudit.reports.numbers import show_number, show_score, show_share
from sqaudit.reports.policies import policies_in_words
from sqaudit.scoring.aggregation import AuditScores, score_audit
from sqaudit.scoring.contributions import (
    audit_contributions,
    contributions,
    deduction_contributions,
    earned_points,
)
from sqaudit.scoring.lifting import Lift
from sqaudit.workflow.context import Context
from sqaudit.workflow.explain.explanation import Explanation
from sqaudit.workflow.judging.subjects import panels_of
from sqaudit.workflow.measurable import Measurable, bonuses_of
from sqaudit.workflow.overlays import at_site, standard_at
from sqaudit.workflow.rows import Row
from sqaudit.workflow.score import collected_cycle, frozen_documents, frozen_measurable, judge_revision


def explain_score(
    context: Context, programme: str, period: str | None, site: str | None, subject: str | None
) -> Explanation:
    """What a programme's score is made of; with ``site`` that of a site, with ``subject`` that of a subject there."""
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        scores = [score for _, score in store.read_scores(programme=programme, period=cycle.period)]
        number = cycle.revisions[-1].number
        if site is not None:
            results = [result for _, result in store.read_results(programme, cycle.period, site=site)]
            sites = store.read_sites(programme, cycle.period, number)
            place = next((one for one in sites if one.id == site), None)
            if subject is not None:
                measurable = frozen_measurable(context, store, cycle, number)
                measurable = measurable if place is None else at_site(measurable, place)
                return _explain_subject(measurable, cycle.period, scores, results, (site, subject))
            made = build_programme(frozen_documents(store, cycle, number))
            if place is not None:
                made = replace(made, standard=standard_at(made, place, sites))
            return _explain_site(made, cycle.period, scores, results, site)
        made = build_programme(frozen_documents(store, cycle, number))
        lift = Lift(kind=made.summary.kind)
        if lift.kind is SummaryKind.VOLUME:
            lift = judge_revision(store, frozen_measurable(context, store, cycle, number), cycle, number).lift
        weights = {site.id: lift.weight(site) for site in store.read_sites(programme, cycle.period, number)}
    total = next(score for score in scores if score.level is Level.PROGRAMME)
    audits = [score for score in scores if score.level is Level.AUDIT]
    is_mean = lift.kind in {SummaryKind.MEAN, SummaryKind.VOLUME}
    return Explanation(
        title=_what_came_out(total, cycle.period, total.id),
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
    made = AuditScores(criteria=tuple(own[Level.CRITERION]), dimensions=tuple(own[Level.DIMENSION]), audit=audit)
    whole = [result for result in results if not result.is_part]
    return _explain_parts(programme, programme.standard, whole, made, _what_came_out(audit, period, site))


def _explain_subject(
    measurable: Measurable,
    period: str,
    scores: Sequence[Score],
    results: Sequence[ItemResult],
    place: tuple[str, str],
) -> Explanation:
    site, wanted = place
    audit = next((one for one in scores if one.site == site and wanted in _names_of(one)), None)
    if audit is None:
        message = msg("no subject is called '{subject}' at '{site}'", subject=wanted, site=site)
        raise InvalidInput("SQA707", message, msg("`sqaudit scores --level subject` lists them"))
    standard = next(panel.standard for panel in panels_of(measurable, {}) if panel.checklist.id == audit.id)
    own = [
        result
        for result in results
        if (result.checklist, result.subject) == (audit.id, audit.subject) and not (result.group or result.auditor)
    ]
    made = replace(score_audit(standard, site, own, measurable.bonuses), audit=audit)
    title = _what_came_out(audit, period, f"{site}, {show_label(audit.subject)}")
    return _explain_parts(measurable.programme, standard, own, made, title)


def _names_of(score: Score) -> tuple[str, ...]:
    """What a subject's score may be asked for by."""
    return (score.subject, show_label(score.subject)) if score.level is Level.SUBJECT else ()


def _explain_parts(
    programme: Programme, standard: Standard, results: Sequence[ItemResult], made: AuditScores, title: Message
) -> Explanation:
    """A score with the policies that it was made by, and its parts."""
    items = [item for checklist in programme.checklists for item in checklist.items]
    if standard.scoring.rollup is Rollup.DEDUCTION:
        parts, told = deduction_contributions(standard, results, bonuses_of(programme), made.audit), []
    else:
        parts = audit_contributions(standard, made)
        earned, possible = map(show_number, earned_points(parts))
        told = [msg("weighted points: {earned} of {possible}", earned=earned, possible=possible)]
    return Explanation(
        title=title,
        paragraphs=(
            *policies_in_words(standard.scoring, items),
            *_why_unrated(made.audit),
            *told,
            msg("the points sum to the score"),
        ),
        table=_part_rows(parts),
    )


def _what_came_out(score: Score, period: str, name: str) -> Message:
    return msg(
        "{id} in {period}: score {score}, raw score {raw}, coverage {coverage}, rating {rating}",
        id=name,
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
