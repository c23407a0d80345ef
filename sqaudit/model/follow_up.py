"""How a programme follows its findings up: which way actions take, by when, and what counts as seen again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sqaudit.model.action import Move, Path
from sqaudit.model.standard import Severity


class Match(StrEnum):
    """What makes a failure the same as an earlier one at its site: its criterion, or one of its items as well."""

    CRITERION = "criterion"
    ITEM = "item"


class NotApplicableCycle(StrEnum):
    """What a cycle proves in which nothing of a criterion applied at a site: nothing, or that it is met."""

    SKIP = "skip"
    PASS = "pass"  # noqa: S105 - no password


class Allowance(Struct, frozen=True, kw_only=True):
    """How long a step may take: so many ``seconds``, calendar ``days`` or ``working_days``; one of them is set."""

    seconds: int | None = None
    days: int | None = None
    working_days: int | None = None


def _of(**steps: Allowance) -> Mapping[Move, Allowance]:
    return {Move(name): allowance for name, allowance in steps.items()}


# Ours, no standard sets any: a day for what endangers people, then days of the site's calendar.
DUE: Mapping[Severity, Mapping[Move, Allowance]] = {
    Severity.CRITICAL: _of(
        contain=Allowance(seconds=86_400),
        analyse=Allowance(working_days=3),
        plan=Allowance(working_days=5),
        implement=Allowance(days=14),
        verify=Allowance(days=30),
    ),
    Severity.MAJOR: _of(
        contain=Allowance(working_days=2),
        analyse=Allowance(working_days=10),
        plan=Allowance(working_days=15),
        implement=Allowance(days=60),
        verify=Allowance(days=60),
    ),
    Severity.MINOR: _of(
        contain=Allowance(working_days=5),
        analyse=Allowance(working_days=20),
        plan=Allowance(working_days=20),
        implement=Allowance(days=90),
        verify=Allowance(days=90),
    ),
}
PATHS: Mapping[Severity, Path] = {
    Severity.CRITICAL: Path.FULL,
    Severity.MAJOR: Path.FULL,
    Severity.MINOR: Path.CORRECT,
}


class FollowUp(Struct, frozen=True, kw_only=True):
    """A programme's rules for what happens after a finding.

    ``due`` counts from the opening of an action, ``verify`` from when its last step was told to be carried out.
    ``verify_cycles`` is how many cycles after that have to prove it. A failure within ``repeat_within`` after the fix
    is a repeat; within ``watch`` it reopens the action. A criterion that fails at ``systemic_sites`` sites, or at a
    ``systemic_share`` (0 to 1) of them, two at least, is systemic.
    """

    paths: Mapping[Severity, Path] = field(default_factory=lambda: PATHS)
    due: Mapping[Severity, Mapping[Move, Allowance]] = field(default_factory=lambda: DUE)
    verify_cycles: int = 1
    repeat_within: timedelta = timedelta(days=365)
    watch: timedelta = timedelta(days=180)
    match: Match = Match.CRITERION
    not_applicable: NotApplicableCycle = NotApplicableCycle.SKIP
    systemic_sites: int = 3
    systemic_share: Decimal = Decimal("0.2")
