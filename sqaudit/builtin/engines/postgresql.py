"""PostgreSQL, where the records lie in a table.

sources:
  tickets: {engine: {postgresql: {url: "env:TICKETS_URL", timeout: PT5M}}, table: service.tickets, time: opened_at}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.ports import EngineRequest, EngineSession
from sqaudit.model.target import read_duration

_DEFAULT_TIMEOUT = "PT10M"
# A reference, or a URL without a password.
_URL = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|postgres(ql)?://(?![^/?#]*:[^/?#@]*@)(?!.*[?&]password=).*)$"


class PostgreSQLEngine:
    """Computes measures in a PostgreSQL database: reads one table, copies nothing, writes nothing.

    ``url`` is ``env:NAME`` or ``file:PATH``, which hold the URL, or a URL without a password; ``timeout`` is how long
    one query may take.
    """

    name = "postgresql"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["url"],
        "properties": {
            "url": {
                "type": "string",
                "pattern": _URL,
                "examples": [
                    "env:TICKETS_URL",
                    "file:secrets/tickets-url",
                    "postgresql://audit@db.example.org/service",
                ],
                "description": "Where the database is; env:NAME or file:PATH hold it with its password",
            },
            "timeout": {
                "type": "string",
                "pattern": r"^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$",
                "default": _DEFAULT_TIMEOUT,
                "description": "How long one query may take, such as PT5M",
            },
        },
    }

    def open(self, request: EngineRequest) -> AbstractContextManager[EngineSession]:
        """A session in the database; raises ``UnusableSource`` if it cannot be reached or lets nobody in."""
        from sqaudit.engines.postgresql.connecting import open_session

        url = str(request.parameters["url"])
        timeout = read_duration(str(request.parameters.get("timeout", _DEFAULT_TIMEOUT)))
        if re.match(r"postgres(ql)?://", url) is None:
            raise UnusableSource(
                "SQA517",
                msg("the 'url' of {engine} is no URL", engine="PostgreSQL"),
                msg("write it as postgresql://user@host/database"),
            )
        return open_session(url, zone=request.zone, timeout=max(timeout or 0, 1))
