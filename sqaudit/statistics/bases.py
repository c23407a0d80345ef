"""How much may be shown of a value, by the number of answers it rests on."""

from __future__ import annotations

from typing import Literal, TypeAlias

Showing: TypeAlias = Literal["no_data", "suppressed", "low_base", "ok"]

SUPPRESS_BELOW = 5
LOW_BASE_BELOW = 30


def what_may_be_shown(
    n: int,
    about_persons: bool,  # noqa: FBT001 - a fact about the records, no switch
    *,
    suppress_below: int = SUPPRESS_BELOW,
    low_base_below: int = LOW_BASE_BELOW,
) -> Showing:
    """What may be shown of a value that rests on ``n`` answers.

    Nothing when there are none; nothing about fewer persons than ``suppress_below``, for it would tell what one of
    them said; a value without rank below ``low_base_below``.
    """
    if n <= 0:
        return "no_data"
    if about_persons and n < suppress_below:
        return "suppressed"
    return "low_base" if n < low_base_below else "ok"
