"""Findings of a revision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete

from sqaudit.model.finding import Finding
from sqaudit.model.standard import Severity
from sqaudit.store.choosing import Choice, choose_rows
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.encoding import read_json, write_json
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import findings

_FINDING = ("revision_id", "site", "criterion", "id", "items", "severity")

_SEVERITIES = {severity: severity.value for severity in Severity}


def replace_findings(connection: Connection, revision_id: int, raised: Iterable[Finding]) -> None:
    """Save the findings of a revision instead of those it has."""
    connection.execute(delete(findings).where(findings.c.revision_id == revision_id))
    insert_rows(
        connection,
        findings,
        _FINDING,
        (
            (revision_id, one.site, one.criterion, one.id, write_json(one.items), _SEVERITIES[one.severity])
            for one in raised
        ),
    )


def read_findings(connection: Connection, choice: Choice) -> list[tuple[RevisionKey, Finding]]:
    """Findings by programme, period, revision, site and criterion."""
    chosen = choose_rows(connection, findings, _FINDING[1:], choice)
    chosen.sort(key=lambda row: (row[0], row[2][:2]))
    return [(key, _finding(values)) for _, key, values in chosen]


def _finding(values: tuple[Any, ...]) -> Finding:
    site, criterion, id_, items, severity = values
    return Finding(id=id_, site=site, criterion=criterion, items=tuple(read_json(items)), severity=Severity(severity))
