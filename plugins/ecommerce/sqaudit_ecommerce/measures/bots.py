"""What a chatbot solves by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from sqaudit.errors import told
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import AS_OF, Statistic
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.spread import Proportion
from sqaudit.model.target import Direction

from sqaudit_ecommerce.measures.conditions import absent, endless, exact, holds, rows_where

_BACK, _WITHIN = 2, 3


class BotSolved:
    """``bot_solved(alone, ended, back, within)``: chats that the bot ended alone and after which nobody came back.

    One row is one chat in which the bot answered. ``alone`` is true if no person took over, ``ended`` is when the chat
    ended, ``back`` when the same customer wrote again. Nobody is asked whether the answer helped: who has to ask again
    within the time is the proof that it did not.

    | a chat that | counts |
    |---|---|
    | a person took over | against |
    | the bot ended, and the customer was back within the time, exactly then included | against |
    | the bot ended, and the time is over at ``as_of`` without the customer | as solved |
    | the bot ended, and the time is not over | in neither: it may still come back |
    | has not ended, or came back before it ended | as missing, as invalid |

    Source: the containment rate of chatbots, which counts whoever went away as content; with the window of first
    contact resolution it does not.

    Example:
        ``measure: bot_solved(handled_by = 'bot', ended_at, back_at, INTERVAL 72 HOUR)``
    """

    name = "bot_solved"
    formula = "bot_solved/1"
    signatures: Sequence[Sequence[ArgumentKind]] = (
        (ArgumentKind.CONDITION, ArgumentKind.MOMENT, ArgumentKind.MOMENT, ArgumentKind.NUMBER),
    )

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002 - part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` chats that are settled, ``solved`` ones, and those that are ``waiting`` for their time to be over.

        Raises:
            UnfitArgument: A date stands for a moment, or a number for a duration.
        """
        _check(arguments)
        outcome = _outcome(arguments)
        return {
            "n": rows_where(f"({outcome.solved} OR {outcome.unsolved})"),
            "solved": rows_where(outcome.solved),
            "waiting": rows_where(outcome.waiting),
            "missing": rows_where(f"({arguments[0].sql} IS NULL OR {arguments[1].sql} IS NULL)"),
            "invalid": rows_where(outcome.refused),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The solved chats of those that are settled."""
        n, solved = statistics["n"], statistics["solved"]
        if not n or solved is None:
            return Value(value=None, unit=unit, formula=self.formula, reason="no_valid_rows")
        spread = Proportion(successes=exact(solved), n=exact(n))
        return Value(value=float(Fraction(spread.successes) / spread.n), unit=unit, formula=self.formula, spread=spread)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The chats that were not solved where more is better."""
        outcome = _outcome(arguments)
        return outcome.unsolved if direction is Direction.HIGHER else outcome.solved


class _Outcome(Struct, frozen=True, kw_only=True):
    """Conditions of which at most one is true of a row."""

    solved: str
    unsolved: str
    waiting: str
    refused: str


def _outcome(arguments: Sequence[Argument]) -> _Outcome:
    alone, ended, back, within = arguments
    limit = f"({ended.sql} + {within.sql})"
    backwards = f"({back.sql} < {ended.sql} OR {within.sql} < INTERVAL '0' SECOND)"
    unbounded = endless(ended, back)
    refused = holds(backwards) if unbounded == "FALSE" else f"({holds(backwards)} OR {unbounded})"
    returned = f"({back.sql} <= {limit})"
    stayed_away = f"({back.sql} > {limit} OR {absent(back)})"
    settled = f"({back.sql} > {limit} OR {limit} <= {AS_OF})"
    usable = f"{alone.sql} IS NOT NULL AND {ended.sql} IS NOT NULL AND NOT {refused}"
    return _Outcome(
        solved=holds(f"({usable} AND {alone.sql} AND {stayed_away} AND {settled})"),
        unsolved=holds(f"({usable} AND (NOT {alone.sql} OR {returned}))"),
        waiting=holds(f"({usable} AND {alone.sql} AND {absent(back)} AND NOT {settled})"),
        refused=refused,
    )


def _check(arguments: Sequence[Argument]) -> None:
    for index in (_BACK - 1, _BACK):
        if arguments[index].is_day:
            message = told({"en": "a moment belongs here, not a date", "zh": "此处应为时刻，而不是日期"})
            hint = told(
                {
                    "en": "a chat ends and comes back at a time of day: use a column of the type timestamp",
                    "zh": "会话的结束与再次来访都有具体时间：请使用 timestamp 类型的列",
                }
            )
            raise UnfitArgument(index, message, hint)
    if not arguments[_WITHIN].is_duration:
        message = told({"en": "a duration belongs here", "zh": "此处应为时长"})
        hint = told({"en": "write it as INTERVAL 72 HOUR", "zh": "请写作 INTERVAL 72 HOUR"})
        raise UnfitArgument(_WITHIN, message, hint)
