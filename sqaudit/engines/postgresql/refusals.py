"""Why a server lets nobody in, in words a person can act on."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.errors import Message, msg


def tell_refusal(url: str, said: str) -> tuple[Message, Message]:
    """What keeps us out and what to do about it, without the password; ``said`` is what libpq says."""
    try:
        parts = urlsplit(url)
        host = ":".join(str(part) for part in (parts.hostname or "localhost", parts.port) if part is not None)
        user, database = unquote(parts.username or ""), parts.path.lstrip("/")
        secret = parts.password
    except ValueError:
        host, user, database, secret = "", "", "", None
    line = next((line for line in reversed(said.splitlines()) if line.strip() and not line.startswith("\t")), "")
    for one in {secret, unquote(secret)} if secret else ():
        line = line.replace(one, "…")
    if "password" in line or "authentication" in line or "pg_hba" in line:
        message = msg(
            "{engine} at {host} does not let '{user}' in: {reason}",
            engine=ENGINE,
            host=host,
            user=user,
            reason=_end(line),
        )
        return message, msg("see that user and password in its URL are right")
    if "database" in line and "does not exist" in line:
        message = msg("{engine} at {host} has no database '{database}'", engine=ENGINE, host=host, database=database)
        return message, msg("correct the end of its URL, which names the database")
    message = msg("{engine} at {host} cannot be reached: {reason}", engine=ENGINE, host=host, reason=_end(line))
    return message, msg("see that host and port in its URL are right and that the server lets this machine connect")


def _end(line: str) -> str:
    """The reason at the end of what libpq says."""
    return re.sub(r"^.*(FATAL|failed|error): +", "", line).strip()
