"""A cycle by two versions of its standard, one row for each score and for each item that came out otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sqaudit.documents.differences import Change
from sqaudit.documents.renaming import Renames
from sqaudit.errors import Message, msg
from sqaudit.model.score import ItemResult, Level, Score
from sqaudit.workflow.rows import Row

ITEM = "item"
_ABOVE = (Level.PROGRAMME, Level.REGION, Level.AUDIT)
# What of a standard, beside its criteria, decides about scores.
_OF_SCORING = frozenset({"scoring", "dimensions", "ratings"})


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a cycle by one version of its standard: the results of items at sites, and the scores."""

    results: Sequence[ItemResult]
    scores: Sequence[Score]


def outcome_rows(
    shared: Row, before: Outcome, after: Outcome, renames: Renames, changes: Sequence[Change]
) -> Iterator[Row]:
    """The rows: scores of the programme, its regions and its sites, then items that differ or whose documents do.

    ``shared`` are the fields of every row; ``renames`` the ids that the results of ``before`` are under. What nothing
    came of is ``None``.
    """
    yield from _scores(shared, before, after, tuple(_changes_of_scoring(changes)))
    yield from _items(shared, before, after, renames, changes)


def _scores(shared: Row, before: Outcome, after: Outcome, changed: tuple[Message, ...]) -> Iterator[Row]:
    was = {(one.level, one.id): one for one in before.scores if not one.subject}
    became = {(one.level, one.id): one for one in after.scores if not one.subject}
    for level in _ABOVE:
        for key in dict.fromkeys([*became, *was]):
            if key[0] is level:
                old, new = was.get(key), became.get(key)
                yield {
                    **shared,
                    "level": level.value,
                    "site": key[1] if level is Level.AUDIT else None,
                    "id": key[1],
                    "criterion": None,
                    "status_before": None,
                    "status_after": None,
                    **_pair("rating", old and old.rating, new and new.rating),
                    **_pair("score", _number(old), _number(new)),
                    **_pair("coverage", _coverage(old), _coverage(new)),
                    "changed": changed if level is Level.PROGRAMME else (),
                    "reason": new.reason if new is not None else None,
                }


def _items(shared: Row, before: Outcome, after: Outcome, renames: Renames, changes: Sequence[Change]) -> Iterator[Row]:
    was = {(one.site, renames.items.get(one.item, one.item)): one for one in before.results if not one.is_part}
    became = {(one.site, one.item): one for one in after.results if not one.is_part}
    told = _changes_by_part(changes)
    for site, item in dict.fromkeys([*became, *was]):
        old, new = was.get((site, item)), became.get((site, item))
        known = new or old
        assert known is not None  # noqa: S101 - one of them has the key
        own = told.get((f"checklist:{known.checklist}", "items", item), ())
        of_criterion = told.get(("standard", "criteria", known.criterion or ""), ())
        changed = (*of_criterion, *(one for one in own if one not in of_criterion))
        if changed or _told(old) != _told(new):
            yield {
                **shared,
                "level": ITEM,
                "site": site,
                "id": item,
                "criterion": known.criterion,
                "status_before": None if old is None else old.status.value,
                "status_after": None if new is None else new.status.value,
                **_pair("rating", None, None),
                **_pair("score", _number(old), _number(new)),
                **_pair("coverage", None, None),
                "changed": changed,
                "reason": new.reason if new is not None else None,
            }


def _told(result: ItemResult | None) -> object:
    return result and (result.status, result.score, result.weight)


def _pair(name: str, before: object, after: object) -> Row:
    return {f"{name}_before": before, f"{name}_after": after}


def _number(one: Score | ItemResult | None) -> float | None:
    return None if one is None or one.score is None else float(one.score)


def _coverage(score: Score | None) -> float | None:
    return None if score is None or score.coverage is None else float(score.coverage)


def _changes_of_scoring(changes: Sequence[Change]) -> Iterator[Message]:
    for change in changes:
        if change.document == "standard" and change.path.partition(".")[0] in _OF_SCORING:
            yield _in_words(change.path, change)


def _changes_by_part(changes: Sequence[Change]) -> Mapping[tuple[str, str, str], Sequence[Message]]:
    """The changes of criteria and items, by document, list and id."""
    found: defaultdict[tuple[str, str, str], list[Message]] = defaultdict(list)
    for change in changes:
        place, _, rest = change.path.partition(".")
        name, _, key = rest.partition(".")
        if place in {"criteria", "items"} and name:
            found[change.document, place, name].append(_in_words(key, change))
    return found


def _in_words(key: str, change: Change) -> Message:
    if not key:
        return msg("added") if change.before is None else msg("removed")
    before, after = ("-" if one is None else one for one in (change.before, change.after))
    return msg("{key}: {before} → {after}", key=key, before=before, after=after)
