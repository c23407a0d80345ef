"""Sites that are all alike, of which the worst are picked and nothing is done: who is called effective by chance?

In every trial 200 sites have a share of 0.8 in three periods; the worst tenth is picked by the middle one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from sqaudit.follow_up.effectiveness import Evidence, judge
from sqaudit.model.action import Verdict
from sqaudit.model.spread import Proportion
from sqaudit.model.target import Direction
from sqaudit.statistics.contrasts import Sampled, contrast
from sqaudit.statistics.controlled import difference_in_differences
from sqaudit.statistics.picking import ways_to_pick

SITES, PICKED, NOMINAL = 200, 20, 0.05
SITE_TRIALS, GROUP_TRIALS = 40, 300
WORST, EVERY_OTHER = tuple(range(PICKED)), tuple(range(0, 2 * PICKED, 2))


@dataclass(frozen=True)
class Trial:
    """How many succeeded of ``n`` at each site, and who was picked, the worst first."""

    n: int
    earlier: np.ndarray
    trigger: np.ndarray
    after: np.ndarray
    worst: np.ndarray

    def counted(self, period, sites):
        return Sampled(spread=Proportion(successes=int(period[sites].sum()), n=self.n * len(sites)))


def trials(number, effect=0.0, treated=WORST):
    """``effect`` is what the share of the ``treated`` (places among the worst) really rises by."""
    rng = np.random.default_rng(200)
    for _ in range(number):
        n = int(rng.integers(100, 401))
        earlier, trigger = rng.binomial(n, 0.8, (2, SITES))
        worst = np.argsort(trigger, kind="stable")
        shares = np.full(SITES, 0.8)
        shares[worst[list(treated)]] += effect
        yield Trial(n=n, earlier=earlier, trigger=trigger, after=rng.binomial(n, shares), worst=worst)


def evidence(trial, baseline, sites, controls=None, picked_from=1):
    before, after = trial.counted(baseline, sites), trial.counted(trial.after, sites)
    control = None
    if controls is not None:
        control = difference_in_differences(
            before, after, trial.counted(baseline, controls), trial.counted(trial.after, controls)
        )
    return Evidence(
        before=float(before.spread.successes / before.spread.n),
        after=float(after.spread.successes / after.spread.n),
        contrast=contrast(before, after),
        direction=Direction.HIGHER,
        improve=0.0,
        control=control,
        picked_from=picked_from,
    )


def each(trial, baseline, picked_from=1):
    """One action for each site that was picked."""
    return [evidence(trial, baseline, [site], picked_from=picked_from) for site in trial.worst[:PICKED]]


def together(trial, baseline, controls=None, picked_from=1):
    """One action for all of them."""
    return [evidence(trial, baseline, trial.worst[:PICKED], controls, picked_from)]


def alike(trial):
    """The worst fifth, of which every other one was left alone: all of them were picked by the same rule."""
    return [evidence(trial, trial.trigger, trial.worst[list(EVERY_OTHER)], trial.worst[1 : 2 * PICKED : 2])]


@dataclass(frozen=True)
class Way:
    """A way to judge, how often it is tried, and which of the worst are treated."""

    judged: Callable
    trials: int
    treated: tuple = WORST

    def verdicts(self, effect=0.0):
        """How many are effective, and how many there are."""
        drawn = trials(self.trials, effect, self.treated)
        found = [judge(one).verdict is Verdict.EFFECTIVE for trial in drawn for one in self.judged(trial)]
        return sum(found), len(found)


NAIVE = {
    "each site against the period it was picked by": Way(lambda trial: each(trial, trial.trigger), SITE_TRIALS),
    "all against that period": Way(lambda trial: together(trial, trial.trigger), GROUP_TRIALS),
    "all against those that were not picked": Way(
        lambda trial: together(trial, trial.trigger, trial.worst[PICKED:]), GROUP_TRIALS
    ),
    "all against the next on the list": Way(
        lambda trial: together(trial, trial.trigger, trial.worst[PICKED : 2 * PICKED]), GROUP_TRIALS
    ),
}
HONEST = {
    "each site against an earlier period": Way(lambda trial: each(trial, trial.earlier), SITE_TRIALS),
    "each site as one of 200": Way(lambda trial: each(trial, trial.trigger, ways_to_pick(SITES)), SITE_TRIALS),
    "all against an earlier period": Way(lambda trial: together(trial, trial.earlier), GROUP_TRIALS),
    "all against an earlier period and the others": Way(
        lambda trial: together(trial, trial.earlier, trial.worst[PICKED:]), GROUP_TRIALS
    ),
    "all against others picked by the same rule": Way(alike, GROUP_TRIALS, EVERY_OTHER),
    "all as one of the groups of 20": Way(
        lambda trial: together(trial, trial.trigger, picked_from=ways_to_pick(SITES, PICKED)), GROUP_TRIALS
    ),
}


@pytest.mark.parametrize("way", NAIVE.values(), ids=NAIVE)
def test_judged_by_the_value_it_was_picked_by_chance_is_called_effective(way):
    """More than twice as often as the level allows."""
    effective, judged = way.verdicts()
    assert effective > stats.binom.ppf(1 - 1e-4, judged, 2 * NOMINAL)


@pytest.mark.parametrize("way", HONEST.values(), ids=HONEST)
def test_judged_honestly_chance_is_called_effective_within_the_level(way):
    """Within what so many verdicts can tell from the level (one in 10 000)."""
    effective, judged = way.verdicts()
    assert effective <= stats.binom.ppf(1 - 1e-4, judged, NOMINAL)


@pytest.mark.parametrize("way", HONEST.values(), ids=HONEST)
def test_a_real_effect_is_found_all_the_same(way):
    """From 80 to 95 % where something was done."""
    effective, judged = way.verdicts(effect=0.15)
    assert effective / judged > 0.8


def test_a_site_that_is_new_among_the_worst_is_not_called_effective_too_often():
    """It was not among the worst the period before: luck that speaks against the action, not for it."""
    effective = judged = 0
    for trial in trials(SITE_TRIALS):
        before = set(np.argsort(trial.earlier, kind="stable")[:PICKED])
        fresh = [site for site in trial.worst[:PICKED] if site not in before]
        found = [judge(evidence(trial, trial.earlier, [site])).verdict for site in fresh]
        effective += found.count(Verdict.EFFECTIVE)
        judged += len(found)
    assert effective <= stats.binom.ppf(1 - 1e-4, judged, NOMINAL)


def test_a_site_watched_until_it_fails_was_picked_from_all_the_periods_so_far():
    """One site, a target of 78 %, 400 answers in each period: it fails at last, by chance."""
    rng, watched = np.random.default_rng(7), 600
    found = {"as it is": 0, "as one of the periods": 0}
    for _ in range(watched):
        periods = rng.binomial(400, 0.8, 300)
        failed = int(np.argmax(periods < 0.78 * 400))
        trial = Trial(
            n=400, earlier=periods, trigger=periods[[failed]], after=rng.binomial(400, [0.8]), worst=np.array([0])
        )
        for name, ways in (("as it is", 1), ("as one of the periods", ways_to_pick(1, occasions=failed + 1))):
            one = evidence(trial, trial.trigger, [0], picked_from=ways)
            found[name] += judge(one).verdict is Verdict.EFFECTIVE
    assert found["as it is"] > stats.binom.ppf(1 - 1e-4, watched, NOMINAL)
    assert found["as one of the periods"] <= stats.binom.ppf(1 - 1e-4, watched, NOMINAL)
