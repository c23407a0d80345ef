"""Whether an action worked, from what the cycles since then measured.

**Actions that are judged on the same cycles.** Whoever looks at twenty actions finds one that luck made look effective.
So the probabilities of all actions of a programme whose effect shows in the same cycles are adjusted by Holm
(``statistics.adjusting``): that any of them is called effective by luck alone stays below the level. Which actions
these are is settled by what was declared and carried out before those cycles began, not by which is verified first:
all whose last step lies before them, whatever has become of them since. Two that declare the same indicator at the
same place against the same baseline look at one number, and count once. Corrections do not count: they are proven by
passing and have no test. Nor do actions of windows that only overlap: each window is a family of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.follow_up.effectiveness import Evidence, Guard, Judgement, judge
from sqaudit.follow_up.passing import judge_passing
from sqaudit.model.action import CorrectiveAction, EffectCriterion, Path
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.programme import Cycle, Programme
from sqaudit.model.score import ItemResult, Status
from sqaudit.model.target import Target, read_target
from sqaudit.statistics.contrasts import Contrast, Sampled
from sqaudit.statistics.controlled import Controlled, difference_in_differences
from sqaudit.statistics.picking import after_picking, ways_to_pick
from sqaudit.store.actions import ActionChoice
from sqaudit.store.engine import Store
from sqaudit.workflow.comparing.changes import Change, compare_results
from sqaudit.workflow.comparing.changes import Windows as Lengths
from sqaudit.workflow.comparing.sameness import changes_of_question, changes_of_standard, is_same_item
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.windows import (
    PROGRAMME,
    Window,
    Windows,
    cycles_since,
    find_baseline,
    follow_up_audits,
    scored_cycles,
)
from sqaudit.workflow.levels import SITE

TOO_EARLY, BASELINE_NOT_BEFORE = "too_early", "baseline_not_before_the_fix"


class Judged(Struct, frozen=True, kw_only=True):
    """A judgement, and what it rests on: the periods before and after, and the indicator in both.

    ``control`` is what changed beyond the sites where nothing was done. ``ways`` is in how many ways the baseline could
    have been picked, ``others`` how many more actions were judged on the same cycles.
    """

    judgement: Judgement
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    change: Change | None = None
    control: Controlled | None = None
    ways: int = 1
    others: int = 0


class _Looking(Struct, frozen=True, kw_only=True):
    """One action with the cycles that its effect is looked for in."""

    action: CorrectiveAction
    effect: EffectCriterion
    before: Sequence[Cycle]
    after: Sequence[Cycle]

    @property
    def level(self) -> str:
        return PROGRAMME if self.action.site is None else SITE

    @property
    def place(self) -> str:
        return self.action.site or self.action.programme

    @property
    def test(self) -> tuple[object, ...]:
        """What makes it the same test as another one."""
        periods = tuple(one.period for one in self.before)
        return self.place, self.effect.indicator, periods, frozenset(self.effect.controls)

    def why_not(self, many: int) -> str | None:
        """Why there is nothing to compare yet, or ever."""
        if len(self.before) < many or len(self.after) < many:
            return TOO_EARLY
        return BASELINE_NOT_BEFORE if self.before[-1].end > self.after[0].start else None


class _Measured(Struct, frozen=True, kw_only=True):
    """An indicator before and after, beyond the controls if there are any, and in how many ways it was picked."""

    change: Change
    control: Controlled | None
    ways: int

    @property
    def p(self) -> float | None:
        """The probability of the difference that counts, after picking."""
        contrast = self.change.contrast if self.control is None else self.control.contrast
        is_tested = self.change.is_comparable and contrast.p is not None
        return after_picking(contrast.p or 0.0, self.ways) if is_tested else None


def judge_action(
    context: Context, store: Store, action: CorrectiveAction, programme: Programme, rules: FollowUp
) -> Judged:
    """What the data say of an action that was carried out.

    Raises:
        InvalidInput: The period of the baseline, or an item, is not in the store.
    """
    assert action.implemented_on is not None  # noqa: S101 - only what was carried out is verified
    judging = Judging(context, store, programme, rules)
    if action.path is Path.CORRECT:
        return judging.judge_correction(action, action.implemented_on)
    assert action.plan is not None  # noqa: S101 - nothing else is carried out
    return judging.judge_effect(action, action.plan.effect, action.implemented_on)


class Judging:
    """The cycles of a programme and what its actions did in them. Each cycle is read once, of any number of actions."""

    def __init__(self, context: Context, store: Store, programme: Programme, rules: FollowUp) -> None:
        self._store, self._programme, self._rules = store, programme, rules
        self._zone = ZoneInfo(programme.timezone)
        self._cycles = scored_cycles(store, programme.id)
        self._known = store.list_known(programme.id)
        self._windows = Windows(context, store, self._cycles[-1])

    def judge_correction(self, action: CorrectiveAction, day: date) -> Judged:
        """What the cycles and follow-up audits since a day say of a correction."""
        outcomes = [(one.period, self._statuses(action, one)) for one in self._looked_again_since(day)]
        many, not_applicable = self._rules.verify_cycles, self._rules.not_applicable
        judgement = judge_passing([statuses for _, statuses in outcomes], many, not_applicable)
        return Judged(judgement=judgement, after=tuple(period for period, _ in outcomes))

    def judge_effect(self, action: CorrectiveAction, effect: EffectCriterion, day: date) -> Judged:
        """What the cycles since a day say of an action by the effect that was declared.

        Raises:
            InvalidInput: The period of the baseline, or an item, is not in the store.
        """
        looking = self._look(action, effect, day)
        target = read_target(effect.target)
        assert target is not None  # noqa: S101 - seen to be one when it was planned
        evidence = Evidence(
            before=None,
            after=None,
            contrast=Contrast(),
            direction=target.direction,
            improve=effect.improve,
            target=target,
            recurred=self._has_recurred(action, day),
            reason=looking.why_not(self._rules.verify_cycles),
        )
        rests_on = Judged(
            judgement=judge(evidence),
            before=tuple(one.period for one in looking.before),
            after=tuple(one.period for one in looking.after),
        )
        if evidence.reason is not None:
            return rests_on
        measured, others = self._measure(looking, target), self._others(looking)
        change = measured.change
        evidence = replace(
            evidence,
            before=change.before,
            after=change.after,
            n_before=change.n_before,
            n_after=change.n_after,
            contrast=change.contrast,
            reason=None if change.is_comparable else change.reason,
            guards=tuple(self._guard(looking, item) for item in effect.guards),
            control=measured.control,
            picked_from=measured.ways,
            others=others,
        )
        return replace(
            rests_on,
            judgement=judge(evidence),
            change=change,
            control=measured.control,
            ways=measured.ways,
            others=len(others),
        )

    def _since(self, day: date) -> list[Cycle]:
        return cycles_since(self._cycles, day, self._zone)

    def _looked_again_since(self, day: date) -> list[Cycle]:
        """The cycles since a day, follow-up audits among them: for failures, not for windows that are compared."""
        both = (*self._cycles, *follow_up_audits(self._store, self._programme.id))
        return cycles_since(sorted(both, key=lambda one: (one.start, one.end)), day, self._zone)

    def _look(self, action: CorrectiveAction, effect: EffectCriterion, day: date) -> _Looking:
        many = self._rules.verify_cycles
        end = find_baseline(self._cycles, effect.baseline, self._programme.id) + 1
        before, after = self._cycles[max(0, end - many) : end], self._since(day)[:many]
        return _Looking(action=action, effect=effect, before=before, after=after)

    def _has_recurred(self, action: CorrectiveAction, day: date) -> bool:
        periods = {one.period for one in self._looked_again_since(day)}
        return any(
            seen.key.period in periods
            for known in self._known
            if known.finding.action == action.id
            for seen in self._store.read_findings(self._programme.id, finding=known.finding.id)
        )

    def _measure(self, looking: _Looking, target: Target) -> _Measured:
        change = self._change(looking, looking.effect.indicator)
        return _Measured(
            change=replace(change, direction=target.direction),
            control=self._beyond_controls(looking) if looking.effect.controls else None,
            ways=self._ways(looking),
        )

    def _treated(self, looking: _Looking) -> tuple[Window, Window]:
        was, became = (
            self._windows.without(cycles, looking.level, looking.effect.controls)
            for cycles in (looking.before, looking.after)
        )
        return was, became

    def _change(self, looking: _Looking, item: str) -> Change:
        was, became = self._treated(looking)
        item = self._windows.name_of(item)
        old, new = (window.results.get((looking.place, item)) for window in (was, became))
        if old is None and new is None:
            raise InvalidInput(
                "SQA879",
                msg("item '{item}' has no result at '{place}'", item=item, place=looking.place),
                msg("an indicator is an item of the programme's checklists; `sqaudit results` lists them"),
            )
        return compare_results(
            looking.place,
            old,
            new,
            Lengths(equal=was.days == became.days),
            is_same=is_same_item(was.measurable, became.measurable, item, looking.level),
            changed=tuple(_changes(was, became, item)),
        )

    def _guard(self, looking: _Looking, item: str) -> Guard:
        change = self._change(looking, item)
        reason = None if change.is_comparable else change.reason
        difference = None
        if change.before is not None and change.after is not None:
            difference = change.after - change.before
        if change.direction is None:
            raise no_direction(item)
        return Guard(
            item=item, direction=change.direction, difference=difference, contrast=change.contrast, reason=reason
        )

    def _beyond_controls(self, looking: _Looking) -> Controlled:
        windows, controls = self._treated(looking), looking.effect.controls
        indicator = self._windows.name_of(looking.effect.indicator)
        treated = [window.results.get((looking.place, indicator)) for window in windows]
        untreated = [
            self._windows.among(cycles, controls).results.get((self._programme.id, indicator))
            for cycles in (looking.before, looking.after)
        ]
        known = [sampled for one in (*treated, *untreated) if (sampled := _sampled(one)) is not None]
        if len(known) < len(treated) + len(untreated):
            return Controlled(difference=None, contrast=Contrast())
        return difference_in_differences(*known)

    def _ways(self, looking: _Looking) -> int:
        """In how many ways the baseline could have been picked; 1 where no finding was raised in its periods.

        One site was picked out of all; of all together, nothing was picked unless controls were left out. That was
        tried in every cycle up to the one that picked.
        """
        raised = {one.finding.period for one in self._known if one.finding.action == looking.action.id}
        triggers = [one for one in looking.before if one.period in raised]
        if not triggers:
            return 1
        trigger = triggers[-1]
        sites = self._store.read_sites(self._programme.id, trigger.period, trigger.revisions[-1].number)
        treated = [site for site in sites if site.id not in looking.effect.controls]
        picked = 1 if looking.action.site is not None else len(treated)
        return ways_to_pick(len(sites), picked, occasions=self._cycles.index(trigger) + 1)

    def _others(self, looking: _Looking) -> tuple[float, ...]:
        """The probabilities of the other actions whose effect shows in the same cycles, each test once."""
        tests = {looking.test}
        found: list[float] = []
        for action in self._store.list_actions(ActionChoice(equal={"programme": self._programme.id})):
            other = self._look_at_other(action)
            if other is None or list(other.after) != list(looking.after) or other.test in tests:
                continue
            tests.add(other.test)
            p = self._probability(other)
            found += [] if p is None else [p]
        return tuple(found)

    def _look_at_other(self, action: CorrectiveAction) -> _Looking | None:
        """Another action, if it was carried out and its cycles have come: by its steps, which it keeps if reopened."""
        day = None if action.plan is None else action.plan.carried_out_on
        if action.plan is None or day is None:
            return None
        try:
            looking = self._look(action, action.plan.effect, day)
        except InvalidInput:  # its baseline is gone: that is told when it is verified itself
            return None
        return None if looking.why_not(self._rules.verify_cycles) else looking

    def _probability(self, looking: _Looking) -> float | None:
        target = read_target(looking.effect.target)
        assert target is not None  # noqa: S101 - seen to be one when it was planned
        try:
            return self._measure(looking, target).p
        except InvalidInput:  # its indicator is gone: that is told when it is verified itself
            return None

    def _statuses(self, action: CorrectiveAction, cycle: Cycle) -> Collection[Status]:
        """How the items of an action's criterion came out in a cycle, whatever the criterion was called then."""
        criteria = self._programme.criteria.values()
        names = {action.criterion, *(one.id for one in criteria if action.criterion in one.was)}
        found = self._store.read_results(
            cycle.programme, cycle.period, site=action.site, revision=cycle.revisions[-1].number
        )
        return [result.status for _, result in found if not result.is_part and result.criterion in names]


def _changes(was: Window, became: Window, item: str) -> Iterator[Message]:
    """What else is no longer as it was: a reader of the verdict has to know."""
    yield from changes_of_standard(was.measurable, became.measurable)
    yield from changes_of_question(was.measurable, became.measurable, item)


def _sampled(result: ItemResult | None) -> Sampled | None:
    if result is None or result.value.spread is None:
        return None
    return Sampled(spread=result.value.spread, worth=result.value.worth)


def no_direction(item: str) -> InvalidInput:
    """The refusal of a guard of which nobody could say whether it became worse."""
    return InvalidInput(
        "SQA879",
        msg("item '{item}' cannot guard: nothing says which way is better", item=item),
        msg("give it a target, or name another guard"),
    )
