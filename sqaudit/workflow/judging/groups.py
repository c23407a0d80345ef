"""The groups of a breakdown: the same measure in parts of a site, beside the whole and without points."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult
from sqaudit.scoring.items import Question
from sqaudit.workflow.judging.items import judge_observation
from sqaudit.workflow.judging.persons import hide_persons
from sqaudit.workflow.measurable import Measurable


def judge_groups(
    measurable: Measurable, question: Question, site: Site, observations: Sequence[Observation]
) -> list[ItemResult]:
    """The results of an item's groups at a site, by their keys."""
    ordered = sorted(observations, key=lambda seen: seen.group)
    results = [judge_observation(measurable, question, site, seen) for seen in ordered]
    item = question.item.id
    return hide_persons(results) if item in measurable.about_persons or item in measurable.by_persons else results
