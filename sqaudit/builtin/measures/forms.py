"""The forms that named measures take: what many of them have in common is said here once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from sqaudit.errors import msg
from sqaudit.measures.shaping import (
    all_of,
    finite,
    holds,
    known,
    not_negative,
    rows_where,
    share_value,
    total_of,
    where,
    zero_of,
)
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

Signatures = Sequence[Sequence[ArgumentKind]]


class OfNumbers:
    """What measures of numbers have in common: their unit, and no row that counts against a site by itself."""

    signatures: Signatures = ((ArgumentKind.NUMBER,),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """That of the first argument."""
        return None

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002  part of every measure
        """No row counts against the site by itself."""
        return None


class Tally(Struct, frozen=True, kw_only=True):
    """How the rows of a share are counted; all texts are conditions over one row.

    ``valid`` rows make ``n``; ``inside`` and ``outside`` are those within the share and those of the rest.
    ``part`` and ``whole`` are what is divided: the rows inside and the valid ones unless said. ``refused`` rows are
    invalid though their cells can be read; ``lacking`` ones are missing (all that are left unless said).
    ``shown`` are further counts that are kept.
    """

    valid: str
    inside: str
    outside: str
    part: Statistic | None = None
    whole: Statistic | None = None
    refused: str = "FALSE"
    lacking: str | None = None
    shown: Mapping[str, Statistic] = field(default_factory=dict)


class ShareOf:
    """A share from 0 to 1, told by how its rows are counted.

    ``counting`` may raise ``UnfitArgument``; its docstring is the measure's, unless ``about`` is given. ``part`` is the
    name of the statistic for the rows inside.
    """

    def __init__(  # noqa: PLR0913  what one share is
        self,
        name: str,
        counting: Callable[[Sequence[Argument]], Tally],
        signatures: Signatures,
        *,
        about: str | None = None,
        formula: str | None = None,
        part: str = "part",
    ) -> None:
        self.name = name
        self.formula = formula or f"{name}/1"
        self.signatures = signatures
        self.__doc__ = about or counting.__doc__
        self._counting = counting
        self._part = part

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, the part, the ``whole`` where it is not ``n``, and what else is shown."""
        tally = self._counting(arguments)
        found = {"n": rows_where(tally.valid), self._part: tally.part or rows_where(tally.inside)}
        if tally.whole is not None:
            found["whole"] = tally.whole
        if tally.refused != "FALSE":
            found["invalid"] = rows_where(tally.refused)
        if tally.lacking is not None:
            found["missing"] = rows_where(tally.lacking)
        return {**found, **tally.shown}

    def finish(self, statistics: Statistics, unit: str) -> Value:  # noqa: ARG002  part of every measure
        """The part of the whole."""
        n = statistics["n"]
        return share_value(statistics[self._part], statistics.get("whole", n), n, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Rows outside the share where more is better, rows inside it where less is."""
        tally = self._counting(arguments)
        return tally.outside if direction is Direction.HIGHER else tally.inside


def by_condition(arguments: Sequence[Argument]) -> Tally:
    """Rows where a condition is true, of those where it is known."""
    asked = arguments[0].sql
    return Tally(valid=known(asked), inside=asked, outside=f"(NOT {asked})")


def by_condition_or_false(arguments: Sequence[Argument]) -> Tally:
    """Rows where a condition is true, of all: where nothing is there it is false; an unusable cell stays unknown."""
    asked, valid = arguments[0].sql, f"(NOT {arguments[0].unusable})"
    return Tally(valid=valid, inside=holds(asked), outside=f"({valid} AND NOT {holds(asked)})")


def by_units(arguments: Sequence[Argument]) -> Tally:
    """Units counted within each row, such as correct ones of those looked at; more than all or below 0 is invalid."""
    alike(arguments, 0, 1)
    part, whole = (argument.sql for argument in arguments)
    is_part = all_of(not_negative(arguments[0]), finite(arguments[1]), f"{part} <= {whole}")
    valid = holds(is_part)
    return Tally(
        valid=valid,
        inside=f"({valid} AND {part} > {zero_of(arguments[0])})",
        outside=f"({valid} AND {part} < {whole})",
        part=total_of(where(valid, part)),
        whole=total_of(where(valid, whole)),
        refused=f"(NOT {is_part})",
    )


def alike(arguments: Sequence[Argument], first: int, second: int) -> None:
    """Two numbers, or two durations.

    Raises:
        UnfitArgument: At the second, if it is of the other kind.
    """
    if arguments[first].is_duration and not arguments[second].is_duration:
        raise UnfitArgument(second, msg("a duration belongs here too"), msg("write a duration as INTERVAL 24 HOUR"))
    if arguments[second].is_duration and not arguments[first].is_duration:
        raise UnfitArgument(second, msg("a number belongs here too"), _IN_UNITS)


def plain_number(arguments: Sequence[Argument], index: int) -> None:
    """A number.

    Raises:
        UnfitArgument: If it is a duration.
    """
    if arguments[index].is_duration:
        raise UnfitArgument(index, msg("a number belongs here, not a duration"), _IN_UNITS)


def duration(arguments: Sequence[Argument], index: int) -> None:
    """A duration.

    Raises:
        UnfitArgument: If it is a number.
    """
    if not arguments[index].is_duration:
        raise UnfitArgument(index, msg("a duration belongs here"), msg("write a duration as INTERVAL 24 HOUR"))


def moment(arguments: Sequence[Argument], index: int) -> None:
    """A moment.

    Raises:
        UnfitArgument: If it is a date.
    """
    if arguments[index].is_day:
        hint = msg("a date has no time of day; compare dates with on_time, or subtract them to get days")
        raise UnfitArgument(index, msg("a moment belongs here, not a date"), hint)


_IN_UNITS = msg("divide a duration by INTERVAL 1 HOUR, or another unit, to make a number of it")
