"""Auditors whose answers count although their newest calibration round found them unacceptable.

What is flagged is part of a revision's inputs: a flag changes no score, yet a report must go on saying what it said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sqaudit.documents.resolving import canonical_json
from sqaudit.errors import Message, msg
from sqaudit.model.answer import GivenAnswer
from sqaudit.model.calibration import CalibrationRound, Conclusion, Verdict
from sqaudit.model.report import FlaggedRow
from sqaudit.reports.numbers import show_share
from sqaudit.workflow.plan import CyclePlan

if TYPE_CHECKING:
    from sqaudit.store.engine import Store

FLAGGED = "flagged_auditors"


def with_flags(plan: CyclePlan, answers: Iterable[GivenAnswer], store: Store) -> CyclePlan:
    """The plan with the auditors that are flagged among its inputs; without one it stays as it is."""
    flagged = _flagged(plan, answers, store)
    if not flagged:
        return plan
    whole = canonical_json([plan.fingerprint, sorted(flagged.values(), key=str)])  # no names: they can be erased
    return replace(
        plan, inputs={**plan.inputs, FLAGGED: flagged}, fingerprint=hashlib.sha256(whole.encode()).hexdigest()
    )


def flagged_rows(inputs: Mapping[str, object]) -> Iterator[FlaggedRow]:
    """Who was flagged when a revision was made, from its inputs."""
    flagged = inputs.get(FLAGGED) or {}
    assert isinstance(flagged, Mapping)  # noqa: S101 - written by us
    for auditor, checklists in sorted(flagged.items()):
        for checklist, found in sorted(checklists.items()):
            yield FlaggedRow(auditor=auditor, checklist=checklist, **found)


def flag_warnings(inputs: Mapping[str, object]) -> Iterator[Message]:
    """The same as warnings."""
    for row in flagged_rows(inputs):
        yield msg(
            "answers by {auditor} to '{checklist}' count, but calibration round {round} found them unacceptable as an "
            "auditor: effectiveness {effectiveness}, miss rate {misses}, false-alarm rate {alarms}",
            auditor=row.auditor,
            checklist=row.checklist,
            round=row.round,
            effectiveness=show_share(row.effectiveness),
            misses=show_share(row.miss_rate),
            alarms=show_share(row.false_alarm_rate),
        )


def _flagged(plan: CyclePlan, answers: Iterable[GivenAnswer], store: Store) -> dict[str, dict[str, dict[str, object]]]:
    """The flagged auditors whose answers count, each with the checklists and what the round found."""
    standards = {one.id: one.standard.partition("@")[0] for one in plan.programme.checklists}
    asked = plan.measurable.answers.keys()
    counted = {
        (answer.given_by, answer.key.checklist)
        for answer in answers
        if answer.key.item in asked and (not plan.selected or answer.key.site in plan.selected)
    }
    if not counted:
        return {}
    newest = _newest_verdicts(store.list_rounds())
    flagged: dict[str, dict[str, dict[str, object]]] = {}
    for auditor, checklist in sorted(counted):
        found = newest.get((auditor, standards.get(checklist, ""), checklist))
        if found is None or found[1].verdict is not Verdict.UNACCEPTABLE:
            continue
        one, concluded = found
        flagged.setdefault(auditor, {})[checklist] = {
            "round": one.id,
            "effectiveness": concluded.effectiveness,
            "miss_rate": concluded.miss_rate,
            "false_alarm_rate": concluded.false_alarm_rate,
        }
    return flagged


def _newest_verdicts(
    rounds: Iterable[CalibrationRound],
) -> dict[tuple[str, str, str], tuple[CalibrationRound, Conclusion]]:
    """The verdict that was given last, by auditor, standard and checklist; rounds without one say nothing."""
    closed = sorted((one.closed_at, one.id, one) for one in rounds if one.closed_at is not None)
    return {
        (concluded.auditor, one.standard, one.checklist): (one, concluded)
        for _, _, one in closed
        for concluded in one.conclusions
        if concluded.verdict is not None
    }
