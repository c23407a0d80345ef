"""The record files of the template, the same bytes on every Python: only ``Random.random()`` and integers are used."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit_hotel.templates import guests, running

_FOLDER = "audits/hotel-group/data"


def group_records() -> Mapping[str, str]:
    """The files by path relative to the project's folder."""
    made = {
        "bookings": running.bookings,
        "complaints": guests.complaints,
        "maintenance": running.maintenance,
        "meals": running.meals,
        "messages": running.messages,
        "readings": running.readings,
        "requests": running.requests,
        "reviews": guests.reviews,
        "room-checks": running.room_checks,
        "rounds": running.rounds,
        "surveys": guests.surveys,
        "training": running.training,
        "visit-answers": guests.visit_answers,
        "visits": guests.visits,
    }
    return {f"{_FOLDER}/{name}.csv": make() for name, make in made.items()}
