"""Rounds in the store: opened with a frozen copy of what is asked, looked up, closed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents.building import build_programme
from sqaudit.documents.periods import read_period
from sqaudit.documents.resolving import resolved_of
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.calibration import CalibrationRound, Rating, RoundState, RoundUnit
from sqaudit.model.checklist import Checklist
from sqaudit.model.ids import short_id
from sqaudit.model.programme import Programme
from sqaudit.plugin.host import PluginHost
from sqaudit.scoring.calibration import compare_auditors, conclude_auditor, reference_of
from sqaudit.scoring.items import Question
from sqaudit.scoring.rating_agreement import is_compared
from sqaudit.sources.lists import read_list
from sqaudit.store.engine import Store
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.collect import stored_documents
from sqaudit.workflow.compiling import sound_scorer
from sqaudit.workflow.context import Context
from sqaudit.workflow.people import person_named
from sqaudit.workflow.rows import Row

_COLUMNS = ("id", "title", "repeats")
_FEWEST_RATERS = 2


class OpenRound(Struct, frozen=True, kw_only=True):
    """A round with its questions, as they were when it was opened, and the ratings that there are."""

    round: CalibrationRound
    programme: Programme
    questions: tuple[Question, ...]
    ratings: tuple[Rating, ...]
    answerers: tuple[str, ...]

    @property
    def auditors(self) -> Sequence[str]:
        """Who has rated, but for the reference, and whose ratings are waited for: who answers this checklist."""
        rated = {rating.rated_by for rating in self.ratings if not rating.is_reference}
        expected = set(self.answerers) if self.round.state is RoundState.OPEN else set()
        return sorted((rated | expected) - {self.reference})

    @property
    def reference(self) -> str | None:
        """Whose ratings are taken for the truth, if anybody's."""
        return reference_of(self.ratings)

    def progress(self, rater: str) -> tuple[int, int]:
        """How many ratings somebody has given, and of how many; the reference need not rate what repeats a unit."""
        originals = self.round.originals
        own = [rating for rating in self.ratings if rating.rated_by == rater]
        if rater != self.reference:
            return len(own), len(self.questions) * len(originals)
        things = {(originals[rating.unit], rating.item) for rating in own}
        return len(things), len(self.questions) * len(set(originals.values()))

    @property
    def waits_for(self) -> Sequence[str]:
        """The auditors who have not rated everything."""
        return [auditor for auditor in self.auditors if len(set(self.progress(auditor))) > 1]


def open_round(  # noqa: PLR0913 - what a person may decide
    context: Context,
    programme: str,
    checklist: str,
    *,
    units: Sequence[str] = (),
    file: Path | None = None,
    period: str | None = None,
    opened_by: str | None = None,
) -> OpenRound:
    """Open a round over the questions of a checklist, and keep them as they are now.

    Args:
        context: The project.
        programme: Which programme.
        checklist: One of its checklists that asks people something.
        units: What to rate, by id.
        file: A list with more of them: columns ``id``, ``title``, ``repeats``.
        period: Which period the round belongs to; default: the last complete one.
        opened_by: Who opens it.

    Raises:
        InvalidInput: There is no such programme, checklist or period, nothing is asked, or the units are of no use.
        Incomplete: A required plugin is missing.
    """
    resolved, built = sound_programme(context, programme)
    chosen = next((one for one in built.checklists if one.id == checklist), None)
    if chosen is None:
        raise InvalidInput(
            "SQA850",
            msg("programme '{programme}' has no checklist '{checklist}'", programme=programme, checklist=checklist),
            msg("its checklists are {checklists}", checklists=", ".join(other.id for other in built.checklists)),
        )
    questions = _questions(built, chosen, context.host)
    if not questions:
        raise InvalidInput(
            "SQA850",
            msg("checklist '{checklist}' asks nothing that can be compared", checklist=checklist),
            msg("give some of its items 'ask:' and 'answer:'; texts are not compared"),
        )
    now = context.settings.now
    listed = [*_listed(file, context), *(RoundUnit(id=unit) for unit in units)]
    _require_sound(listed)
    label = read_period(period, built.period, built.timezone, now).label
    opened = CalibrationRound(
        id=short_id("cal", programme, checklist, label, now.isoformat(), *(unit.id for unit in listed)),
        programme=programme,
        period=label,
        standard=chosen.standard.partition("@")[0],
        checklist=checklist,
        units=tuple(listed),
        opened_at=now,
        opened_by=None if opened_by is None else person_named(context, opened_by),
    )
    with context.store() as store:
        store.add_round(opened, stored_documents(resolved))
        return _with_ratings(store, opened, built, questions)


