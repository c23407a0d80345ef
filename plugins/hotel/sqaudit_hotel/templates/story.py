"""The story of the template: which of its actions are told, from the first day to the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.model.ports import Story, ToldMove

from sqaudit_hotel.templates.cleaning import FOLLOWING, city_hotel, following_action, group_action
from sqaudit_hotel.templates.houses import BLOCKED_STAIRS, OVERBOOKED, TROUBLED
from sqaudit_hotel.templates.single_hotels import room_types, stairway


def group_stories(language: str) -> tuple[Story, ...]:
    """The actions that are told: the group's on cleaning with those that hang on it, then those of single hotels."""

    def say(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    return (
        _story("clean-room-seen", None, group_action(say)),
        *(_story(criterion, None, following_action(say, *what)) for criterion, what in FOLLOWING.items()),
        *(_story("clean-room-seen", house, city_hotel(say, house)) for house in TROUBLED),
        _story("escape-routes", BLOCKED_STAIRS, stairway(say)),
        _story("room-type-kept", OVERBOOKED, room_types(say)),
    )


def _story(criterion: str, site: str | None, moves: Iterator[ToldMove]) -> Story:
    return Story(criterion=criterion, site=site, moves=tuple(moves))
