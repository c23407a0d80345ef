"""When a visit or review began and ended, as somebody wrote it beside answers."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Problem, msg
from sqaudit.forms.labels import NoAnswer, read_moment
from sqaudit.model.answer import TIME_CELLS, Cell, GivenAnswer, WrittenAnswer


class _Times(Struct, frozen=True, kw_only=True):
    """The two edges, as far as they are told."""

    began_at: datetime | None
    finished_at: datetime | None


class Visits:
    """The times that stand beside the answers of one import; what is wrong with them goes to ``problems``.

    The same two cells are looked at once, however many answers they are for.
    """

    def __init__(self, now: datetime, problems: list[Problem]) -> None:
        self._now = now
        self._problems = problems
        self._known: dict[tuple[Cell | None, Cell | None, str], _Times] = {}

    def with_times(
        self, answer: GivenAnswer | None, written: WrittenAnswer, before: GivenAnswer | None, zone: str
    ) -> GivenAnswer | None:
        """An answer with the times beside it; ``before`` is the latest one there is to its question."""
        began, finished = (written.cells.get(name) for name in TIME_CELLS)
        place = (began, finished, zone)
        if place not in self._known:
            self._known[place] = _read_times(began, finished, zone, self._now, self._problems)
        if answer is None or _is_known_with_times(written, answer, before):
            return answer
        times = self._known[place]
        return replace(answer, began_at=times.began_at, finished_at=times.finished_at)


def _read_times(began: Cell | None, finished: Cell | None, zone: str, now: datetime, problems: list[Problem]) -> _Times:
    """The moments that stand in two cells: the second comes after the first, and both lie behind us."""
    first, last = (_read(cell, zone, now, problems) for cell in (began, finished))
    if finished is not None and first is not None and last is not None and last <= first:
        message = msg("the visit ends at '{finished}', and did not begin before that", finished=finished.text)
        problems.append(Problem(finished.place, "SQA810", message, msg("say when the visit began and when it ended")))
    return _Times(began_at=first, finished_at=last)


def _read(cell: Cell | None, zone: str, now: datetime, problems: list[Problem]) -> datetime | None:
    if cell is None:
        return None
    try:
        moment = read_moment(cell.text, zone)
    except NoAnswer as wrong:
        problems.append(Problem(cell.place, "SQA810", msg("'{text}' is no moment", text=cell.text), wrong.hint))
        return None
    if moment > now:
        message = msg("'{text}' lies in the future", text=cell.text)
        hint = msg("a moment without a zone is one in {zone}", zone=zone)
        problems.append(Problem(cell.place, "SQA810", message, hint))
    return moment


def _is_known_with_times(written: WrittenAnswer, answer: GivenAnswer, before: GivenAnswer | None) -> bool:
    """Whether a row of a form says again what was answered at another visit, whose times then stay.

    A form holds the answers that there were, and its head the times of the visit at which the others were given.
    """
    if before is None or written.question is None or before.finished_at is None:
        return False
    told = ("value", "not_applicable", "note")
    return all(getattr(before, name) == getattr(answer, name) for name in told)
