"""Whether an action worked, from what the cycles since then measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import InvalidInput, msg
from sqaudit.follow_up.effectiveness import Evidence, Guard, Judgement, judge
from sqaudit.follow_up.passing import judge_passing
from sqaudit.model.action import CorrectiveAction, EffectCriterion, Path
from sqaudit.model.finding import Finding
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.programme import Cycle, Programme, Site
from sqaudit.model.score import ItemResult, Status
from sqaudit.model.target import Target, read_target
from sqaudit.statistics.contrasts import Contrast, Sampled
from sqaudit.statistics.controlled import Controlled, difference_in_differences
from sqaudit.statistics.picking import ways_to_pick
from sqaudit.store.engine import Store
from sqaudit.workflow.comparing.changes import Change, Windows, compare_results
from sqaudit.workflow.comparing.sameness import is_same_item
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import SITE, CollectedCycle, pool_cycles
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.score import frozen_measurable, judge_revision

PROGRAMME = "programme"
TOO_EARLY, NO_DIRECTION, BASELINE_NOT_BEFORE = "too_early", "no_direction", "baseline_not_before_the_fix"


class Judged(Struct, frozen=True, kw_only=True):
    """A judgement, and what it rests on: the periods before and after, and the indicator in both."""

    judgement: Judgement
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    change: Change | None = None


class _Window(Struct, frozen=True, kw_only=True):
    """Some cycles in a row with what is needed to measure and judge in them; never empty."""

    cycles: Sequence[Cycle]
    collected: Sequence[CollectedCycle]
    results: Mapping[tuple[str, str], ItemResult]

    @property
    def measurable(self) -> Measurable:
        return self.collected[-1].measurable

    @property
    def days(self) -> int:
        zone = ZoneInfo(self.measurable.programme.timezone)
        return sum((one.end.astimezone(zone).date() - one.start.astimezone(zone).date()).days for one in self.cycles)


def judge_action(
    context: Context, store: Store, action: CorrectiveAction, programme: Programme, rules: FollowUp
) -> Judged:
    """What the data say of an action that was carried out.

    Raises:
        InvalidInput: The period of the baseline, or an item, is not in the store.
    """
    assert action.implemented_on is not None  # noqa: S101 - only what was carried out is verified
    cycles = scored_cycles(store, action.programme)
    zone = ZoneInfo(programme.timezone)
    since = [one for one in cycles if one.start.astimezone(zone).date() >= action.implemented_on]
    findings = [one.finding for one in store.list_known(action.programme) if one.finding.action == action.id]
    if action.path is Path.CORRECT:
        return _judge_correction(store, action, since, rules)
    assert action.plan is not None  # noqa: S101 - nothing else is carried out
    effect, many = action.plan.effect, rules.verify_cycles
    place = find_baseline(cycles, effect.baseline, action.programme)
    before, after = cycles[max(0, place + 1 - many) : place + 1], since[:many]
    judging = _EffectJudging(context, store, action, effect, findings)
    return judging.judge(cycles, before, after, since, many)


def find_baseline(cycles: Sequence[Cycle], label: str, programme: str) -> int:
    """The place of a baseline's last cycle among those of a programme.

    Raises:
        InvalidInput: It is none of them.
    """
    for place, one in enumerate(cycles):
        if one.period == label:
            return place
    raise InvalidInput(
        "SQA879",
        msg("programme '{programme}' has no scored cycle {period}", programme=programme, period=label),
        msg("name one for the baseline; `sqaudit cycle list --programme {programme}` shows them", programme=programme),
    )


class _EffectJudging:
    """The declared effect of one action, looked for in its windows."""

    def __init__(
        self, context: Context, store: Store, action: CorrectiveAction, effect: EffectCriterion, findings: list[Finding]
    ) -> None:
        self._context, self._store = context, store
        self._action, self._effect, self._findings = action, effect, findings
        self._level = PROGRAMME if action.site is None else SITE

    def judge(
        self,
        cycles: Sequence[Cycle],
        before: Sequence[Cycle],
        after: Sequence[Cycle],
        since: Sequence[Cycle],
        many: int,
    ) -> Judged:
        effect = self._effect
        target = read_target(effect.target)
        assert target is not None  # noqa: S101 - seen to be one when it was planned
        evidence = Evidence(
            before=None,
            after=None,
            contrast=Contrast(),
            direction=target.direction,
            improve=effect.improve,
            target=target,
            recurred=self._has_recurred(since),
        )
        rests_on = Judged(
            judgement=judge(replace(evidence, reason=TOO_EARLY)),
            before=tuple(one.period for one in before),
            after=tuple(one.period for one in after),
        )
        if len(before) < many or len(after) < many:
            return rests_on
        if before[-1].end > after[0].start:
            return replace(rests_on, judgement=judge(replace(evidence, reason=BASELINE_NOT_BEFORE)))
        was, became = self._window(before), self._window(after)
        change = self._change(was, became, effect.indicator, target)
        evidence = replace(
            evidence,
            before=change.before,
            after=change.after,
            n_before=change.n_before,
            n_after=change.n_after,
            contrast=change.contrast,
            reason=None if change.is_comparable else change.reason,
            guards=tuple(self._guard(was, became, item) for item in effect.guards),
            control=self._controlled(was, became) if effect.controls else None,
            picked_from=self._ways(cycles, before),
        )
        return replace(rests_on, judgement=judge(evidence), change=change)

    def _has_recurred(self, since: Sequence[Cycle]) -> bool:
        periods = {one.period for one in since}
        return any(
            seen.key.period in periods
            for finding in self._findings
            for seen in self._store.read_findings(self._action.programme, finding=finding.id)
        )

    def _window(self, cycles: Sequence[Cycle]) -> _Window:
        collected = [_collected(self._context, self._store, one) for one in cycles]
        kept = [replace(one, sites=[site for site in one.sites if self._is_treated(site)]) for one in collected]
        if self._level == SITE and len(cycles) == 1:
            scored = judge_revision(self._store, collected[0].measurable, cycles[0], cycles[0].revisions[-1].number)
            results = {(one.site, one.item): one for one in scored.results}
        else:
            results = {(one.place, one.result.item): one.result for one in pool_cycles(kept, self._level)}
        return _Window(cycles=cycles, collected=collected, results=results)

    def _is_treated(self, site: Site) -> bool:
        return site.id not in self._effect.controls

    def _place(self) -> str:
        return self._action.site or self._action.programme

    def _change(self, was: _Window, became: _Window, item: str, target: Target | None = None) -> Change:
        old, new = (window.results.get((self._place(), item)) for window in (was, became))
        if old is None and new is None:
            raise InvalidInput(
                "SQA879",
                msg("item '{item}' has no result at '{place}'", item=item, place=self._place()),
                msg("an indicator is an item of the programme's checklists; `sqaudit results` lists them"),
            )
        windows = Windows(equal=was.days == became.days)
        is_same = is_same_item(was.measurable, became.measurable, item, self._level)
        change = compare_results(self._place(), old, new, windows, is_same=is_same)
        return change if target is None else replace(change, direction=target.direction)

    def _guard(self, was: _Window, became: _Window, item: str) -> Guard:
        change = self._change(was, became, item)
        reason = None if change.is_comparable else change.reason
        difference = None
        if change.before is not None and change.after is not None:
            difference = change.after - change.before
        if change.direction is None:
            raise InvalidInput(
                "SQA879",
                msg("item '{item}' cannot guard: nothing says which way is better", item=item),
                msg("give it a target, or name another guard"),
            )
        return Guard(
            item=item, direction=change.direction, difference=difference, contrast=change.contrast, reason=reason
        )

    def _controlled(self, was: _Window, became: _Window) -> Controlled:
        treated = [window.results.get((self._place(), self._effect.indicator)) for window in (was, became)]
        controls = [self._of_controls(window) for window in (was, became)]
        sampled = [_sampled(one) for one in (*treated, *controls)]
        known = [one for one in sampled if one is not None]
        if len(known) < len(sampled):
            return Controlled(difference=None, contrast=Contrast())
        return difference_in_differences(*known)

    def _of_controls(self, window: _Window) -> ItemResult | None:
        kept = [
            replace(one, sites=[site for site in one.sites if site.id in self._effect.controls])
            for one in window.collected
        ]
        pooled = {one.result.item: one.result for one in pool_cycles(kept, PROGRAMME)}
        return pooled.get(self._effect.indicator)

    def _ways(self, cycles: Sequence[Cycle], before: Sequence[Cycle]) -> int:
        """In how many ways the baseline could have been picked; 1 where its period is not that of the finding."""
        raised = {finding.period for finding in self._findings}
        if not raised & {one.period for one in before}:
            return 1
        trigger = next(place for place, one in enumerate(cycles) if one.period in raised)
        sites = self._store.read_sites(
            self._action.programme, cycles[trigger].period, cycles[trigger].revisions[-1].number
        )
        treated = sum(self._is_treated(site) for site in sites)
        picked = 1 if self._action.site is not None else treated
        return ways_to_pick(max(len(sites), picked), picked, occasions=trigger + 1)


def _judge_correction(store: Store, action: CorrectiveAction, since: Sequence[Cycle], rules: FollowUp) -> Judged:
    outcomes = [(one.period, _statuses(store, action, one)) for one in since]
    judgement = judge_passing([statuses for _, statuses in outcomes], rules.verify_cycles, rules.not_applicable)
    return Judged(judgement=judgement, after=tuple(period for period, _ in outcomes))


def _statuses(store: Store, action: CorrectiveAction, cycle: Cycle) -> Collection[Status]:
    found = store.read_results(
        cycle.programme,
        cycle.period,
        site=action.site,
        criterion=action.criterion,
        revision=cycle.revisions[-1].number,
    )
    return [result.status for _, result in found if not result.is_part]


def scored_cycles(store: Store, programme: str) -> list[Cycle]:
    """The real cycles of a programme of which the newest revision is scored, the earliest first."""
    return [
        one
        for one in store.list_cycles(programme)
        if not one.is_pilot and one.revisions and store.is_scored(one.programme, one.period, one.revisions[-1].number)
    ]


def _collected(context: Context, store: Store, cycle: Cycle) -> CollectedCycle:
    number = cycle.revisions[-1].number
    return CollectedCycle(
        measurable=frozen_measurable(context, store, cycle, number),
        sites=store.read_sites(cycle.programme, cycle.period, number),
        observations=store.read_observations(cycle.programme, cycle.period, number),
    )


def _sampled(result: ItemResult | None) -> Sampled | None:
    if result is None or result.value.spread is None:
        return None
    return Sampled(spread=result.value.spread, worth=result.value.worth)
