"""Shares: of rows that meet a condition, or of units counted within each row."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.builtin.measures.forms import (
    ShareOf,
    Signatures,
    Tally,
    by_condition,
    by_condition_or_false,
    by_units,
)
from sqaudit.model.ports import Argument, ArgumentKind

_CONDITION: Signatures = ((ArgumentKind.CONDITION,),)
_UNITS: Signatures = ((ArgumentKind.NUMBER, ArgumentKind.NUMBER),)
_PAIR = 2


def _by_condition_or_units(arguments: Sequence[Argument]) -> Tally:
    return by_units(arguments) if len(arguments) == _PAIR else by_condition(arguments)


SHARE = ShareOf(
    "share",
    _by_condition_or_units,
    (*_CONDITION, *_UNITS),
    about="""``share(csat >= 4)``: rows where it is true of those where it is known; ``share(k, n)``: Σk of Σn.

    In a pair, ``k`` above ``n`` or a negative number makes a row invalid.

    Example:
        ``measure: share(csat >= 4)``
    """,
)
ACCURACY = ShareOf(
    "accuracy",
    _by_condition_or_units,
    (*_CONDITION, *_UNITS),
    about="""``accuracy(is_correct)``: correct rows of those looked at; ``accuracy(correct, checked)``: units in rows.

    Say in the item's title what a unit is: a record, a field, an answer. More correct than checked is invalid.

    Example:
        ``measure: accuracy(fields_correct, fields_checked)``
    """,
)
RESPONSE_RATE = ShareOf(
    "response_rate",
    by_condition_or_false,
    _CONDITION,
    about="""``response_rate(answered)``: those who answered of all who were invited, one row for each of them.

    Where nothing is there, nobody answered.

    Example:
        ``measure: response_rate(answer IS NOT NULL)``
    """,
)
TRAINING_PASS = ShareOf(
    "training_pass",
    by_condition_or_false,
    _CONDITION,
    about="""``training_pass(passed)``: those who passed of all who were obliged, one row for each of them.

    Who was absent, so that nothing is there, has not passed.

    Example:
        ``measure: training_pass(points >= 80)``
    """,
)
