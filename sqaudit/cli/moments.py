"""Days and moments as people write them on the command line."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sqaudit.calendars.recurrence import FIRST_DAY, LAST_DAY
from sqaudit.errors import InvalidInput, msg

if TYPE_CHECKING:
    from sqaudit.workflow.context import Context


def as_of(context: Context, moment: str | None) -> Context:
    """The project as if it were another moment; one without a zone is in the project's.

    Raises:
        InvalidInput: The moment cannot be read.
    """
    if moment is None:
        return context
    try:
        now = datetime.fromisoformat(moment)
        if not FIRST_DAY < now.date() < LAST_DAY:
            raise ValueError(moment)  # noqa: TRY301 told in the same words
    except ValueError as error:
        hint = msg("write it as 2026-11-01T06:00, with or without a zone such as +01:00")
        raise InvalidInput("SQA742", msg("'{value}' is no moment", value=moment), hint) from error
    if now.tzinfo is None:
        now = now.replace(tzinfo=ZoneInfo(context.project.timezone))
    return replace(context, settings=dataclasses.replace(context.settings, now=now.astimezone(UTC)))


def read_day(text: str | None) -> date | None:
    """A day such as 2026-12-31; ``None`` stays ``None``.

    Raises:
        InvalidInput: It is no day, or one that no calendar of ours reaches.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(text)  # noqa: TRY301 told in the same words
    except ValueError as error:
        raise InvalidInput("SQA742", msg("'{value}' is no date", value=text), msg("write it as 2026-12-31")) from error
    return day
