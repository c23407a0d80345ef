"""Measures of the hotel trade: what plain SQL would get wrong at the edges."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.model.ports import Measure

from sqaudit_hotel.measures.cancelling import CancellationRate
from sqaudit_hotel.measures.no_shows import NoShowRate
from sqaudit_hotel.measures.reviews import ReviewIndex
from sqaudit_hotel.measures.rooms import RoomKept

MEASURES: Sequence[Measure] = (CancellationRate(), NoShowRate(), ReviewIndex(), RoomKept())
