"""Files in the project's folders.

sources:
  tickets: {path: "data/tickets-*.csv", time: opened_at}
"""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.model.ports import Collected, CollectRequest
from sqaudit.sources.files import find_files


class FileCollector:
    """Finds the files a source names: paths and patterns relative to the programme's folder."""

    name = "file"
    parameters_schema: Mapping[str, object] = {"type": "object", "additionalProperties": False}

    def collect(self, request: CollectRequest) -> Collected:
        """The files, sorted by name; raises ``UnusableSource`` if one is missing or a pattern matches nothing."""
        return Collected(paths=find_files(request.source, request.project))
