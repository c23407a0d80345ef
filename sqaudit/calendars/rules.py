"""Recurrence rules as people write them: ``FREQ=MONTHLY;BYMONTHDAY=1``, as in RFC 5545, for whole days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.model.suggesting import closest

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_FINER = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_TIMES = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_MOST = 9_999
_LISTS: Mapping[str, tuple[int, bool]] = {  # the greatest number, and whether numbers may count from the end
    "BYMONTH": (12, False),
    "BYMONTHDAY": (31, True),
    "BYYEARDAY": (366, True),
    "BYWEEKNO": (53, True),
    "BYSETPOS": (366, True),
}
_NAMES = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_LISTS)
_DAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(WEEKDAYS)})")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_EXAMPLE = msg("write it as in FREQ=MONTHLY;BYMONTHDAY=1 or FREQ=WEEKLY;BYDAY=MO")


class UnreadableRule(Exception):
    """What is wrong with a recurrence rule, and what to do about it."""

    def __init__(self, message: Message, hint: Message) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint


class Until(Struct, frozen=True, kw_only=True):
    """The end of a rule: a day, which belongs to it, or a moment of it, local or (``is_utc``) not."""

    day: date
    clock: time | None = None
    is_utc: bool = False

    def admits(self, day: date, at: time, zone: ZoneInfo) -> bool:
        """Whether an occurrence at a local time of a day is not after the end."""
        if self.clock is None:
            return day <= self.day
        end = datetime.combine(self.day, self.clock)
        if self.is_utc:
            end = end.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return datetime.combine(day, at) <= end


class Rule(Struct, frozen=True, kw_only=True):
    """A rule that was read. ``lists`` holds numbers by name; weekdays are 0 to 6 with their place in month or year."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: Until | None = None
    week_start: int = 0
    weekdays: tuple[tuple[int, int | None], ...] = ()
    lists: Mapping[str, tuple[int, ...]] = {}

    @property
    def needs_start(self) -> bool:
        """Whether its days depend on the day it is counted from."""
        return self.interval > 1 or self.count is not None or not self.names_days

    @property
    def names_days(self) -> bool:
        """Whether it says which days; one that does not takes that of its start."""
        named = self.weekdays or any(name in self.lists for name in ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"))
        return bool(named) or self.frequency == "DAILY"


def read_rule(text: str) -> Rule:
    """Read a rule.

    Raises:
        UnreadableRule: It is none, or asks for more than one audit a day.
    """
    parts = _parts(text)
    frequency = parts.pop("FREQ", "")
    if frequency in _FINER or _TIMES & parts.keys():
        raise UnreadableRule(
            msg("audits fall due at most once a day, and '{rule}' says more", rule=text),
            msg("write FREQ=DAILY, and the time of day under 'at:'"),
        )
    if frequency not in FREQUENCIES:
        known = ", ".join(FREQUENCIES)
        raise UnreadableRule(
            msg("'{rule}' does not say how often", rule=text), msg("begin with FREQ= and one of {known}", known=known)
        )
    unknown = next((name for name in parts if name not in _NAMES), None)
    if unknown is not None:
        near = closest(unknown, _NAMES)
        hint = msg("did you mean '{name}'?", name=near) if near else msg("known are {known}", known=", ".join(_NAMES))
        raise UnreadableRule(msg("a rule has no part '{name}'", name=unknown), hint)
    if "COUNT" in parts and "UNTIL" in parts:
        raise UnreadableRule(msg("a rule ends by COUNT or by UNTIL, not by both"), msg("remove one of them"))
    weekdays = tuple(_weekday(day, frequency) for day in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    return Rule(
        frequency=frequency,
        interval=_number("INTERVAL", parts.get("INTERVAL", "1"), _MOST, signed=False),
        count=_number("COUNT", parts["COUNT"], _MOST, signed=False) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        week_start=_week_start(parts.get("WKST", "MO")),
        weekdays=weekdays,
        lists={
            name: tuple(_number(name, one, most, signed=signed) for one in parts[name].split(","))
            for name, (most, signed) in _LISTS.items()
            if name in parts
        },
    )


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.upper().replace(" ", "").removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise UnreadableRule(msg("'{rule}' is no recurrence rule", rule=text), _EXAMPLE)
        if name in parts:
            raise UnreadableRule(msg("'{name}' is written twice in a rule", name=name), msg("remove one of them"))
        parts[name] = value
    return parts


def _number(name: str, text: str, most: int, *, signed: bool) -> int:
    number = int(text) if re.fullmatch(r"[+-]?\d{1,4}" if signed else r"\+?\d{1,4}", text) else 0
    if not 1 <= abs(number) <= most:
        hint = msg("write a whole number from 1 to {most}", most=most)
        if signed:
            hint = msg("write whole numbers from 1 to {most}, or from -{most} to -1 to count from the end", most=most)
        raise UnreadableRule(msg("'{value}' is nothing for {name}", value=text, name=name), hint)
    return number


def _weekday(text: str, frequency: str) -> tuple[int, int | None]:
    match = _DAY.fullmatch(text)
    if match is None or (match[1] is not None and not 1 <= abs(int(match[1])) <= 53):  # noqa: PLR2004 weeks of a year
        raise UnreadableRule(
            msg("'{value}' is nothing for {name}", value=text, name="BYDAY"),
            msg("write days as MO, TU, WE, TH, FR, SA, SU; in a month or year also 1MO or -1FR"),
        )
    if match[1] is not None and frequency not in {"MONTHLY", "YEARLY"}:
        raise UnreadableRule(
            msg("'{value}' counts weekdays of a month or year, and the rule is neither", value=text),
            msg("write the day alone, or FREQ=MONTHLY"),
        )
    return WEEKDAYS.index(match[2]), int(match[1]) if match[1] is not None else None


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        hint = msg("write one of {known}", known=", ".join(WEEKDAYS))
        raise UnreadableRule(msg("'{value}' is nothing for {name}", value=text, name="WKST"), hint)
    return WEEKDAYS.index(text)


def _until(text: str) -> Until:
    match = _UNTIL.fullmatch(text)
    if match is not None:
        try:
            clock = datetime.strptime(match[2], "%H%M%S").time() if match[2] else None  # noqa: DTZ007 a time of day
            return Until(day=date.fromisoformat(match[1]), clock=clock, is_utc=bool(match[3]))
        except ValueError:
            pass  # such as the 31st of June
    raise UnreadableRule(
        msg("'{value}' is nothing for {name}", value=text, name="UNTIL"),
        msg("write a day as 20261231, which belongs to it, or a moment as 20261231T120000"),
    )
