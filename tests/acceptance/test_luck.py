"""Sites that are all alike: what is done about the worst of them is not called effective by luck alone."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import stats

from sqaudit.documents.building import build_programme
from sqaudit.follow_up.effectiveness import Reason
from sqaudit.model.action import ActionState, EffectCriterion, Path, Plan, PlanStep, Verdict
from sqaudit.store.actions import ActionChoice
from sqaudit.workflow.context import open_context
from sqaudit.workflow.follow_up.effect import Judging, judge_action

SITES, ITEMS, NOMINAL = 200, 6, 0.05
PERIODS = ("2026-01", "2026-02", "2026-03")
EARLIER, TRIGGER, AFTER = PERIODS
FIXED = date(2026, 2, 28)
# Of 1000 orders 100 are complained of at every site; a tenth of the sites has more than 112 by chance.
MEAN, LIMIT, ORDERS = 100, 112, 1000
STANDARD = (
    """kind: standard
id: shops
version: "1.0.0"
dimensions: {calm: {}}
datasets:
  months:
    columns:
      day: date
      orders: {type: integer, min: 0}
"""
    + "".join(f"      of_{item}: {{type: integer, min: 0}}\n" for item in range(ITEMS))
    + "criteria:\n"
    + "".join(
        f'  - {{id: c{item}, dimension: calm, severity: major, target: "<= {LIMIT}", remedies: [Ask]}}\n'
        for item in range(ITEMS)
    )
)
CHECKLIST = "kind: checklist\nid: desk\nstandard: shops@1\ndataset: months\nitems:\n" + "".join(
    f'  - {{criterion: c{item}, measure: "complaint_rate(of_{item}, orders)"}}\n' for item in range(ITEMS)
)
# However many of them fail, each has an action of its own.
PROGRAMME = f"""kind: programme
id: shops
standard: shops@1
checklists: [desk]
sites:
{"".join(f"  - {{id: s{number:03}}}" + chr(10) for number in range(SITES))}period: month
sources: {{months: {{path: months.csv, site: shop, time: day}}}}
follow_up: {{systemic: {{sites: {SITES + 1}, share: 1}}}}
"""
FILES = {
    "sqaudit.yaml": "project: shops\ntimezone: UTC\n",
    "standards/shops/standard.yaml": STANDARD,
    "standards/shops/checklists/desk.yaml": CHECKLIST,
    "audits/shops/programme.yaml": PROGRAMME,
}


def months(counts):
    """A row for each site and month; ``counts`` are complaints by month, site and item."""
    rows = [f"shop,day,orders,{','.join(f'of_{item}' for item in range(ITEMS))}"]
    for period, sites in zip(PERIODS, counts, strict=True):
        for number, own in enumerate(sites):
            rows.append(f"s{number:03},{period}-15,{ORDERS},{','.join(map(str, own))}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def alike(project_on_disk, tmp_path_factory):
    """The shops after three months."""
    p = project_on_disk(tmp_path_factory.mktemp("shops"))
    counts = np.random.default_rng(11).poisson(MEAN, (len(PERIODS), SITES, ITEMS))
    for path, text in {**FILES, "audits/shops/months.csv": months(counts)}.items():
        p.write(path, text)
    for period in PERIODS:
        done = p.run("run", "shops", "--period", period)
        assert done.code == 0, done.text
    return p


@pytest.fixture
def opened(alike):
    """The store of the shops, and the actions that were opened in the second month."""
    context = open_context(folder=alike.folder, environ={}, now=datetime.now(UTC))
    with context.store() as store:
        seen = [one.finding for one in store.read_findings("shops", TRIGGER)]
        raised = {one.id for one in seen if one.period == TRIGGER}
        yield context, store, [one for one in store.list_actions(ActionChoice()) if one.finding in raised]


def carried_out(action, baseline):
    """An action whose plan asks for nothing but an improvement."""
    effect = EffectCriterion(
        indicator=action.criterion, baseline=baseline, target="<= 1000", improve=0.0, check_on=FIXED
    )
    step = PlanStep(text="Nothing", owner="olive", due=FIXED, done_on=FIXED)
    plan = Plan(by="olive", steps=(step,), effect=effect)
    return replace(action, state=ActionState.VERIFYING, path=Path.FULL, plan=plan, implemented_on=FIXED)


def judged(opened, baseline):
    context, store, actions = opened
    built = build_programme(context.library.resolved("shops"))
    judging = Judging(context, store, built, built.follow_up)
    done = [carried_out(one, baseline) for one in actions]
    return [judging.judge_effect(one, one.plan.effect, FIXED) for one in done]


def most(number, share):
    """So many of them a share makes, but for one time in 10 000."""
    return stats.binom.ppf(1 - 1e-4, number, share)


def test_the_worst_of_many_sites_are_not_called_better_for_nothing(opened):
    """Against the month in which they were found, each is one of 200 sites at two occasions."""
    found = judged(opened, TRIGGER)
    assert len(found) > 80
    assert {one.ways for one in found} == {2 * SITES}
    effective = sum(one.judgement.verdict is Verdict.EFFECTIVE for one in found)
    lucky = sum(one.judgement.reasons == (Reason.PICKED,) for one in found)
    assert effective <= most(len(found), NOMINAL)
    assert effective + lucky > most(len(found), NOMINAL), "what a test that knows nothing of the picking would find"


def test_against_an_earlier_month_nothing_has_to_be_allowed_for(opened):
    found = judged(opened, EARLIER)
    assert {one.ways for one in found} == {1}
    assert sum(one.judgement.verdict is Verdict.EFFECTIVE for one in found) <= most(len(found), NOMINAL)


def test_what_one_verdict_says_is_what_all_together_say(opened):
    context, store, actions = opened
    built = build_programme(context.library.resolved("shops"))
    one = carried_out(actions[0], TRIGGER)
    assert judge_action(context, store, one, built, built.follow_up) == judged(opened, TRIGGER)[0]
