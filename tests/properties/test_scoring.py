"""What holds of every roll-up: order never matters, scores stay in bounds, better never lowers, parts make a whole."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.checklist import Item
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Level, Status, Value, shown_score
from sqaudit.model.standard import (
    Combine,
    Criterion,
    CriticalPolicy,
    Dimension,
    NotApplicable,
    Rating,
    Rollup,
    Scoring,
    Severity,
    Standard,
    Unanswered,
)
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.contributions import audit_contributions, deduction_contributions
from sqaudit.scoring.exact import weighted_mean
from sqaudit.scoring.items import score_by_policy
from sqaudit.scoring.lifting import score_programme, score_regions
from sqaudit.scoring.rating import RatingScale, rate_audit

WEIGHTS = st.decimals(min_value="0.1", max_value=50, places=1)
SCORES = st.decimals(min_value=0, max_value=100, places=12)
UNSCORED = st.sampled_from(
    [Status.NO_DATA, Status.ERROR, Status.NOT_APPLICABLE, Status.UNANSWERED, Status.NOT_SELECTED]
)
ITEM = Item(id="i", title=plain("i"), dataset="", measure="")


def standard(dimensions, criteria, scoring=None):
    return Standard(
        id="s",
        version="1",
        title=plain("s"),
        scoring=scoring or Scoring(),
        ratings=(),
        dimensions={d.id: d for d in dimensions},
        datasets={},
        criteria={c.id: c for c in criteria},
    )


BASES = st.decimals(min_value=50, max_value=100, places=1)


@st.composite
def scorings(draw):
    """Any scoring policy."""
    return Scoring(
        rollup=draw(st.sampled_from(Rollup)),
        base=draw(BASES),
        floor=draw(st.decimals(min_value=0, max_value=40, places=1)),
        not_applicable=draw(st.sampled_from(NotApplicable)),
        unanswered=draw(st.sampled_from(Unanswered)),
        critical=draw(st.sampled_from(CriticalPolicy)),
        cap=Decimal(50),
    )


def result(number, criterion, status, score, weight=Decimal(1), severity=Severity.MINOR):
    return ItemResult(
        site="a",
        checklist="c",
        item=f"i{number}",
        criterion=criterion.id,
        dimension=criterion.dimension,
        status=status,
        severity=severity,
        value=Value(value=None, unit="", formula="sql/1"),
        score=score,
        weight=weight,
    )


@st.composite
def audits(draw, scorings=st.just(Scoring())):  # noqa: B008 - a strategy, not called here
    """A standard of a few dimensions and criteria, and results of a few items on each."""
    scoring = draw(scorings)
    dimensions = [Dimension(id=f"d{n}", title=plain("d"), weight=draw(WEIGHTS)) for n in range(draw(st.integers(1, 3)))]
    criteria = [
        Criterion(
            id=f"c{n}",
            dimension=draw(st.sampled_from(dimensions)).id,
            title=plain("c"),
            weight=draw(WEIGHTS),
            combine=draw(st.sampled_from(list(Combine))),
            severity=draw(st.sampled_from(Severity)),
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    results = []
    for number in range(draw(st.integers(0, 12))):
        criterion = draw(st.sampled_from(criteria))
        score = draw(st.none() | SCORES)
        status = draw(UNSCORED) if score is None else draw(st.sampled_from([Status.PASS, Status.FAIL]))
        if score is None:
            score = score_by_policy(ITEM, scoring, status)
        results.append(result(number, criterion, status, score, draw(WEIGHTS), criterion.severity))
    return standard(dimensions, criteria, scoring), results


def bonuses(results):
    """Every other item adds its points, where points are deducted."""
    return {result.item for result in results[::2]}


def scored(audit, results=None):
    s, first = audit
    return score_audit(s, "a", first if results is None else results, bonuses(first))


@given(audits(scorings()), st.randoms(use_true_random=False))
def test_order_of_items_and_criteria_changes_nothing(audit, random):
    s, results = audit
    before, added = scored(audit), bonuses(results)
    random.shuffle(results)
    criteria = list(s.criteria.values())
    random.shuffle(criteria)
    after = score_audit(replace(s, criteria={c.id: c for c in criteria}), "a", results, added)
    assert after.audit == before.audit
    assert set(after.criteria) == set(before.criteria)
    assert after.dimensions == before.dimensions


@given(audits(scorings()))
def test_scores_and_coverage_stay_in_bounds_under_every_policy(audit):
    made = scored(audit)
    for score in (*made.criteria, *made.dimensions, made.audit):
        assert score.score is None or 0 <= score.score <= 100
        assert score.coverage is None or 0 <= score.coverage <= 1
        assert (score.score is None) == (score.raw_score is None)
        assert score.score is not None or score.reason is not None


@given(audits())
def test_scores_and_coverage_stay_in_bounds_and_nothing_scored_is_no_score(audit):
    s, results = audit
    scores = score_audit(s, "a", results)
    for score in (*scores.criteria, *scores.dimensions, scores.audit):
        assert score.score is None or 0 <= score.score <= 100
        assert score.coverage is None or 0 <= score.coverage <= 1
        if not score.coverage:
            assert score.score is None
            assert score.reason is not None
        else:
            assert score.score is not None


RATINGS = tuple(
    Rating(rating=word, title=plain(word), start=Decimal(at)) for word, at in (("B", 60), ("A", 90), ("C", 0))
)


def rated(s, made, results):
    """The place of the rating given, 0 for the lowest; ``None`` without one."""
    scale = RatingScale(ratings=RATINGS, conditions=(None,) * len(RATINGS), scoring=s.scoring)
    given_ = rate_audit(scale, made.audit, results).rating
    return None if given_ is None else "CBA".index(given_)


@given(audits(scorings()), st.data())
def test_a_better_answer_never_lowers_a_score_or_a_rating(audit, data):
    """Better: an item that was scored both times has no fewer points, and its verdict is no worse.

    What was not looked at is not among them: what is not applicable has left the mean, so that any answer may lower it.
    """
    s, results = audit
    answered = [n for n, r in enumerate(results) if r.status in {Status.PASS, Status.FAIL}]
    if not answered:
        return
    chosen = data.draw(st.sampled_from(answered))
    old = results[chosen]
    points = data.draw(st.decimals(min_value=old.score, max_value=100, places=12))
    verdict = Status.PASS if old.status is Status.PASS else data.draw(st.sampled_from([Status.PASS, Status.FAIL]))
    better = [*results]
    better[chosen] = replace(old, score=points, status=verdict)
    before, after = scored(audit), scored(audit, better)
    pairs = zip(
        (*before.criteria, *before.dimensions, before.audit),
        (*after.criteria, *after.dimensions, after.audit),
        strict=True,
    )
    assert all(new.score >= old.score for old, new in pairs if old.score is not None)
    ratings = rated(s, before, results), rated(s, after, better)
    assert ratings[0] is None or ratings[1] >= ratings[0]


@given(audits(scorings()), st.data())
def test_where_no_answer_gets_no_points_any_answer_is_at_least_as_good(audit, data):
    """So under ``unanswered: zero`` and ``not_applicable: zero``, and for what is in error under XCCDF."""
    s, results = audit
    is_xccdf = s.scoring.rollup.is_xccdf
    zeros = [n for n, r in enumerate(results) if r.score == 0 or (is_xccdf and r.status is Status.ERROR)]
    if not zeros:
        return
    chosen = data.draw(st.sampled_from(zeros))
    answer = replace(results[chosen], status=Status.PASS, score=data.draw(SCORES))
    answered = [*results[:chosen], answer, *results[chosen + 1 :]]
    before, after = scored(audit).audit.score, scored(audit, answered).audit.score
    assert before is None or after >= before


def test_what_comes_to_apply_may_lower_the_mean_of_the_rest():
    """The mean of the rest may fall when an item comes to apply, and rise when it no longer does."""
    criteria = [Criterion(id=f"c{n}", dimension="d", title=plain("c")) for n in range(2)]
    s = standard([Dimension(id="d", title=plain("d"))], criteria)
    good = result(0, criteria[0], Status.PASS, Decimal(90))
    out = score_audit(s, "a", [good, result(1, criteria[1], Status.NOT_APPLICABLE, None)]).audit.score
    fair = score_audit(s, "a", [good, result(1, criteria[1], Status.PASS, Decimal(80))]).audit.score
    assert (out, fair) == (90, 85)


@given(audits(scorings()))
def test_contributions_sum_to_the_audit_score_under_every_policy(audit):
    s, results = audit
    made = scored(audit)
    if s.scoring.rollup is Rollup.DEDUCTION:
        parts = deduction_contributions(s, results, bonuses(results), made.audit)
    else:
        parts = audit_contributions(s, made)
    if made.audit.score is not None:
        assert abs(sum(part.points for part in parts) - made.audit.score) < Decimal("1e-9")


@given(audits())
def test_a_missing_value_lowers_coverage_and_never_the_score_of_the_rest(audit):
    s, results = audit
    criterion = next(iter(s.criteria.values()))
    before = score_audit(s, "a", results)
    after = score_audit(s, "a", [*results, result(99, criterion, Status.NO_DATA, None)])
    assert after.audit.score == before.audit.score
    assert after.audit.coverage <= (before.audit.coverage if before.audit.coverage is not None else 1)


@given(st.lists(st.tuples(WEIGHTS, SCORES), min_size=1, max_size=8))
def test_weighted_mean_equals_the_mean_in_fractions(members):
    exact = sum(Fraction(w) * Fraction(s) for w, s in members) / sum(Fraction(w) for w, _ in members)
    assert abs(Fraction(weighted_mean(members)) - exact) <= Fraction(1, 10**12)


def test_half_is_shown_up_where_binary_floats_go_down():
    """Float rounding gives 59.99 for 59.995, since the double lies below it."""
    assert shown_score(Decimal("59.995")) == Decimal("60.00")
    assert round(59.995, 2) == 59.99


def _critical(policy, cap=None):
    dimension = Dimension(id="d", title=plain("d"))
    safe = Criterion(id="safe", dimension="d", title=plain("c"), severity=Severity.CRITICAL)
    nice = Criterion(id="nice", dimension="d", title=plain("c"), weight=Decimal(9))
    s = standard([dimension], [safe, nice], Scoring(critical=policy, cap=cap))
    results = [
        result(1, safe, Status.FAIL, Decimal(0), severity=Severity.CRITICAL),
        result(2, nice, Status.PASS, Decimal(100)),
    ]
    return score_audit(s, "a", results).audit


def test_a_critical_failure_follows_the_policy_and_keeps_the_raw_score():
    for policy, cap, expected in [
        (CriticalPolicy.ZERO, None, 0),
        (CriticalPolicy.CAP, Decimal("59.99"), Decimal("59.99")),
        (CriticalPolicy.CAP, Decimal(95), 90),
        (CriticalPolicy.RATING_ONLY, None, 90),
    ]:
        audit = _critical(policy, cap)
        assert (audit.score, audit.raw_score, audit.critical_failed) == (expected, 90, 1)


def test_sites_weigh_in_regions_and_programme_and_one_without_score_is_not_zero():
    dimension = Dimension(id="d", title=plain("d"))
    criterion = Criterion(id="c", dimension="d", title=plain("c"))
    s = standard([dimension], [criterion])

    def audit(site, score):
        status = Status.NO_DATA if score is None else Status.PASS
        scored = score_audit(s, site, [replace(result(1, criterion, status, score), site=site)])
        return scored.audit

    sites = [
        Site(id="a", title=plain("a"), region="n", weight=Decimal(3)),
        Site(id="b", title=plain("b"), region="n"),
        Site(id="c", title=plain("c"), region="s"),
    ]
    audits = {"a": audit("a", Decimal(80)), "b": audit("b", Decimal(40)), "c": audit("c", None)}
    north, south = score_regions(sites, audits)
    assert (north.id, north.score, north.coverage) == ("n", 70, 1)
    assert (south.id, south.score, south.coverage) == ("s", None, 0)
    whole = score_programme("p", sites, audits)
    assert (whole.level, whole.score, whole.coverage) == (Level.PROGRAMME, 70, Decimal("0.8"))


def test_not_applicable_leaves_the_weights_and_unobserved_criteria_do_not():
    dimension = Dimension(id="d", title=plain("d"))
    criteria = [Criterion(id=f"c{n}", dimension="d", title=plain("c")) for n in range(3)]
    s = standard([dimension], criteria)
    scores = score_audit(
        s, "a", [result(0, criteria[0], Status.PASS, Decimal(50)), result(1, criteria[1], Status.NOT_APPLICABLE, None)]
    )
    assert (scores.audit.score, scores.audit.coverage) == (50, Decimal("0.5"))
    assert scores.criteria[2].reason == "not_observed"
