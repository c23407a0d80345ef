"""How samples are to be drawn, and what came of it in each stratum, by name: there is more to say than four numbers."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_PLAN = ("size", "total", "strata", "method")
_STRATUM = ("site", "values", "units", "drawn")


def upgrade() -> None:
    """Name the parts of plans and strata, which went by their place."""
    samples = sa.table("samples", *map(sa.column, ("id", "plan", "strata")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(samples)).all():
        plan = dict(zip(_PLAN, json.loads(row.plan), strict=True))
        strata = [dict(zip(_STRATUM, stratum, strict=True)) for stratum in json.loads(row.strata)]
        named = samples.update().where(samples.c.id == row.id).values(plan=_text(plan), strata=_text(strata))
        connection.execute(named)


def _text(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
