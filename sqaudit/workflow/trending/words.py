"""Signals in words."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.errors import Message, msg
from sqaudit.model.trend import Rule
from sqaudit.workflow.trending.series import TrendSignal


def signal_words(signal: TrendSignal) -> Message:
    """What a signal says, with the rule that it fulfils."""
    up, down = _WORDS[signal.rule]
    words = up if signal.side >= 0 else down
    told = msg(words.template, count=signal.length)
    return msg("{what} ({rule})", what=told, rule=_named(signal.rule))


def _named(rule: Rule) -> str:
    if rule is Rule.EWMA:
        return "EWMA"
    author, _, number = rule.value.rpartition("_")
    return f"{'Nelson' if author == 'nelson' else 'Western Electric'} {number}"


_BEYOND = msg("above the upper limit"), msg("below the lower limit")
_SIDE = msg("{count} in a row above the centre"), msg("{count} in a row below the centre")
_TWO = msg("two of three far above the centre"), msg("two of three far below the centre")
_FOUR = msg("four of five well above the centre"), msg("four of five well below the centre")
_TREND = msg("{count} rising in a row"), msg("{count} falling in a row")
_TURNS = msg("{count} up and down in turn")
_WITHIN = msg("{count} in a row close to the centre")
_OUTSIDE = msg("{count} in a row away from the centre")
_DRIFT = msg("the moving average is above its limit"), msg("the moving average is below its limit")

_WORDS: Mapping[Rule, tuple[Message, Message]] = {
    Rule.NELSON_1: _BEYOND,
    Rule.NELSON_2: _SIDE,
    Rule.NELSON_3: _TREND,
    Rule.NELSON_4: (_TURNS, _TURNS),
    Rule.NELSON_5: _TWO,
    Rule.NELSON_6: _FOUR,
    Rule.NELSON_7: (_WITHIN, _WITHIN),
    Rule.NELSON_8: (_OUTSIDE, _OUTSIDE),
    Rule.WESTERN_ELECTRIC_1: _BEYOND,
    Rule.WESTERN_ELECTRIC_2: _TWO,
    Rule.WESTERN_ELECTRIC_3: _FOUR,
    Rule.WESTERN_ELECTRIC_4: _SIDE,
    Rule.EWMA: _DRIFT,
}