def find_round(context: Context, store: Store, identity: str) -> OpenRound:
    """A round of the store with all that is known of it; raises ``InvalidInput`` if it is not there."""
    found = store.list_rounds(id=identity)
    if not found:
        raise InvalidInput(
            "SQA852",
            msg("no calibration round is called '{id}'", id=identity),
            msg("`sqaudit calibration` lists them"),
        )
    contents = {role: json.loads(one.content) for role, one in store.read_round_documents(identity).items()}
    programme = build_programme(resolved_of(contents))
    checklist = next(one for one in programme.checklists if one.id == found[0].checklist)
    return _with_ratings(store, found[0], programme, _questions(programme, checklist, context.host))


def close_round(context: Context, identity: str, closed_by: str) -> OpenRound:
    """Close a round: no rating comes any more, and what it came to is told and kept.

    Raises:
        InvalidInput: There is no such round, it is closed already, nobody closes it, or there is nothing to compare.
    """
    who = person_named(context, closed_by)
    with context.store() as store:
        found = find_round(context, store, identity)
        if len({rating.rated_by for rating in found.ratings}) < _FEWEST_RATERS:
            raise InvalidInput(
                "SQA853",
                msg("fewer than two people have rated in '{id}': there is nothing to compare", id=identity),
                msg("take their ratings in first: `sqaudit calibration rate {id} FILE --as NAME`", id=identity),
            )
        compared = compare_auditors(found.questions, found.ratings, found.round.originals)
        closed = replace(
            found.round,
            closed_at=context.settings.now,
            closed_by=who,
            conclusions=tuple(conclude_auditor(one) for one in compared if one.item is None),
        )
        store.close_round(closed)
    return replace(found, round=closed)


def list_rounds(context: Context, *, programme: str | None = None, checklist: str | None = None) -> list[Row]:
    """The rounds in the store, the first opened first."""
    raters: defaultdict[str, list[str]] = defaultdict(list)
    with context.store() as store:
        found = store.list_rounds(programme=programme, checklist=checklist)
        for round_id, rater, _ in store.list_raters():
            raters[round_id].append(rater)
    return [_row(one, raters[one.id]) for one in found]


def _row(one: CalibrationRound, raters: Sequence[str]) -> Row:
    return {
        "id": one.id,
        "programme": one.programme,
        "period": one.period,
        "checklist": one.checklist,
        "state": one.state.value,
        "units": len(one.units),
        "rated_by": list(raters),
        "opened_at": one.opened_at.isoformat(timespec="seconds"),
        "opened_by": one.opened_by,
        "closed_at": None if one.closed_at is None else one.closed_at.isoformat(timespec="seconds"),
        "closed_by": one.closed_by,
    }


def _with_ratings(
    store: Store, one: CalibrationRound, programme: Programme, questions: tuple[Question, ...]
) -> OpenRound:
    return OpenRound(
        round=one,
        programme=programme,
        questions=questions,
        ratings=tuple(store.read_ratings(one.id)),
        answerers=tuple(store.list_answerers(one.checklist)),
    )


def _questions(programme: Programme, checklist: Checklist, host: PluginHost) -> tuple[Question, ...]:
    """What a checklist asks people, but for texts."""
    criteria = programme.criteria
    return tuple(
        Question(
            checklist=checklist,
            item=item,
            criterion=criteria[item.criterion] if item.criterion else None,
            scorer=sound_scorer(item, criteria[item.criterion] if item.criterion else None, host),
            scoring=programme.standard.scoring,
        )
        for item in checklist.items
        if checklist.answers is None and item.ask is not None and is_compared(item.ask.form.kind)
    )


def _listed(file: Path | None, context: Context) -> list[RoundUnit]:
    if file is None:
        return []
    rows = read_list(file, context.folder, ["id"])
    unknown = [name for name in (rows[0] if rows else ()) if name not in _COLUMNS]
    if unknown:
        raise InvalidInput(
            "SQA851",
            msg("no column is called '{name}'", name=unknown[0]),
            msg("known are {names}", names=", ".join(_COLUMNS)),
        )
    return [RoundUnit(id=row["id"], title=row.get("title") or None, repeats=row.get("repeats") or None) for row in rows]


def _require_sound(units: Sequence[RoundUnit]) -> None:
    """Units with ids of their own, of which some repeat others that do not repeat any."""
    originals = {unit.id for unit in units if unit.repeats is None}
    for unit in units:
        if unit.repeats is not None and unit.repeats not in originals:
            raise InvalidInput(
                "SQA851",
                msg("'{unit}' repeats '{other}', which is no unit of its own", unit=unit.id, other=unit.repeats),
                msg("name a unit of the list that repeats no other"),
            )
    twice = next(_twice(unit.id for unit in units), None)
    if twice is not None or not all(unit.id for unit in units):
        raise InvalidInput(
            "SQA851",
            msg("the unit '{unit}' is there twice", unit=twice) if twice else msg("a unit has no id"),
            msg("every unit needs an id of its own; a hidden repeat names the other one under 'repeats'"),
        )
    if not units:
        raise InvalidInput(
            "SQA851", msg("there are no units to rate"), msg("name them with `--units FILE` or `--unit ID`")
        )


def _twice(ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one and one in seen:
            yield one
        seen.add(one)
