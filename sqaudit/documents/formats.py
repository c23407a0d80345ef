"""Texts with a form of their own: targets, durations, zones, dates, versions, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqaudit.documents.follow_up import read_allowance
from sqaudit.errors import Message, msg
from sqaudit.model.ids import ID_PATTERN
from sqaudit.model.target import read_duration, read_target
from sqaudit.model.zones import closest_zone, is_zone

_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,2}")
_REFERENCE = re.compile(rf"(?P<id>{ID_PATTERN})@(?P<version>{_VERSION.pattern})")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_REQUIREMENT = re.compile(
    rf"(?P<name>{ID_PATTERN})\s*((>=|<=|==|!=|~=|>|<)\s*\d+(\.\d+)*(\s*,\s*(>=|<=|==|!=|~=|>|<)\s*\d+(\.\d+)*)*)?"
)


def read_reference(text: str) -> tuple[str, tuple[int, ...]] | None:
    """Id and wanted version of ``customer-service@1``; ``None`` if it is no reference."""
    match = _REFERENCE.fullmatch(text)
    return (match["id"], read_version(match["version"])) if match else None


def read_version(text: str) -> tuple[int, ...]:
    """The parts of a version such as ``1.2.0``."""
    return tuple(int(part) for part in text.split("."))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _zone_hint(text: str) -> Message:
    near = closest_zone(text)
    return msg("did you mean '{name}'?", name=near) if near else msg("write it as 'Europe/Berlin' or UTC")


class Form(NamedTuple):
    """A form of text: when it fits, and what to say when it does not."""

    fits: Callable[[str], bool]
    code: str
    message: Message
    hint: Callable[[str], Message]


FORMS: Mapping[str, Form] = {
    "target": Form(
        lambda text: read_target(text) is not None,
        "SQA125",
        msg("'{value}' is no target"),
        lambda _: msg("write a comparison and a number or duration: '>= 0.95', '<= PT24H'"),
    ),
    "duration": Form(
        lambda text: read_duration(text) is not None,
        "SQA123",
        msg("'{value}' is no duration"),
        lambda _: msg("write it as PT24H, P2D or P1DT12H; months and years have no fixed length"),
    ),
    "allowance": Form(
        lambda text: read_allowance(text) is not None,
        "SQA123",
        msg("'{value}' is no time that a step may take"),
        lambda _: msg("write it as PT24H, P14D, or 5wd for five working days"),
    ),
    "timezone": Form(is_zone, "SQA124", msg("no time zone is called '{value}'"), _zone_hint),
    "date": Form(_is_date, "SQA126", msg("'{value}' is no date"), lambda _: msg("write it as 2026-12-31")),
    "moment": Form(
        _is_moment, "SQA126", msg("'{value}' is no moment"), lambda _: msg("write it as 2026-12-31T23:59:00")
    ),
    "clock": Form(
        lambda text: _CLOCK.fullmatch(text) is not None,
        "SQA126",
        msg("'{value}' is no time of day"),
        lambda _: msg("write it as 06:00 or 23:30"),
    ),
    "version": Form(
        lambda text: _VERSION.fullmatch(text) is not None,
        "SQA108",
        msg("'{value}' is no version"),
        lambda _: msg('write up to three numbers in quotes: "1.2.0"'),
    ),
    "reference": Form(
        lambda text: read_reference(text) is not None,
        "SQA130",
        msg("'{value}' does not say which version is wanted"),
        lambda _: msg("write id and version: customer-service@1 is the newest 1.x"),
    ),
    "requirement": Form(
        lambda text: _REQUIREMENT.fullmatch(text) is not None,
        "SQA131",
        msg("'{value}' does not name a plugin and its versions"),
        lambda _: msg("write it as 'hotel' or 'hotel >=1.0'"),
    ),
}
