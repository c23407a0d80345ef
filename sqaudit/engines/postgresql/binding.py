"""Values that are used more than once in a piece of SQL, worked out once."""

from __future__ import annotations

import re

ENGINE = "PostgreSQL"
_SIMPLE = re.compile(r'\(*([a-z0-9_]+|"[^"]*")\."[^"]*"\)*(::[a-z]+)?|[a-z0-9_.]+')


def bound(sql: str, body: str) -> str:
    """``body`` over the value ``_v.n``, which is worked out once a row however often the body names it."""
    if _SIMPLE.fullmatch(sql):
        return f"({body.replace('_v.n', sql)})"
    return f"(SELECT {body} FROM (SELECT {sql} AS n OFFSET 0) AS _v)"
