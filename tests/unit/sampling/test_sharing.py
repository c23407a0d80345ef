"""How many of each stratum: by precision, by spread, by a plan for lots."""

from decimal import Decimal
from fractions import Fraction
from itertools import product
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.model.sample import Acceptance, Inspection, Precision, SamplePlan, Unit
from sqaudit.sampling.allocation import neyman, proportional, whole_neyman
from sqaudit.sampling.drawing import draw
from sqaudit.sampling.ordering import frame_hash
from sqaudit.sampling.sharing import whole_total

HALF = Fraction(1, 2)


# Krejcie and Morgan 1970, table 1: 95 %, p = 0.5, e = 0.05; rows where rounding up comes to what they print.
@pytest.mark.parametrize(("population", "size"), [(10, 10), (100, 80), (1000, 278), (10_000, 370)])
def test_a_precision_comes_to_the_printed_sizes(population, size):
    assert whole_total(Precision(margin=Decimal("0.05")), population) == size


def test_a_precision_is_never_more_than_there_is_and_heeds_all_it_is_told():
    """By hand: 1.6449² · 0.1 · 0.9 / 0.05² = 97.4; of 500: 97.4 · 500 / (499 + 97.4) = 81.7."""
    wanted = Precision(margin=Decimal("0.05"), expected=Decimal("0.1"), confidence=Decimal("0.9"))
    assert whole_total(wanted, 500) == 82
    assert whole_total(Precision(margin=Decimal("0.0001")), 7) == 7
    assert whole_total(wanted, 0) == 0


strata = st.dictionaries(
    st.sampled_from("abcd"),
    st.tuples(st.integers(2, 6), st.fractions(0, 9, max_denominator=4)),
    min_size=1,
)


@given(strata, st.data())
def test_no_other_whole_shares_estimate_a_total_better(strata, data):
    """Against all there are: the variance of the estimate is the sum of N²s²/n, less what does not depend on n."""
    sizes = [size for size, _ in strata.values()]
    total = data.draw(st.integers(len(strata), sum(sizes)))
    shares = whole_neyman(total, strata)
    assert sum(shares.values()) == total

    def error(drawn):
        return sum(size**2 * spread / n for (size, spread), n in zip(strata.values(), drawn, strict=True))

    possible = [drawn for drawn in product(*(range(1, size + 1) for size in sizes)) if sum(drawn) == total]
    if any(spread for _, spread in strata.values()):
        assert tuple(shares.values()) in possible
        assert error(shares.values()) == min(map(error, possible))


@given(
    st.dictionaries(st.text(max_size=2), st.tuples(st.integers(0, 50), st.none() | st.fractions(0, 9)), max_size=6),
    st.data(),
)
def test_shares_add_up_and_no_stratum_gets_more_than_it_has(strata, data):
    total = data.draw(st.integers(0, sum(size for size, _ in strata.values())))
    shares = whole_neyman(total, strata)
    assert sum(shares.values()) == total
    assert all(0 <= shares[name] <= size for name, (size, _) in strata.items())


def test_whole_neyman_shares_are_those_of_neyman_where_these_are_whole():
    strata = {"x": (400, 10), "y": (300, 20), "z": (300, 20 / 3)}
    exact = neyman(120, strata)
    assert exact == pytest.approx({"x": 40, "y": 60, "z": 20})
    assert whole_neyman(
        120, {name: (size, Fraction(s).limit_denominator(9) ** 2) for name, (size, s) in strata.items()}
    ) == {
        "x": 40,
        "y": 60,
        "z": 20,
    }


def test_where_no_spread_is_known_it_is_that_of_the_others_and_without_any_shares_are_proportional():
    assert whole_neyman(6, {"a": (10, Fraction(4)), "b": (10, None)}) == {"a": 3, "b": 3}
    for nothing in (None, Fraction(0)):
        assert whole_neyman(5, {"a": (30, nothing), "b": (20, nothing)}) == proportional(5, {"a": 30, "b": 20})
    with pytest.raises(ValueError, match="below 0"):
        whole_neyman(1, {"a": (3, Fraction(-1))})


def test_what_varies_more_is_drawn_more_and_the_draw_tells_the_spread():
    wild = [Unit(site="n", id=f"w{i}", stratum=("wild",), value=Fraction(i * 7 % 10)) for i in range(20)]
    even = [Unit(site="n", id=f"e{i}", stratum=("even",), value=Fraction(3)) for i in range(20)]
    alone = [Unit(site="s", id="a", stratum=("wild",))]
    drawn = draw([*wild, *even, *alone], SamplePlan(total=8, neyman="minutes", strata=("kind",)), "1")
    told = {(one.site, *one.values): (one.drawn, one.valued, one.deviation) for one in drawn.strata}
    assert told == {
        ("n", "even"): (1, 20, 0.0),
        ("n", "wild"): (6, 20, pytest.approx(stdev(i * 7 % 10 for i in range(20)))),
        ("s", "wild"): (1, 0, None),
    }
    assert all(unit.value is None for unit in drawn.units)


def test_another_value_is_another_frame():
    hashes = {frame_hash([Unit(site="n", id="1", value=value)]) for value in (None, Fraction(1), HALF)}
    assert len(hashes) == 3


LOTS = [Unit(site=site, id=str(i)) for site, size in (("a", 1000), ("b", 60), ("c", 3), ("d", 1)) for i in range(size)]


@pytest.mark.parametrize(
    ("inspection", "plans"),
    [
        # MIL-STD-105E, level II: 1000 is J, 60 is E, 3 is A; AQL 1.0: J 80 Ac 2, E 13 Ac 0, A leads to E.
        (Inspection.NORMAL, {"a": (80, 2), "b": (13, 0), "c": (3, 0), "d": (1, 0)}),
        # Tightened: J 80 Ac 1, E and A lead to F 20 Ac 0.
        (Inspection.TIGHTENED, {"a": (80, 1), "b": (20, 0), "c": (3, 0), "d": (1, 0)}),
        (Inspection.DISCONTINUED, {"a": (80, 1), "b": (20, 0), "c": (3, 0), "d": (1, 0)}),
    ],
)
def test_every_site_is_a_lot_with_a_plan_of_its_own(inspection, plans):
    plan = SamplePlan(acceptance=Acceptance(aql=Decimal("1.0")))
    drawn = draw(LOTS, plan, "1", inspections=dict.fromkeys("abcd", inspection))
    assert {lot.site: (lot.drawn, lot.accept) for lot in drawn.strata} == plans
    assert {lot.inspection for lot in drawn.strata} == {inspection}
    assert len(drawn.units) == sum(size for size, _ in plans.values())


def test_a_frame_of_sites_is_one_lot():
    (lot,) = draw(
        [Unit(site=str(i), id="") for i in range(200)], SamplePlan(acceptance=Acceptance(aql=Decimal(4))), "1"
    ).strata
    assert (lot.site, lot.units, lot.drawn, lot.accept, lot.inspection) == ("", 200, 32, 3, Inspection.NORMAL)
