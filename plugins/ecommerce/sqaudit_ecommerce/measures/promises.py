"""Whether orders arrive by the time that was promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import AS_OF, Statistic
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.spread import Proportion
from sqaudit.model.target import Direction

from sqaudit_ecommerce.measures.conditions import absent, endless, exact, holds, rows_where

_PAIR = (ArgumentKind.MOMENT, ArgumentKind.MOMENT)
_CANCELLED = 2  # the place of the third argument


class PromiseKept:
    """``promise_kept(delivered, promised, cancelled)``: orders that arrived as promised, of all that were due.

    | an order that | counts |
    |---|---|
    | arrived by the promise, exactly then included | as kept |
    | arrived later, also if it was given up in between | as broken |
    | is not there, and the promise was over at ``as_of`` | as broken |
    | was cancelled after the promise was over, undelivered | as broken |
    | was cancelled before that, undelivered | in neither |
    | is under way, and the promise is not over | in neither |
    | has no promise | as missing |

    A promise that is a date includes its whole day. So an order does not leave the figure by being cancelled late, as
    it would by ``where: cancelled_at IS NULL``. Without the third argument no order is ever cancelled. Where only a
    status tells that it was, and nobody knows when, write ``CASE WHEN status = 'cancelled' THEN ordered_at END``.

    Source: delivery performance to customer commit date (RL.2.2 of the SCOR model); how its edges count is ours.

    Example:
        ``measure: promise_kept(delivered_at, promised_for, cancelled_at)``
    """

    name = "promise_kept"
    formula = "promise_kept/1"
    signatures: Sequence[Sequence[ArgumentKind]] = (_PAIR, (*_PAIR, ArgumentKind.MOMENT))

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002 - part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` orders that were due, ``kept`` ones, and of the others why they are none or in neither."""
        outcome = _outcome(arguments)
        return {
            "n": rows_where(f"({outcome.kept} OR {outcome.broken})"),
            "kept": rows_where(outcome.kept),
            "broken": rows_where(outcome.broken),
            "withdrawn": rows_where(outcome.withdrawn),
            "running": rows_where(outcome.running),
            "missing": rows_where(f"({arguments[1].sql} IS NULL)"),
            "invalid": rows_where(outcome.refused),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The kept promises of those that were due."""
        n, kept = statistics["n"], statistics["kept"]
        if not n or kept is None:
            return Value(value=None, unit=unit, formula=self.formula, reason="no_valid_rows")
        spread = Proportion(successes=exact(kept), n=exact(n))
        return Value(value=float(Fraction(spread.successes) / spread.n), unit=unit, formula=self.formula, spread=spread)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The broken promises where more is better."""
        outcome = _outcome(arguments)
        return outcome.broken if direction is Direction.HIGHER else outcome.kept


class _Outcome(Struct, frozen=True, kw_only=True):
    """Conditions of which at most one is true of a row; none where the promise or a needed cell is unknown."""

    kept: str
    broken: str
    withdrawn: str
    running: str
    refused: str


def _outcome(arguments: Sequence[Argument]) -> _Outcome:
    delivered, promised = arguments[0], arguments[1]
    refused = endless(*arguments)
    undelivered = absent(delivered)
    over = f"({promised.sql} < CAST({AS_OF} AS DATE))" if promised.is_day else f"({promised.sql} <= {AS_OF})"
    alive, in_time, too_late = "TRUE", "FALSE", "FALSE"
    if len(arguments) > _CANCELLED:
        cancelled = arguments[_CANCELLED]
        alive = absent(cancelled)
        in_time, too_late = _compared(cancelled, "<=", promised), _compared(cancelled, ">", promised)
    left_undone = f"({too_late} OR ({alive} AND {over}))"

    def usable(condition: str) -> str:
        return holds(condition if refused == "FALSE" else f"({condition} AND NOT {refused})")

    return _Outcome(
        kept=usable(_compared(delivered, "<=", promised)),
        broken=usable(f"({_compared(delivered, '>', promised)} OR ({undelivered} AND {left_undone}))"),
        withdrawn=usable(f"({undelivered} AND {in_time})"),
        running=usable(f"({undelivered} AND {alive} AND NOT {over})"),
        refused=refused,
    )


def _compared(one: Argument, sign: str, other: Argument) -> str:
    """Two moments, or two days if one of them is a day: a day is as long as it is."""
    if one.is_day or other.is_day:
        return f"(CAST({one.sql} AS DATE) {sign} CAST({other.sql} AS DATE))"
    return f"({one.sql} {sign} {other.sql})"
