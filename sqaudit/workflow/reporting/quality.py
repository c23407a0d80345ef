"""How each item was measured over all sites, and how good its data were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqaudit.model.report import ResultRow
from sqaudit.model.report_parts import ItemRow
from sqaudit.model.score import Status

_NO_VERDICT = (Status.NO_DATA, Status.ERROR, Status.UNANSWERED, Status.NOT_SELECTED)


def item_rows(results: Iterable[ResultRow]) -> tuple[ItemRow, ...]:
    """One row per item, in the order in which the results first name them."""
    own: dict[tuple[str, str], list[ResultRow]] = {}
    for row in results:
        own.setdefault((row.checklist, row.item), []).append(row)
    return tuple(_row(rows) for rows in own.values())


def _row(rows: list[ResultRow]) -> ItemRow:
    first, statuses = rows[0], Counter(row.status for row in rows)
    targets = list(dict.fromkeys(row.target for row in rows if row.target is not None))
    formulas = [row.formula for row in rows if row.formula]
    return ItemRow(
        checklist=first.checklist,
        item=first.item,
        title=first.item_title,
        criterion=first.criterion,
        formula=formulas[0] if formulas else "",
        target="; ".join(targets) or None,
        passed=statuses[Status.PASS],
        failed=statuses[Status.FAIL],
        without_verdict=sum(statuses[status] for status in _NO_VERDICT),
        not_applicable=statuses[Status.NOT_APPLICABLE],
        n=sum(row.n for row in rows),
        missing=sum(row.missing for row in rows),
        invalid=sum(row.invalid for row in rows),
    )
