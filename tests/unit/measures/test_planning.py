"""Which passes there are: what they compute, for which requests, at which grain, and what they read."""

from sqaudit.measures.planning import Grain, PassKind, plan_passes
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.checklist import Sample
from sqaudit.model.score import Level


def asked(compile_text, text, **more):
    return MeasureRequest(checklist="list", item="item", measure=compile_text(text), time="opened_at", **more)


def told(plan):
    return [(one.kind, one.grain.level, one.grain.keys, one.requests) for one in plan]


def test_all_that_can_be_added_up_is_one_pass(compile_text):
    requests = [asked(compile_text, text) for text in ("count(*)", "mean(csat)", "share(reopened)", "max(amount)")] * 9
    (one,) = plan_passes(requests, [Level.REGION, Level.PROGRAMME])
    assert (one.kind, one.grain, one.requests) == (PassKind.ADDITIVE, Grain(), tuple(range(36)))
    assert one.columns == ("amount", "csat", "opened_at", "reopened")


def test_quantiles_have_a_pass_for_each_expression_at_each_level(compile_text):
    requests = [asked(compile_text, text) for text in ("p50(amount)", "p90(amount)", "quantile(csat, 0.2)")]
    assert told(plan_passes(requests, [Level.PROGRAMME])) == [
        (PassKind.ADDITIVE, Level.AUDIT, (), (0, 1, 2)),
        (PassKind.QUANTILE, Level.AUDIT, (), (0, 1)),
        (PassKind.QUANTILE, Level.PROGRAMME, (), (0, 1)),
        (PassKind.QUANTILE, Level.AUDIT, (), (2,)),
        (PassKind.QUANTILE, Level.PROGRAMME, (), (2,)),
    ]


def test_groups_are_measured_beside_the_site_and_subjects_instead_of_it(compile_text):
    requests = [asked(compile_text, "p90(amount)", by=("kind",)), asked(compile_text, "p90(amount)", subject=("kind",))]
    assert told(plan_passes(requests, [Level.REGION])) == [
        (PassKind.ADDITIVE, Level.AUDIT, ("kind",), (0, 1)),
        (PassKind.QUANTILE, Level.AUDIT, ("kind",), (0, 1)),
        (PassKind.QUANTILE, Level.AUDIT, (), (0,)),
        (PassKind.QUANTILE, Level.REGION, (), (0,)),
    ]


def test_ranks_are_looked_for_at_the_site_where_an_interval_is_asked_for(compile_text):
    requests = [asked(compile_text, "p90(amount)", interval=True), asked(compile_text, "p50(amount)")]
    assert told(plan_passes(requests, [Level.REGION])) == [
        (PassKind.ADDITIVE, Level.AUDIT, (), (0, 1)),
        (PassKind.QUANTILE, Level.AUDIT, (), (0, 1)),
        (PassKind.RANKS, Level.AUDIT, (), (0,)),
        (PassKind.QUANTILE, Level.REGION, (), (0, 1)),
    ]


def test_clusters_are_different_values_and_weights_are_read(compile_text):
    plan = plan_passes([asked(compile_text, "mean(csat)", sample=Sample(weight="amount", cluster="kind"))])
    assert [one.kind for one in plan] == [PassKind.ADDITIVE, PassKind.DISTINCT]
    assert plan[0].columns == ("amount", "csat", "kind", "opened_at")


def test_nothing_asked_is_nothing_to_do():
    assert plan_passes([], [Level.REGION]) == ()
