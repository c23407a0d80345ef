"""The nights of a period, one row each.

sources:
  nights: {collector: nights}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqaudit.errors import UnusableSource, told
from sqaudit.model.ports import Collected, CollectRequest

_NOT_READ = {"en": "nights are made, not read from '{path}'", "zh": "间夜由程序生成，不从 '{path}' 读取"}
_HINT = {
    "en": "take the path away, or leave the collector out to read the file",
    "zh": "去掉 path；或去掉 collector 以读取该文件",
}


class NightsCollector:
    """One row, ``night``, for each day on whose evening the period has begun and not ended.

    A stay belongs to the night that a guest slept, not to the day of its arrival: joined with bookings by
    ``arrives_on <= night AND night < departs_on`` the rows say how many rooms were occupied. Stays that begin before
    the period or end after it count with the nights that lie in it, and a stay of no night with none.

    Example:
        ``nights: {collector: nights}``
    """

    name = "nights"
    parameters_schema: Mapping[str, object] = {"type": "object", "additionalProperties": False}

    def collect(self, request: CollectRequest) -> Collected:
        """The nights of the period asked for.

        Raises:
            UnusableSource: The source names files, which nobody would read.
        """
        if request.source.paths:
            raise UnusableSource("SQA501", told(_NOT_READ, path=", ".join(request.source.paths)), told(_HINT))
        first, end = request.period.start.date(), request.period.end.date()
        return Collected(rows=[{"night": first + timedelta(days=day)} for day in range((end - first).days)])
