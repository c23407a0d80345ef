"""What a run came to, in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqaudit.cli.output import say, write_lines
from sqaudit.cli.session import current_session
from sqaudit.errors import Incomplete, Message, NothingEvaluated, msg
from sqaudit.model.programme import is_follow_up, is_pilot
from sqaudit.model.score import Score, Status
from sqaudit.model.standard import Severity
from sqaudit.reports.numbers import show_score, show_share

if TYPE_CHECKING:
    from sqaudit.workflow.collect import CollectSummary
    from sqaudit.workflow.score import RunSummary

FINDINGS = 1


def show_summary(summary: RunSummary) -> None:
    """Print a summary; its warnings go to the standard error."""
    write_lines(list(_lines(summary)))
    for warning in summary.warnings:
        say(msg("warning: {message}", message=warning))
    for problem in summary.problems:
        say(
            msg(
                "error: {code} dataset '{dataset}': {message}",
                code=problem.code,
                dataset=problem.dataset,
                message=problem.message,
            )
        )
        if problem.hint is not None:
            say(msg("hint: {hint}", hint=problem.hint))
    if not summary.evaluated:
        say(msg("nothing was evaluated: no item has a value"))
    elif summary.incomplete:
        say(
            msg(
                "the cycle is incomplete: `sqaudit results --period {period} --status error` names the items",
                period=summary.period,
            )
        )


def exit_code_of(summary: RunSummary, fail_on: Severity | None = None) -> int:
    """4 if nothing was evaluated, 3 if something is missing, 1 for findings at or above ``fail_on``, else 0."""
    if not summary.evaluated:
        return NothingEvaluated.exit_code
    if summary.incomplete:
        return Incomplete.exit_code
    if fail_on is not None and any(n and severity.rank <= fail_on.rank for severity, n in summary.findings.items()):
        return FINDINGS
    return 0


def heading(summary: RunSummary | CollectSummary) -> Message:
    """Which revision of which cycle it is; that of a trial evaluation says so."""
    values = {"programme": summary.programme, "period": summary.period, "revision": summary.revision}
    if is_pilot(summary.period):
        return msg("{programme} {period}, revision {revision}: a trial evaluation, which counts in no trend", **values)
    if is_follow_up(summary.period):
        return msg("{programme} {period}, revision {revision}: a follow-up audit of what was open", **values)
    return msg("{programme} {period}, revision {revision}", **values)


def _lines(summary: RunSummary) -> Iterable[Message]:
    yield heading(summary)
    yield from (msg("changed: {change}", change=change) for change in summary.changes)
    yield from summary.notes
    if summary.score is not None:
        yield _score_line(summary.score)
    yield msg(
        "audits: {audits}, item results: {items} ({statuses})",
        audits=summary.audits,
        items=summary.items,
        statuses=_counts(summary.statuses, Status),
    )
    yield msg("findings: {findings}", findings=_counts(summary.findings, Severity))


def _score_line(score: Score) -> Message:
    language = current_session().language
    if score.score is None:
        return msg("no score: {reason}", reason=language.word(score.reason or "no_data"))
    figures = {"score": show_score(score.score), "coverage": show_share(score.coverage)}
    if score.rating is None and score.reason is not None:
        reason = language.word(score.reason)
        return msg("score {score}, coverage {coverage}, no rating: {reason}", **figures, reason=reason)
    return msg("score {score}, rating {rating}, coverage {coverage}", **figures, rating=score.rating or "-")


def _counts(counts: Mapping[Status, int] | Mapping[Severity, int], codes: type[Status | Severity]) -> str:
    language = current_session().language
    by_code = {code.value: count for code, count in counts.items()}
    listed = [(code.value, by_code.get(code.value)) for code in codes]
    return ", ".join(f"{count} {language.word(code)}" for code, count in listed if count) or "0"
