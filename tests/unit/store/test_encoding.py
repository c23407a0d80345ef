"""Statistics are written as canonical JSON, whatever their names and numbers."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sqaudit.store.encoding import read_statistics, write_json, write_statistics

numbers = (
    st.none()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)


@given(st.dictionaries(st.text(max_size=5), numbers, max_size=5))
def test_statistics_are_canonical_json_in_which_decimals_are_texts(statistics):
    plain = {name: str(number) if isinstance(number, Decimal) else number for name, number in statistics.items()}
    assert write_statistics(statistics) == write_json(plain)
    assert read_statistics(write_statistics(statistics)) == statistics
