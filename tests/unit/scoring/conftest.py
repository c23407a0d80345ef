"""Small audits, written as sections of criteria."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sqaudit.model.checklist import Item
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Criterion, Dimension, Scoring, Severity, Standard
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.items import score_by_policy


class Audit:
    """Sections ``{name: (weight, [outcome, …])}``: each outcome is one criterion with one item.

    An outcome is a share of the points, a ``Status``, or ``(weight, outcome)``; a list of outcomes are the items of one
    criterion. What was not looked at has the score that the policies give it.
    """

    def __init__(self, sections, scoring=None):
        criteria, self.results, self.scoring = [], [], scoring or Scoring()
        for section, (_, outcomes) in sections.items():
            for number, written in enumerate(outcomes):
                weight, outcome = written if isinstance(written, tuple) else (1, written)
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
            scoring=self.scoring,
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
        item = Item(id=f"{criterion.id}-{place}", title=plain("i"), dataset="", measure="")
        unscored = None if scored else score_by_policy(item, self.scoring, outcome)
        return ItemResult(
            site="site",
            checklist="list",
            item=item.id,
            criterion=criterion.id,
            dimension=criterion.dimension,
            status=(Status.PASS if outcome == 1 else Status.FAIL) if scored else outcome,
            severity=Severity.MINOR,
            value=Value(value=None, unit="", formula="sql/1"),
            score=100 * Decimal(str(outcome)) if scored else unscored,
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
