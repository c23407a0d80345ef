"""What the lead chose among the answers of several auditors; every choice stays, the last one counts."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sqaudit.model.answer import AnswerChoice
from sqaudit.model.event import Deed, EventKind
from sqaudit.store.answers import read_key
from sqaudit.store.cycles import refuse_closed
from sqaudit.store.encoding import read_moment, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.tables import answer_choices


def add_choice(connection: Connection, choice: AnswerChoice) -> None:
    """Keep a choice; raises ``InvalidInput`` if the cycle is closed."""
    key = choice.key
    refuse_closed(connection, key.programme, key.period)
    connection.execute(
        answer_choices.insert().values(
            programme=key.programme,
            period=key.period,
            site=key.site,
            checklist=key.checklist,
            item=key.item,
            subject=key.subject,
            auditor=key.auditor,
            version=choice.version,
            chosen_by=choice.chosen_by,
            chosen_at=write_moment(choice.chosen_at),
            reason=choice.reason,
        )
    )
    append_event(
        connection,
        Deed(
            kind=EventKind.ANSWER_CHOSEN,
            when=choice.chosen_at,
            programme=key.programme,
            period=key.period,
            thing=key.item,
            who=choice.chosen_by,
            after={
                "site": key.site,
                "checklist": key.checklist,
                "subject": key.subject,
                "auditor": key.auditor,
                "version": choice.version,
            },
            why=choice.reason,
        ),
    )


def read_choices(connection: Connection, programme: str, period: str) -> list[AnswerChoice]:
    """Every choice of a cycle, as they were made one after the other."""
    table = answer_choices.c
    rows = connection.execute(
        select(answer_choices).where(table.programme == programme, table.period == period).order_by(table.number)
    )
    return [
        AnswerChoice(
            key=read_key(row),
            version=row.version,
            chosen_by=row.chosen_by,
            chosen_at=read_moment(row.chosen_at),
            reason=row.reason,
        )
        for row in rows
    ]
