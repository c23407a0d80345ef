"""The answers of people as part of a cycle: what they change in its plan, and what was observed by them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import astuple, replace

from sqaudit.documents.resolving import canonical_json, content_hash
from sqaudit.model.answer import GivenAnswer
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
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
    measurable: Measurable, sites: Sequence[Site], selected: Collection[str], answers: Iterable[GivenAnswer]
) -> Iterator[Observation]:
    """One observation for every question and every site that is looked at, with its answer if there is one."""
    given = {(answer.key.site, answer.key.item): answer for answer in answers if not answer.key.subject}
    asked = [question for question in measurable.questions if question.item.ask is not None]
    for site in sites:
        for question in asked if not selected or site.id in selected else ():
            answer = given.get((site.id, question.item.id))
            yield Observation(
                site=site.id,
                checklist=question.checklist.id,
                item=question.item.id,
                n=int(answer is not None and answer.value is not None),
                answer=answer,
            )
