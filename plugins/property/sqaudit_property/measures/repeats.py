"""Whether what was done held: the same again at the same address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.errors import told
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.spread import Proportion
from sqaudit.model.target import Direction

from sqaudit_property.measures.pieces import (
    NO_VALID_ROWS,
    exact,
    holds,
    is_before,
    is_infinite,
    refuse_day,
    rows_where,
)


class RepeatWithin:
    """``repeat_within(done, next, INTERVAL 30 DAY, as_of)``: done cases after which the same came again within so long.

    ``next`` is when the same was reported again at the same address; nothing there means that it was not. Exactly the
    window counts as within. A case is looked at when its window is over, whether it has come back or not: those done
    too short a time ago are ``waiting`` and in neither, for otherwise only bad news of them would count. A next report
    before the case was done is a reminder and no repeat: such a row is invalid. Place rows by the end of the window,
    so that each case counts once. It is the repeat-call rate of repair trades (call-back rate), with its window named.

    Example:
        ``measure: repeat_within(done_at, next_at, INTERVAL 30 DAY, as_of)``
    """

    name = "repeat_within"
    formula = "repeat_within/1"
    signatures: Sequence[Sequence[ArgumentKind]] = (
        (ArgumentKind.MOMENT, ArgumentKind.MOMENT, ArgumentKind.NUMBER, ArgumentKind.MOMENT),
    )

    def unit(self, arguments: Sequence[Argument]) -> str | None:
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` cases whose window is over, ``repeated`` ones, and those ``waiting``."""
        _refuse(arguments)
        done = arguments[0]
        refused, ripe = _refused(arguments), _ripe(arguments)
        valid, repeated = _outcome(arguments)
        return {
            "n": rows_where(valid),
            "invalid": rows_where(refused),
            "missing": rows_where("FALSE"),
            "repeated": rows_where(repeated),
            "waiting": rows_where(f"(NOT {ripe} AND NOT {refused} AND NOT {done.unusable})"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The repeated ones of those whose window is over."""
        n, repeated = exact(statistics["n"]), exact(statistics["repeated"])
        if not n:
            return Value(value=None, unit=unit, formula=self.formula, reason=NO_VALID_ROWS)
        spread = Proportion(successes=repeated, n=n)
        return Value(value=float(repeated / n), unit=unit, formula=self.formula, spread=spread)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The repeated cases."""
        return _outcome(arguments)[1]


def _refuse(arguments: Sequence[Argument]) -> None:
    for index in (0, 1, 3):
        refuse_day(arguments, index)
    if not arguments[2].is_duration:
        message = told({"en": "a duration belongs here", "zh": "此处应为时长"})
        raise UnfitArgument(2, message, told({"en": "write INTERVAL 30 DAY", "zh": "例如 INTERVAL 30 DAY"}))


def _ripe(arguments: Sequence[Argument]) -> str:
    done, _, window, now = arguments
    return holds(f"({done.sql} + {window.sql} <= {now.sql})")


def _refused(arguments: Sequence[Argument]) -> str:
    done, again, window, _ = arguments
    negative = holds(f"({window.sql} < INTERVAL '0' SECOND)")
    return f"({is_before(again, done)} OR {negative} OR {is_infinite(done, again)})"


def _outcome(arguments: Sequence[Argument]) -> tuple[str, str]:
    """Conditions: the case can be judged, and it came again."""
    done, again, window, _ = arguments
    valid = f"({_ripe(arguments)} AND NOT {again.unusable} AND NOT {_refused(arguments)})"
    return valid, f"({valid} AND {holds(f'({again.sql} <= {done.sql} + {window.sql})')})"
