"""The groups of a breakdown: the same in parts of a site, beside the whole and without counting in its score."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sqaudit.model.checklist import Checklist
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.sample import SampleRecord
from sqaudit.model.score import ItemResult
from sqaudit.scoring.items import Question
from sqaudit.workflow.judging.items import judge_observation
from sqaudit.workflow.judging.persons import hide_persons
from sqaudit.workflow.judging.summaries import Subject, summarise
from sqaudit.workflow.measurable import Measurable


def judge_groups(
    measurable: Measurable, question: Question, site: Site, observations: Sequence[Observation]
) -> list[ItemResult]:
    """The results of an item's groups at a site, by their keys."""
    ordered = sorted(observations, key=lambda seen: seen.group)
    results = [judge_observation(measurable, question, site, seen) for seen in ordered]
    item = question.item.id
    return hide_persons(results) if item in measurable.about_persons or item in measurable.by_persons else results


def judge_groups_of_subjects(  # noqa: PLR0913, PLR0917 - where the groups come from, and what is judged in them
    measurable: Measurable,
    checklist: Checklist,
    sample: SampleRecord | None,
    questions: Sequence[Question],
    site: Site,
    subjects: Sequence[Subject],
) -> Iterator[ItemResult]:
    """The results of questions in groups of the drawn subjects, by the strata they were drawn from.

    The score of such a group is that of its subjects.
    """
    if sample is None:
        return
    strata = sample.draw.plan.strata
    values = {
        unit.id: dict(zip(strata, unit.stratum, strict=True)) for unit in sample.draw.units if unit.site == site.id
    }
    for question in questions:
        item = question.item
        if item.ask is None or not item.by:
            continue
        groups: defaultdict[str, list[Subject]] = defaultdict(list)
        for subject in subjects:
            if subject.label in values:
                key = [values[subject.label].get(name) for name in item.by]
                groups[json.dumps(key, ensure_ascii=False)].append(subject)
        results = [
            replace(summarise(measurable, checklist, question, site, own), group=label)
            for label, own in sorted(groups.items())
        ]
        yield from hide_persons(results) if item.id in measurable.grouped_by_persons else results
