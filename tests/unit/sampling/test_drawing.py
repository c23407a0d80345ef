"""Draws can be repeated anywhere, by anybody, and are fair."""

import hashlib
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.sample import DrawMethod, Exclusion, Precision, SamplePlan, Unit
from sqaudit.sampling.drawing import draw, systematic_places
from sqaudit.sampling.ordering import frame_hash, shuffled

CALLS = [Unit(site="north", id=f"c-{number:02}", stratum=("ann" if number % 3 else "bob",)) for number in range(30)]
frames = st.lists(
    st.builds(
        Unit,
        site=st.sampled_from(["n", "s"]),
        id=st.text(max_size=4),
        stratum=st.tuples(st.sampled_from("abc")),
        value=st.none() | st.fractions(-9, 9, max_denominator=3),
    ),
    unique_by=lambda unit: (unit.site, unit.id),
)
plans = st.one_of(
    st.builds(SamplePlan, size=st.integers(1, 5), method=st.sampled_from(DrawMethod)),
    st.builds(SamplePlan, total=st.integers(1, 20), method=st.sampled_from(DrawMethod)),
)
more_plans = plans | st.builds(
    SamplePlan,
    total=st.integers(1, 20) | st.just(Precision(margin=Decimal("0.2"))),
    neyman=st.none() | st.just("minutes"),
    method=st.sampled_from(DrawMethod),
)


def test_the_order_is_that_of_the_documented_hash():
    """Worked out here from the documentation, by nothing of ours."""
    by_hand = sorted(CALLS, key=lambda unit: hashlib.sha256(b"2026\x1fnorth\x1f" + unit.id.encode()).hexdigest())
    assert shuffled(CALLS, "2026") == by_hand


def test_the_hash_of_a_frame_is_that_of_its_lines():
    units = [Unit(site="s", id="二", stratum=("x",)), Unit(site="", id='a"b')]
    lines = '["","a\\"b"]\n["s","二","x"]\n'
    assert frame_hash(units) == hashlib.sha256(lines.encode()).hexdigest()


def test_another_process_with_another_hash_seed_draws_the_same():
    """What the draw came to when it was written stays: ``sha256sum`` gives the same order."""
    program = (
        "from sqaudit.model.sample import *; from sqaudit.sampling.drawing import draw\n"
        "units = {Unit(site='', id=str(n)) for n in range(100)}\n"
        "print(*(unit.id for unit in draw(units, SamplePlan(size=5), 'seed').units))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    keys = {str(n): hashlib.sha256(f"seed\x1f\x1f{n}".encode()).hexdigest() for n in range(100)}
    assert drawn == {" ".join(sorted(keys, key=keys.__getitem__)[:5]) + "\n"}


@given(frames, more_plans, st.text(), st.randoms())
def test_the_order_of_the_frame_changes_nothing(frame, plan, seed, random):
    assert draw(frame, plan, seed) == draw(random.sample(frame, len(frame)), plan, seed)


@given(frames, plans, st.text())
def test_a_draw_takes_what_is_wanted_from_each_stratum_and_nothing_twice(frame, plan, seed):
    drawn = draw(frame, plan, seed)
    assert set(drawn.units) <= {replace(unit, value=None) for unit in frame}
    assert len(set(drawn.units)) == len(drawn.units)
    counts = Counter(unit.drawn_with for unit in drawn.units)
    assert {(stratum.site, *stratum.values): stratum.drawn for stratum in drawn.strata if stratum.drawn} == counts
    sizes = Counter(unit.drawn_with for unit in frame)
    if plan.total is None:
        assert all(stratum.drawn == min(plan.size, sizes[stratum.site, *stratum.values]) for stratum in drawn.strata)
    else:
        assert len(drawn.units) == min(plan.total, len(frame))


@pytest.mark.parametrize("method", DrawMethod)
def test_every_unit_is_as_likely_as_any_other(method):
    """Of 10 units 3 are drawn 2000 times: each 600 times, with a standard deviation of 20.5."""
    units = [Unit(site="", id=str(number)) for number in range(10)]
    plan = SamplePlan(size=3, method=method)
    counts = Counter(unit.id for seed in range(2000) for unit in draw(units, plan, str(seed)).units)
    assert len(counts) == 10
    assert all(abs(count - 600) < 5 * 20.5 for count in counts.values())


def test_another_seed_draws_others():
    assert draw(CALLS, SamplePlan(size=5), "1").units != draw(CALLS, SamplePlan(size=5), "2").units


def test_a_larger_sample_holds_the_smaller_one():
    small, large = (draw(CALLS, SamplePlan(size=size), "1").units for size in (2, 5))
    assert set(small) < set(large)


def test_what_was_left_out_is_kept_with_the_draw():
    left_out = [Exclusion(site="s", id="2", reason="no recording"), Exclusion(site="s", id="1", reason="test call")]
    assert draw(CALLS, SamplePlan(size=1), "1", left_out).exclusions == tuple(reversed(left_out))


def test_subjects_are_drawn_at_each_site_and_sites_from_all():
    subjects = [Unit(site=site, id=str(number)) for site in ("n", "s") for number in range(9)]
    assert Counter(unit.site for unit in draw(subjects, SamplePlan(size=2), "1").units) == {"n": 2, "s": 2}
    sites = [Unit(site=str(number), id="") for number in range(9)]
    assert len(draw(sites, SamplePlan(size=2), "1").units) == 2


def test_an_empty_frame_gives_an_empty_draw():
    drawn = draw([], SamplePlan(total=3), "1")
    assert (drawn.frame_size, drawn.units, drawn.strata) == (0, (), ())


def test_a_unit_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        draw([Unit(site="s", id="1", stratum=("a",)), Unit(site="s", id="1", stratum=("b",))], SamplePlan(size=1), "1")


@pytest.mark.parametrize(("units", "wanted", "start"), [(3, 4, 0), (3, 0, 0), (4, 2, 2), (4, 2, -1)])
def test_impossible_steps_are_refused(units, wanted, start):
    with pytest.raises(ValueError, match=r"\w"):
        systematic_places(units, wanted, start)
