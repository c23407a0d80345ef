"""Small audits, written as sections of criteria."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Criterion, Dimension, Scoring, Severity, Standard
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit


class Audit:
    """Sections ``{name: (weight, [outcome, …])}``: each outcome is one criterion with one item.

    An outcome is a share of the points, a ``Status``, or ``(weight, outcome)``; a list of outcomes are the items of one
    criterion.
    """

    def __init__(self, sections, scoring=None):
        criteria, self.results = [], []
        for section, (_, outcomes) in sections.items():
            for number, outcome in enumerate(outcomes):
                weight, outcome = outcome if isinstance(outcome, tuple) else (1, outcome)
                criterion = Criterion(
                    id=f"{section}{number}", dimension=section, title=plain("c"), weight=Decimal(str(weight))
                )
                criteria.append(criterion)
                items = outcome if isinstance(outcome, list) else [outcome]
                self.results += [self.result(criterion, place, item) for place, item in enumerate(items)]
        self.standard = Standard(
            id="s",
            version="1",
            title=plain("s"),
            scoring=scoring or Scoring(),
            ratings=(),
            dimensions={
                section: Dimension(id=section, title=plain(section), weight=Decimal(str(weight)))
                for section, (weight, _) in sections.items()
            },
            datasets={},
            criteria={criterion.id: criterion for criterion in criteria},
        )

    def result(self, criterion, place, outcome):
        scored = not isinstance(outcome, Status)
        return ItemResult(
            site="site",
            checklist="list",
            item=f"{criterion.id}-{place}",
            criterion=criterion.id,
            dimension=criterion.dimension,
            status=(Status.PASS if outcome == 1 else Status.FAIL) if scored else outcome,
            severity=Severity.MINOR,
            value=Value(value=None, unit="", formula="sql/1"),
            score=100 * Decimal(str(outcome)) if scored else None,
        )

    @property
    def scores(self):
        return score_audit(self.standard, "site", self.results)

    @property
    def score(self):
        return self.scores.audit.score


@pytest.fixture
def audit():
    return Audit
