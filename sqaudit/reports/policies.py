"""A standard's scoring policies in words, as every report prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqaudit.errors import Message, msg
from sqaudit.model.checklist import BONUS, Item
from sqaudit.model.report import ReportView
from sqaudit.model.standard import CriticalPolicy, NotApplicable, Rollup, Scoring, Unanswered
from sqaudit.reports.decisions import decisions_in_words
from sqaudit.reports.strengths import strengths_in_words

_NESTED = msg(
    "scores run from 0 to 100 ({rollup}): items make criteria, these make dimensions, and these the audit, by weight"
)
_FLAT = msg(
    "scores run from 0 to 100 ({rollup}): items make criteria, and these the audit, by weight; dimensions weigh nothing"
)
_ROLLUPS: Mapping[Rollup, Message] = {
    Rollup.DIMENSIONS: _NESTED,
    Rollup.FLAT: _FLAT,
    Rollup.POINTS: msg(
        "scores run from 0 to 100 ({rollup}): items make criteria, and these the audit, by their weight times that of "
        "their dimension"
    ),
    Rollup.XCCDF_DEFAULT: _NESTED,
    Rollup.XCCDF_FLAT: _FLAT,
    Rollup.XCCDF_FLAT_UNWEIGHTED: msg(
        "scores run from 0 to 100 ({rollup}): items make criteria, and these the audit; all with a weight count alike"
    ),
    Rollup.XCCDF_ABSOLUTE: msg(
        "scores are 0 or 100 ({rollup}): items make criteria, and the audit has 100 if all with a weight have 100"
    ),
}


_NOT_APPLICABLE: Mapping[NotApplicable, Message] = {
    NotApplicable.EXCLUDE: msg("what is not applicable leaves the weights"),
    NotApplicable.FULL: msg("what is not applicable gets full points"),
    NotApplicable.ZERO: msg("what is not applicable gets no points"),
}
_NOT_APPLICABLE_ITEM: Mapping[NotApplicable, Message] = {
    NotApplicable.EXCLUDE: msg("item '{item}' leaves the weights where it is not applicable"),
    NotApplicable.FULL: msg("item '{item}' gets full points where it is not applicable"),
    NotApplicable.ZERO: msg("item '{item}' gets no points where it is not applicable"),
}
_UNANSWERED: Mapping[Unanswered, Message] = {
    Unanswered.INCOMPLETE: msg("what is not answered or could not be scored lowers the coverage, never the score"),
    Unanswered.ZERO: msg(
        "what is not answered gets no points; what could not be scored lowers the coverage, never the score"
    ),
}
_UNANSWERED_ITEM: Mapping[Unanswered, Message] = {
    Unanswered.INCOMPLETE: msg("item '{item}' lowers the coverage where it is not answered"),
    Unanswered.ZERO: msg("item '{item}' gets no points where it is not answered"),
}


def policies_in_words(scoring: Scoring, items: Iterable[Item] = ()) -> Iterator[Message]:
    """A sentence for each policy: how scores are rolled up, what counts how, when there is a rating.

    Of ``items`` those are named that have a policy of their own.
    """
    items = tuple(items)
    if scoring.rollup is Rollup.DEDUCTION:
        yield from _deduction(scoring, items)
    else:
        yield msg(_ROLLUPS[scoring.rollup].template, rollup=scoring.rollup.value)
    if scoring.rollup.is_xccdf:
        yield msg("an item counts 100 if it passed and 0 if it failed or is in error (NISTIR 7275r4)")
    yield _NOT_APPLICABLE[scoring.not_applicable]
    yield _UNANSWERED[scoring.unanswered]
    for item in items:
        if item.not_applicable not in {None, scoring.not_applicable}:
            yield msg(_NOT_APPLICABLE_ITEM[item.not_applicable].template, item=item.id)
        if item.unanswered not in {None, scoring.unanswered}:
            yield msg(_UNANSWERED_ITEM[item.unanswered].template, item=item.id)
    for view in scoring.views:
        yield msg(
            "criteria are also put together by {view}, each with the weight that it has in the audit score; the audit "
            "score is not made of these",
            view=view.title,
        )
    yield msg("below a coverage of {coverage} there is a score but no rating", coverage=scoring.min_coverage)
    yield _critical(scoring)


def rules_in_words(view: ReportView) -> Iterator[Message]:
    """How the figures were made that a report adds to the scores."""
    if view.at_target is not None and view.at_target.rating is not None:
        yield msg(
            "a site is at target if it has the best rating, {rating}, and no critical criterion failed there; without "
            "a rating that is not known",
            rating=view.at_target.rating,
        )
    elif view.at_target is not None:
        yield msg("a site is at target if it has a score and no criterion was missed there")
    if view.previous_period is not None:
        yield msg(
            "changes are against {period}; where scores were made differently there is none",
            period=view.previous_period,
        )
    yield msg(
        "points lost: what a criterion's score lacks of 100, by its share of the weights; those of all criteria sum to "
        "what a site's raw score lacks"
    )
    yield msg("ranks are by the score as it is shown; equal scores share a rank")
    yield decisions_in_words()
    yield strengths_in_words()
    if view.actions:
        yield msg("actions are told as of {day}", day=view.as_of)


def pace_in_words(sheets: int, untimed: int) -> Message:
    """Of how many sheets of answers it cannot be said whether they were filled too fast."""
    return msg(
        "sheets of answers: {sheets}; without times, so that nothing is said of their pace: {untimed}",
        sheets=sheets,
        untimed=untimed,
    )


def _deduction(scoring: Scoring, items: Iterable[Item]) -> Iterator[Message]:
    yield msg(
        "scores start from {base} ({rollup}): an item takes its points off for each time it was seen, at most its cap, "
        "and no score falls below {floor}; weights count only in the coverage",
        base=scoring.base,
        rollup=scoring.rollup.value,
        floor=scoring.floor,
    )
    if any(item.score.scorer == BONUS for item in items):
        yield msg("bonus points are added, at most the item's cap, and lift no score above {base}", base=scoring.base)


def _critical(scoring: Scoring) -> Message:
    if scoring.critical is CriticalPolicy.ZERO:
        return msg("a failed critical criterion makes the audit score 0; the raw score is kept")
    if scoring.critical is CriticalPolicy.CAP:
        return msg("a failed critical criterion caps the audit score at {cap}; the raw score is kept", cap=scoring.cap)
    return msg("a failed critical criterion gives the lowest rating; the score is kept")
