"""The answers of people as part of a cycle: what they change in its plan, and what was observed by them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import astuple, replace

from sqaudit.documents.resolving import canonical_json, content_hash
from sqaudit.model.answer import GivenAnswer
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.sample import SampleRecord
from sqaudit.workflow.drawn import units_by_site
from sqaudit.workflow.judging.acceptance import NOT_SAMPLED
from sqaudit.workflow.judging.summaries import NO_SUBJECTS
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.plan import CyclePlan


def with_answers(plan: CyclePlan, answers: Iterable[GivenAnswer]) -> CyclePlan:
    """The plan with the answers that there are among its inputs; one without questions to people stays as it is."""
    if not plan.measurable.answers:
        return plan
    versions: defaultdict[str, list[object]] = defaultdict(list)
    for answer in answers:
        versions[answer.key.site].append([*astuple(answer.key), answer.version])
    told = {site: content_hash(sorted(given, key=str)) for site, given in sorted(versions.items())}
    whole = canonical_json([plan.fingerprint, told])
    return replace(
        plan, inputs={**plan.inputs, "answers": told}, fingerprint=hashlib.sha256(whole.encode()).hexdigest()
    )


def observe_answers(
    measurable: Measurable,
    sites: Sequence[Site],
    selected: Collection[str],
    answers: Iterable[GivenAnswer],
    samples: Mapping[str, SampleRecord] = MappingProxyType({}),
) -> Iterator[Observation]:
    """One observation for every question and every site that is looked at, with its answer if there is one.

    Of a checklist with subjects there is one for each that was drawn at the site; where nothing was drawn at all, one
    that says so.
    """
    given = {(answer.key.site, answer.key.item, answer.key.subject): answer for answer in answers}
    asked = [question for question in measurable.questions if question.item.ask is not None]
    drawn = {checklist: units_by_site(sample) for checklist, sample in samples.items()}
    for site in sites:
        for question in asked if not selected or site.id in selected else ():
            item, checklist = question.item.id, question.checklist
            about = Observation(site=site.id, checklist=checklist.id, item=item)
            if checklist.subject and checklist.id not in drawn:
                yield replace(about, reason=NOT_SAMPLED)
                continue
            subjects = [unit.id for unit in drawn[checklist.id].get(site.id, ())] if checklist.subject else [""]
            if not subjects:
                yield replace(about, reason=NO_SUBJECTS)
            for subject in subjects:
                answer = given.get((site.id, item, subject))
                is_known = answer is not None and answer.value is not None
                yield replace(about, subject=subject, n=int(is_known), answer=answer)
