"""A value is compared with a target as it is written, to the last digit."""

import operator
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from sqaudit.model.target import Target

COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}
bounds = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10_000, max_value=10_000)
values = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)


@given(bounds, values | bounds.map(float), st.sampled_from(sorted(COMPARE)))
@example(Decimal("0.1"), 0.1, ">=")
@example(Decimal("0.1"), 0.1, "=")
@example(Decimal("0.10000000000000001"), 0.1, ">=")
@example(Decimal(2**53 + 1), 2**53 + 1, "=")
@example(Decimal("0.3"), 0.1 + 0.2, "=")
def test_a_value_meets_a_target_as_its_shortest_decimal_does(bound, value, comparison):
    target = Target(text="", comparison=comparison, bound=bound)
    assert target.is_met_by(value) is COMPARE[comparison](Decimal(repr(value)), bound)
