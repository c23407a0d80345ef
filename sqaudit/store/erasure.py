"""Taking people out of a store: payloads of events are blanked, names in all other tables become pseudonyms.

A pseudonym is a free number and is kept nowhere beside the name, so that nothing turns it back; it is the same in the
whole store, so that keys, counts and scores stay what they are. What is kept by the hash of its content stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, bindparam, select, true, update

from sqaudit.model.erasure import LEAD, Erasure, NamingDocument
from sqaudit.model.event import Deed, EventKind
from sqaudit.store.encoding import read_json, write_json
from sqaudit.store.events import append_event
from sqaudit.store.naming import Names
from sqaudit.store.persons import PERSONAL, Kind, Personal
from sqaudit.store.results import name_results_anew
from sqaudit.store.tables import documents, events, revisions

_PSEUDONYM = re.compile(r"erased-([1-9]\d*)")

# Which rows of a table are meant, and which events.
RowChoice = Callable[[Table], ColumnElement[bool]]
EventChoice = Callable[[Row[Any]], bool]


class Erasing(Struct, frozen=True, kw_only=True):
    """Who erases, when and why."""

    who: str
    when: datetime
    why: str


def erase_person(connection: Connection, names: Sequence[str], erasing: Erasing) -> Erasure:
    """Take out whom ``names`` name, all of them one person.

    One event tells which events were blanked, and not whom they named. Where nothing names the person nothing is done.
    """
    given = _pseudonyms(connection, names, everywhere)

    def names_them(row: Row[Any]) -> bool:
        return given.are_within([told for part, told in read_json(row.payload).items() if part != "salt"])

    erased = replace_names(connection, given, erasing, everywhere, names_them)
    return replace(erased, documents=tuple(_naming_documents(connection, given)), left=_left(connection, given))


def everywhere(table: Table) -> ColumnElement[bool]:  # noqa: ARG001 - of all tables alike
    """All rows."""
    return true()


def replace_names(
    connection: Connection, names: Names, erasing: Erasing, rows: RowChoice, chosen: EventChoice
) -> Erasure:
    """Replace names in these rows, blank the payloads of the chosen events, and tell it in one event."""
    changed: Counter[str] = Counter()
    if names.pseudonyms:
        changed["revisions"] += _name_leads_anew(connection, names, rows)
        for place in PERSONAL:
            changed[place.table] += _REPLACED[place.kind](connection, place, names, rows(place.of))
        name_results_anew(connection, list(names.pseudonyms.values()))
    blanked = [row for row in connection.execute(select(events).where(events.c.payload.is_not(None))) if chosen(row)]
    if blanked or changed.total():
        _blank(connection, blanked, erasing, names, changed.total())
    return Erasure(
        events=tuple(sorted(row.number for row in blanked)),
        rows={table: count for table, count in sorted(changed.items()) if count},
    )


def _pseudonyms(connection: Connection, names: Sequence[str], rows: RowChoice) -> Names:
    """Every name that stands for somebody gets a pseudonym of its own, lest two series become one; the rest the first.

    Two names of one person may both have answered one question.
    """
    known = names_in_use(connection, rows)
    free = free_numbers(connection)
    first = f"erased-{next(free)}"
    own = {name: f"erased-{next(free)}" for name in names[1:] if name in known}
    return Names({name: own.get(name, first) for name in names})


def names_in_use(connection: Connection, rows: RowChoice) -> set[str]:
    """All that stands in columns for names."""
    found: set[str] = set()
    for place in PERSONAL:
        if place.kind is Kind.NAME:
            column = place.of.c[place.column]
            query = select(column).where(column.is_not(None), column != "", rows(place.of))
            found.update(connection.scalars(query.distinct()))
    return found


def free_numbers(connection: Connection) -> Iterator[int]:
    """The numbers that no pseudonym has yet."""
    used = (_PSEUDONYM.fullmatch(name) for name in names_in_use(connection, everywhere))
    number = max((int(found[1]) for found in used if found), default=0)
    while True:
        number += 1
        yield number


def is_pseudonym(name: str) -> bool:
    """Whether a name was made here."""
    return _PSEUDONYM.fullmatch(name) is not None


def _replace_name(connection: Connection, place: Personal, names: Names, rows: ColumnElement[bool]) -> int:
    column = place.of.c[place.column]
    return sum(
        connection.execute(update(place.of).where(column == name, rows).values({column: pseudonym})).rowcount
        for name, pseudonym in names.pseudonyms.items()
    )


def _replace_words(connection: Connection, place: Personal, names: Names, rows: ColumnElement[bool]) -> int:
    return _rewrite(connection, place, names.replace_words, rows)


def _replace_in_answer(connection: Connection, place: Personal, names: Names, rows: ColumnElement[bool]) -> int:
    return _rewrite(connection, place, names.replace_in_answer, rows)


def _replace_inside(connection: Connection, place: Personal, names: Names, rows: ColumnElement[bool]) -> int:
    return _rewrite(
        connection, place, _in_json(lambda content: names.replace_whole(content, place.at, place.prefix)), rows
    )


def _replace_words_inside(connection: Connection, place: Personal, names: Names, rows: ColumnElement[bool]) -> int:
    return _rewrite(connection, place, _in_json(lambda content: names.replace_words_within(content, place.at)), rows)


def _leave(_connection: Connection, _place: Personal, _names: Names, _rows: ColumnElement[bool]) -> int:
    return 0


_REPLACED = {
    Kind.NAME: _replace_name,
    Kind.WORDS: _replace_words,
    Kind.ANSWER: _replace_in_answer,
    Kind.NAMES_INSIDE: _replace_inside,
    Kind.WORDS_INSIDE: _replace_words_inside,
    Kind.LEFT: _leave,
}


def _in_json(change: Callable[[object], object]) -> Callable[[str], str]:
    def rewrite(text: str) -> str:
        content = read_json(text)
        replaced = change(content)
        return text if replaced == content else write_json(replaced)

    return rewrite


def _rewrite(connection: Connection, place: Personal, change: Callable[[str], str], rows: ColumnElement[bool]) -> int:
    """Replace what stands in a column, row by row; returns in how many."""
    table, column = place.of, place.of.c[place.column]
    key = [one for one in table.c if one.primary_key]
    found = connection.execute(select(column, *key).where(column.is_not(None), rows)).all()
    changed = [(row, new) for row in found if (new := change(row[0])) != row[0]]
    for row, new in changed:
        this = and_(*(one == value for one, value in zip(key, row[1:], strict=True)))
        connection.execute(update(table).where(this).values({column: new}))
    return len(changed)


def _name_leads_anew(connection: Connection, names: Names, rows: RowChoice) -> int:
    """Let revisions know a lead whose name goes from the answers and stays in their documents; returns how many.

    Where auditors differ, conditions read what the lead answered: a result must not change because a name did.
    """
    auditors = names_in_use(connection, rows) & set(names.pseudonyms)
    changed = 0
    for row in connection.execute(select(revisions.c.id, revisions.c.inputs).where(rows(revisions))).all():
        inputs = read_json(row.inputs)
        lead = inputs.get(LEAD) or _lead_of(connection, inputs)
        if lead is not None and lead in auditors:
            told = write_json({**inputs, LEAD: names.pseudonyms[lead]})
            connection.execute(update(revisions).where(revisions.c.id == row.id).values(inputs=told))
            changed += 1
    return changed


def _lead_of(connection: Connection, inputs: Mapping[str, Any]) -> str | None:
    hash_ = inputs.get("documents", {}).get("programme")
    content = connection.scalar(select(documents.c.content).where(documents.c.hash == hash_))
    lead = None if content is None else read_json(content).get("team", {}).get("lead")
    return lead if isinstance(lead, str) else None


def _blank(connection: Connection, blanked: Iterable[Row[Any]], erasing: Erasing, names: Names, changed: int) -> None:
    """Add the event that answers for the blanked ones, also for those that they answered for, and blank them."""
    numbers = sorted(row.number for row in blanked)
    before: dict[str, list[int]] = {}
    for row in blanked:
        if row.kind == EventKind.PAYLOADS_ERASED:
            after = read_json(row.payload)["after"]
            before |= {str(row.number): after["events"], **after.get("erased_before", {})}
    told = {"events": numbers, "rows": changed, **({"erased_before": before} if before else {})}
    why = names.replace_words(erasing.why)
    by = append_event(
        connection,
        Deed(kind=EventKind.PAYLOADS_ERASED, when=erasing.when, who=erasing.who, after=told, why=why),
    )
    if numbers:
        blank = update(events).where(events.c.number == bindparam("this")).values(payload=None, erased_by=by)
        connection.execute(blank, [{"this": number} for number in numbers])


def _naming_documents(connection: Connection, names: Names) -> Iterator[NamingDocument]:
    query = select(documents).order_by(documents.c.kind, documents.c.id, documents.c.version, documents.c.hash)
    found = {
        NamingDocument(kind=row.kind, id=row.id, version=row.version): None
        for row in connection.execute(query)
        if names.are_within(read_json(row.content))
    }
    yield from found


def _left(connection: Connection, names: Names) -> dict[str, int]:
    """How many rows of which columns still hold one of the names, since they could not be changed."""
    found = {}
    for place in PERSONAL:
        if place.kind in {Kind.LEFT, Kind.ANSWER}:
            column = place.of.c[place.column]
            texts = connection.scalars(select(column).where(column.is_not(None), column != ""))
            count = sum(names.are_in(text) for text in texts)
            if count:
                found[f"{place.table}.{place.column}"] = count
    return found
