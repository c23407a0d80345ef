"""Contacts that wait to be answered: service level in its five formulas, abandonment.

With A answered, Ay of them within the limit, Q abandoned, Qy of them within it and Qs within a short one:

f1 (Ay + Qy) / (A + Q)    f2 Ay / A    f3 Ay / (A + Q)    f4 Ay / (A + Q - Qy)    f5 (Ay + Qs) / (A + Q)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from sqaudit.builtin.measures.forms import ShareOf, Signatures, Tally, alike, plain_number
from sqaudit.errors import msg
from sqaudit.measures.shaping import all_of, fails, holds, known, not_negative, rows_where, total_of, where
from sqaudit.model.ports import Argument, ArgumentKind, Measure, UnfitArgument

_FORMULAS = ("f1", "f2", "f3", "f4", "f5")
_DEFAULT, _WITH_SHORT = "f4", "f5"
_SHORT = "INTERVAL '5' SECOND"
_CONTACTS = (ArgumentKind.NUMBER, ArgumentKind.CONDITION, ArgumentKind.NUMBER)
_COUNTS = (ArgumentKind.NUMBER,) * 4


class _ByFormula(ShareOf, ABC):
    """A service level: the family has the default formula, its members the one that their arguments name."""

    name: str
    place: int
    lists: Signatures

    def __init__(self, formula: str = _DEFAULT) -> None:
        self.chosen = formula
        super().__init__(
            self.name,
            self.counted,
            self.lists,
            about=type(self).__doc__,
            formula=f"{self.name}-{formula}/1",
            part="within",
        )

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The service level by the formula named."""
        if len(arguments) <= self.place:
            return type(self)()
        word = arguments[self.place].word
        if word not in _FORMULAS:
            message = msg("'{formula}' is no formula of the service level", formula=word)
            raise UnfitArgument(self.place, message, msg("write 'f1', 'f2', 'f3', 'f4' or 'f5'"))
        return type(self)(word)

    @abstractmethod
    def counted(self, arguments: Sequence[Argument]) -> Tally:
        """How the rows are counted by the formula."""


class ServiceLevel(_ByFormula):
    """``service_level(wait, answered, limit)``: contacts answered within the limit, exactly the limit included.

    One row is one contact, answered or abandoned after its wait. Without more it is formula f4, answered in time of all
    but those abandoned in time; ``service_level(wait, answered, limit, 'f1')`` takes another. f1 counts those abandoned
    in time as served, f2 looks at answered contacts only, f3 at all, f5 counts those as served that were abandoned
    within 5 seconds, or within the limit given last: ``service_level(wait, answered, limit, 'f5', INTERVAL 3 SECOND)``.
    Waits and limits are durations, or numbers in one unit. A negative wait or limit is invalid.

    Example:
        ``measure: service_level(wait_s, answered, 20)``
    """

    name = "service_level"
    place = 3
    lists = (_CONTACTS, (*_CONTACTS, ArgumentKind.WORD), (*_CONTACTS, ArgumentKind.WORD, ArgumentKind.NUMBER))

    def counted(self, arguments: Sequence[Argument]) -> Tally:
        """How contacts are counted by the formula."""
        wait, answered, limit = arguments[:3]
        alike(arguments, 0, 2)
        short = self._short(arguments)
        limits = [limit] if short is None else [limit, short]
        usable = all_of(*(not_negative(one) for one in (wait, *limits)), _decided(answered))
        valid = holds(usable)
        in_time = f"{wait.sql} <= {limit.sql}"
        served = {
            "f1": in_time,
            "f5": f"{wait.sql} <= CASE WHEN {answered.sql} THEN {limit.sql} ELSE {short.sql if short else ''} END",
        }.get(self.chosen, f"{answered.sql} AND {in_time}")
        counted = {"f2": answered.sql, "f4": f"({answered.sql} OR NOT ({in_time}))"}.get(self.chosen)
        within = f"({valid} AND {served})"
        whole = valid if counted is None else f"({valid} AND {counted})"
        return Tally(
            valid=valid,
            inside=within,
            outside=f"({whole} AND NOT ({served}))",
            whole=rows_where(whole),
            refused=fails(usable),
            shown={"abandoned": rows_where(f"({valid} AND NOT {answered.sql})")},
        )

    def _short(self, arguments: Sequence[Argument]) -> Argument | None:
        """The limit within which an abandoned contact counts as served; only f5 has one."""
        if len(arguments) > self.place + 1:
            if self.chosen != _WITH_SHORT:
                raise UnfitArgument(self.place + 1, msg("only 'f5' has a short limit"), msg("leave it out"))
            alike(arguments, 0, self.place + 1)
            return arguments[self.place + 1]
        if self.chosen != _WITH_SHORT:
            return None
        if not arguments[0].is_duration:
            message = msg("'f5' needs its short limit, since a number does not say in what unit it is")
            raise UnfitArgument(self.place, message, msg("write service_level(wait, answered, 20, 'f5', 5)"))
        return Argument(sql=_SHORT, is_duration=True)


class ServiceLevelCounts(_ByFormula):
    """``service_level_counts(answered, answered_within, abandoned, abandoned_within)``: from a table of intervals.

    One row is one interval with its numbers of contacts; they are added up, percentages are never averaged. A fifth
    argument names the formula, as in ``service_level``; for f5 ``abandoned_within`` counts those within the short
    limit. More within than at all, or a negative number, is invalid.

    Example:
        ``measure: service_level_counts(answered, answered_20s, abandoned, abandoned_20s, 'f3')``
    """

    name = "service_level_counts"
    place = 4
    lists = (_COUNTS, (*_COUNTS, ArgumentKind.WORD))

    def counted(self, arguments: Sequence[Argument]) -> Tally:
        """How intervals are counted by the formula."""
        for index in range(self.place):
            plain_number(arguments, index)
        numbers = arguments[: self.place]
        answered, answered_within, abandoned, abandoned_within = (number.sql for number in numbers)
        possible = f"({answered_within} <= {answered} AND {abandoned_within} <= {abandoned})"
        usable = all_of(*(not_negative(number) for number in numbers), possible)
        valid = holds(usable)
        part = f"({answered_within} + {abandoned_within})" if self.chosen in {"f1", "f5"} else answered_within
        whole = {
            "f2": answered,
            "f4": f"({answered} + {abandoned} - {abandoned_within})",
        }.get(self.chosen, f"({answered} + {abandoned})")
        return Tally(
            valid=valid,
            inside=f"({valid} AND {part} > 0)",
            outside=f"({valid} AND {part} < {whole})",
            part=total_of(where(valid, part)),
            whole=total_of(where(valid, whole)),
            refused=fails(usable),
            shown={"abandoned": total_of(where(valid, abandoned))},
        )


def _decided(answered: Argument) -> str:
    return f"({answered.sql} OR NOT {answered.sql})"  # unknown as long as the answer is


def _abandoned(arguments: Sequence[Argument]) -> Tally:
    """``abandon_rate(answered)``: contacts that were not answered, of those where it is known.

    From a table of intervals write ``share(abandoned, answered + abandoned)``.

    Example:
        ``measure: abandon_rate(answered)``
    """
    answered = arguments[0].sql
    return Tally(valid=known(answered), inside=f"(NOT {answered})", outside=answered)


SERVICE_LEVEL = ServiceLevel()
SERVICE_LEVEL_COUNTS = ServiceLevelCounts()
ABANDON_RATE = ShareOf("abandon_rate", _abandoned, ((ArgumentKind.CONDITION,),), part="abandoned")
