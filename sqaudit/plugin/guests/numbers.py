"""Numbers as plugins give them: ours, Python's or numpy's, as long as they are real numbers."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from sqaudit.errors import msg
from sqaudit.plugin.guarding import Unusable, wanted


def plain_number(what: str, given: object) -> float | Decimal | Fraction:
    """The number, made one of Python's own.

    Raises:
        Unusable: It is none, not finite, or a truth value.
    """
    number = _of_python(given)
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal | Fraction):
        raise wanted(what, "a number", given)
    if not math.isfinite(number):
        raise Unusable(msg("{what} is not finite: {given}", what=what, given=str(number)))
    return number


def _of_python(given: object) -> object:
    """A scalar of numpy, or of what behaves like it, as Python's own."""
    if type(given).__module__.partition(".")[0] in {"builtins", "decimal", "fractions"}:
        return given
    item = getattr(given, "item", None)
    if callable(item) and getattr(given, "ndim", 0) == 0:
        return item()
    return given
