"""Corrective actions: where they stand, what each move has to say, and what was said."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.risk import Risk
from sqaudit.model.standard import Severity

# The values here are trees: with ``gc=False`` nobody looks for circles in them, a tenth of the time of a page.


class ActionState(StrEnum):
    """Where a corrective action stands."""

    OPEN = "open"
    CONTAINED = "contained"
    ANALYSED = "analysed"
    PLANNED = "planned"
    APPROVED = "approved"
    IMPLEMENTED = "implemented"
    VERIFYING = "verifying"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing is left to do."""
        return self in {ActionState.CLOSED, ActionState.CANCELLED}


class Move(StrEnum):
    """What somebody does to an action."""

    ASSIGN = "assign"
    CONTAIN = "contain"
    ANALYSE = "analyse"
    PLAN = "plan"
    APPROVE = "approve"
    REJECT = "reject"
    IMPLEMENT = "implement"
    VERIFY = "verify"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    COMMENT = "comment"
    EXTEND = "extend"


class Path(StrEnum):
    """How far an action goes: to the cause, or only to the correction that the next cycles' data have to prove."""

    FULL = "full"
    CORRECT = "correct"


class Verdict(StrEnum):
    """What the data say of an action."""

    EFFECTIVE = "effective"
    PARTLY = "partly"
    NOT_EFFECTIVE = "not_effective"
    INCONCLUSIVE = "inconclusive"


class CauseMethod(StrEnum):
    """How a cause was looked for."""

    FIVE_WHYS = "five_whys"
    ISHIKAWA = "ishikawa"
    OTHER = "other"


class CauseCode(StrEnum):
    """Where a cause lies: the bones of Ishikawa's diagram for services, and two outside the house."""

    PEOPLE = "people"
    PROCESS = "process"
    POLICY = "policy"
    PLACE = "place"
    INFORMATION = "information"
    ENVIRONMENT = "environment"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"


class Containment(Struct, frozen=True, kw_only=True, gc=False):
    """What was done at once: the correction, what keeps it from spreading, and what was done for those it hit.

    Where nothing was needed, ``not_needed`` says why, and nothing else is there.
    """

    by: str
    on: date
    correction: str | None = None
    containment: str | None = None
    consequences: str | None = None
    not_needed: str | None = None


class Why(Struct, frozen=True, kw_only=True, gc=False):
    """One answer of a chain of whys, and what shows that it is so."""

    cause: str
    evidence: str


class Analysis(Struct, frozen=True, kw_only=True, gc=False):
    """Why it happened, where else it may happen (``extent``), and why nobody noticed earlier (``escape``).

    ``risk`` is what leaving the cause as it is was judged to risk, if that was said.
    """

    by: str
    method: CauseMethod
    cause: str
    code: CauseCode
    extent: str
    escape: str
    whys: tuple[Why, ...] = ()
    risk: Risk | None = None


class PlanStep(Struct, frozen=True, kw_only=True, gc=False):
    """One step of a plan; carried out once ``done_on`` is there, with its ``evidence``."""

    text: str
    owner: str
    due: date
    done_on: date | None = None
    done_by: str | None = None
    evidence: str | None = None


class EffectCriterion(Struct, frozen=True, kw_only=True, gc=False):
    """How data will show whether a plan worked: declared beforehand, judged by ``follow_up.effectiveness``.

    ``indicator`` and ``guards`` are items; ``baseline`` is the last period of the window before. ``target`` is what
    the indicator has to meet afterwards; ``improve`` the least difference that is worth it, in the value's own unit
    (shares 0 to 1). ``check_on`` is the day from which it can be judged. ``controls`` are sites where nothing was done.
    """

    indicator: str
    baseline: str
    target: str
    improve: float
    check_on: date
    guards: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()


class Plan(Struct, frozen=True, kw_only=True, gc=False):
    """What will be done about the cause, by whom and by when, and how its effect will be seen."""

    by: str
    steps: tuple[PlanStep, ...]
    effect: EffectCriterion
    resources: str | None = None

    @property
    def carried_out_on(self) -> date | None:
        """The day of its last step, once all of them are done."""
        days = [step.done_on for step in self.steps if step.done_on is not None]
        return max(days, default=None) if len(days) == len(self.steps) else None


class Verification(Struct, frozen=True, kw_only=True, gc=False):
    """What a verifier found: that the evidence is there, and once data are there, what they say.

    ``check_on`` is the day to look again at a correction alone, which has no plan that says it.
    """

    evidence: str
    checked_by: str
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    judged_at: datetime | None = None
    check_on: date | None = None


class CorrectiveAction(Struct, frozen=True, kw_only=True, gc=False):
    """A corrective action, as it stands.

    ``finding`` is the one it was opened for; later ones may be treated by it too. ``parent`` treats the same failure
    at many sites. ``due`` is when the current step (``due_for``) is due; ``None`` once nothing is left to do.
    ``version`` counts its changes. ``extensions`` and ``reopenings`` are counted for good, ``checks`` (new days for a
    check that could not be judged) since it was last reopened. ``changed`` tells what documents and trainings were
    changed, ``lessons`` what was learnt.
    """

    id: str
    programme: str
    finding: str
    criterion: str
    site: str | None
    severity: Severity
    path: Path
    state: ActionState
    opened_at: datetime
    updated_at: datetime
    owner: str | None = None
    parent: str | None = None
    due: datetime | None = None
    due_for: Move | None = None
    containment: Containment | None = None
    analysis: Analysis | None = None
    plan: Plan | None = None
    approved_by: str | None = None
    implemented_on: date | None = None
    changed: str | None = None
    verification: Verification | None = None
    lessons: str | None = None
    closed_at: datetime | None = None
    reopenings: int = 0
    extensions: int = 0
    checks: int = 0
    version: int = 1

    @property
    def verdict(self) -> Verdict | None:
        """What the data said when they were last judged."""
        return None if self.verification is None else self.verification.verdict

    @property
    def risk(self) -> Risk | None:
        """What the newest analysis judged it to risk."""
        return None if self.analysis is None else self.analysis.risk

    @property
    def hands(self) -> frozenset[str]:
        """Who has a part in it, and so neither approves nor verifies it."""
        parts = (self.containment, self.analysis, self.plan)
        steps = () if self.plan is None else self.plan.steps
        named = (self.owner, *(part.by for part in parts if part is not None), *(step.owner for step in steps))
        return frozenset(one for one in (*named, *(step.done_by for step in steps)) if one is not None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether its current step should have been done."""
        return self.due is not None and self.due < now


class Rung(StrEnum):
    """Who is told of a step that is not done: its owner before it is due; then, with those before, ever higher ones."""

    OWNER = "owner"
    MANAGER = "manager"
    DEPARTMENT_HEAD = "department_head"
    SENIOR_MANAGEMENT = "senior_management"


class Deadline(Struct, frozen=True, kw_only=True):
    """By when a step of an action is due, fixed when it was set: a calendar changed later does not move it.

    ``notices`` are the moments at which somebody has to be told while the step is not done.
    ``ended_at`` is when the step was done, put off, or no longer asked for.
    """

    action: str
    number: int
    step: Move
    due: datetime
    set_at: datetime
    notices: tuple[tuple[Rung, datetime], ...] = ()
    ended_at: datetime | None = None

    def is_missed(self, now: datetime) -> bool:
        """Whether it was, or is, not kept."""
        return self.due < (now if self.ended_at is None else min(self.ended_at, now))
