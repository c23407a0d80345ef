"""What can be added up is merged exactly; what cannot is left out, and makes the whole unknown."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sqaudit.measures.pooling import NOT_MERGEABLE, merged_statistics, pooled
from sqaudit.model.evidence import Observation
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.score import Level

KINDS = {kind.value: kind for kind in StatisticKind}
ADDED = ("count", "sum", "squares")
numbers = st.one_of(st.none(), st.integers(-(10**30), 10**30), st.decimals(-(10**9), 10**9, places=9))
parts = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("sum", "squares", "min", "max"), numbers) | {"count": st.integers(0, 10**9)}),
    max_size=6,
)


@given(parts=parts, cut=st.integers(0, 6))
def test_merging_in_steps_is_merging_at_once(parts, cut):
    """Sites to regions to the programme gives what sites to the programme gives, to the last digit."""
    kinds = {name: kind for name, kind in KINDS.items() if name not in {"quantile", "distinct"}}
    whole = merged_statistics(parts, kinds)
    steps = merged_statistics([merged_statistics(parts[:cut], kinds), merged_statistics(parts[cut:], kinds)], kinds)
    assert steps == whole
    assert merged_statistics(parts[::-1], kinds) == whole
    for name in ADDED:
        known = [part[name] for part in parts if part[name] is not None]
        exact = sum(Fraction(number) for number in known) if known else (0 if name == "count" else None)
        assert (None if whole[name] is None else Fraction(whole[name])) == exact
    assert whole["min"] == min((part["min"] for part in parts if part["min"] is not None), default=None)
    assert whole["max"] == max((part["max"] for part in parts if part["max"] is not None), default=None)


def test_quantiles_and_different_values_are_never_merged():
    """The mean of two medians is nobody's median."""
    parts = [{"quantile": 1.0, "distinct": 4, "count": 2}, {"quantile": 3.0, "distinct": 5, "count": 2}]
    assert merged_statistics(parts, {name: KINDS[name] for name in ("quantile", "distinct", "count")}) == {"count": 4}


def seen(site, *, reason=None, failed=False, stale=False, **statistics):
    return Observation(
        site=site,
        checklist="list",
        item="item",
        rows=10,
        n=7,
        missing=2,
        invalid=1,
        statistics=statistics,
        reason=reason,
        failed=failed,
        stale=stale,
    )


COUNTED = {
    "n": Statistic(kind=StatisticKind.COUNT, expression="TRUE"),
    "sum": Statistic(kind=StatisticKind.SUM, expression="x"),
}


def whole(*parts, statistics=COUNTED):
    return pooled(parts, statistics, place="region", level=Level.REGION)


def test_counts_of_rows_are_added_whatever_became_of_the_value():
    both = whole(seen("a", n=7, sum=Decimal("0.1")), seen("b", n=7, sum=Decimal("0.2"), stale=True))
    assert (both.site, both.level, both.rows, both.n, both.missing, both.invalid) == (
        "region",
        Level.REGION,
        20,
        14,
        4,
        2,
    )
    assert (both.statistics, both.reason, both.stale) == ({"n": 14, "sum": Decimal("0.3")}, None, True)


def test_a_site_without_rows_takes_nothing_away():
    assert whole(seen("a", n=7, sum=3), seen("b", n=0, sum=None, reason="no_rows")).statistics == {"n": 7, "sum": 3}
    assert whole(seen("a", n=0, sum=None, reason="no_rows")).reason == "no_rows"


def test_a_site_that_failed_makes_the_whole_unknown():
    failed = whole(seen("a", n=7, sum=3), seen("b", failed=True, reason="could not be computed"))
    assert (failed.failed, failed.reason) == (True, "could not be computed")


def test_what_cannot_be_merged_makes_the_whole_unknown():
    with_median = {**COUNTED, "q": Statistic(kind=StatisticKind.QUANTILE, expression="x", q=0.5)}
    one = whole(seen("a", n=7, sum=3, q=1.0), statistics=with_median)
    assert (one.reason, one.n, "q" in one.statistics) == (NOT_MERGEABLE, 7, False)
