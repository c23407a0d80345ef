"""The answers of people as part of a cycle: what they change in its plan, and what was observed by them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import astuple, replace

from sqaudit.documents.resolving import canonical_json, content_hash
from sqaudit.model.answer import AnswerChoice, AnswerKey, GivenAnswer
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.sample import SampleRecord
from sqaudit.workflow.drawn import units_by_site
from sqaudit.workflow.judging.acceptance import NOT_SAMPLED
from sqaudit.workflow.judging.summaries import NO_SUBJECTS
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.plan import CyclePlan

# What an answer stands for: site, item and subject of its question.
AskedOf = tuple[str, str, str]


def with_answers(plan: CyclePlan, answers: Iterable[GivenAnswer], choices: Iterable[AnswerChoice] = ()) -> CyclePlan:
    """The plan with the answers that there are, and what was chosen of them, among its inputs.

    One without questions to people stays as it is. No names are among them: one could be found out from the hash, and
    the hash would change when it is erased. Versions only grow, so that every new answer tells.
    """
    if not plan.measurable.asked_of_people:
        return plan
    versions: defaultdict[str, list[object]] = defaultdict(list)
    for answer in answers:
        *asked, auditor = astuple(answer.key)
        versions[answer.key.site].append([*asked, answer.version, *(["several"] if auditor else [])])
    for question, times in _times_chosen(choices).items():
        versions[question.site].append(["chosen", *astuple(question), times])
    told = {site: content_hash(sorted(given, key=str)) for site, given in sorted(versions.items())}
    whole = canonical_json([plan.fingerprint, told])
    return replace(
        plan, inputs={**plan.inputs, "answers": told}, fingerprint=hashlib.sha256(whole.encode()).hexdigest()
    )


def _times_chosen(choices: Iterable[AnswerChoice]) -> Mapping[AnswerKey, int]:
    """How often another answer was chosen than before, by question; ``choices`` come as they were made."""
    made: defaultdict[AnswerKey, list[object]] = defaultdict(list)
    for choice in choices:
        own, answer = made[replace(choice.key, auditor="")], (choice.key.auditor, choice.version)
        if own[-1:] != [answer]:
            own.append(answer)
    return {question: len(own) for question, own in made.items()}


def latest_choices(choices: Iterable[AnswerChoice]) -> list[AnswerChoice]:
    """What the lead chose last of each question; ``choices`` come as they were made."""
    return list({replace(choice.key, auditor=""): choice for choice in choices}.values())


def standing_answers(answers: Iterable[GivenAnswer], *, several: bool) -> Mapping[AskedOf, tuple[GivenAnswer, ...]]:
    """The answers that count: with ``several`` the latest of every auditor and what a dispute decided, else the latest.

    ``answers`` are the latest of every series. Where the series of all became one for each, or the reverse, those from
    before count as their givers' own, or by when they were given.
    """
    found: defaultdict[AskedOf, list[GivenAnswer]] = defaultdict(list)
    for answer in answers:
        found[answer.key.site, answer.key.item, answer.key.subject].append(answer)
    if several:
        return {place: _of_each(own) for place, own in found.items()}
    return {place: (max(own, key=lambda one: (one.given_at, one.key.auditor)),) for place, own in found.items()}


def _of_each(answers: Iterable[GivenAnswer]) -> tuple[GivenAnswer, ...]:
    ordered = sorted(answers, key=lambda one: one.key.auditor)  # a series of one's own comes after that of all
    return tuple({("" if one.dispute else one.auditor): one for one in ordered}.values())


def observe_answers(  # noqa: PLR0913, PLR0917 - what is asked where, and all that was told
    measurable: Measurable,
    sites: Sequence[Site],
    selected: Collection[str],
    answers: Iterable[GivenAnswer],
    samples: Mapping[str, SampleRecord] = MappingProxyType({}),
    choices: Iterable[AnswerChoice] = (),
    repeated: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Iterator[Observation]:
    """The observations of every question at every site that is looked at: one for each answer, or one without.

    Of a checklist with subjects there are some for each that was drawn at the site; where nothing was drawn at all, one
    that says so. Of a follow-up audit there are only the items ``repeated`` at the site.
    """
    given = standing_answers(answers, several=measurable.programme.team.several is not None)
    chosen = {choice.key: choice.version for choice in latest_choices(choices)}
    asked = measurable.asked_of_people
    drawn = {checklist: units_by_site(sample) for checklist, sample in samples.items()}
    for site in sites:
        here = [one for one in asked if not repeated or one.item.id in repeated.get(site.id, ())]
        for question in here if not selected or site.id in selected else ():
            item, checklist = question.item.id, question.checklist
            about = Observation(site=site.id, checklist=checklist.id, item=item)
            if checklist.subject and checklist.id not in drawn:
                yield replace(about, reason=NOT_SAMPLED)
                continue
            subjects = [unit.id for unit in drawn[checklist.id].get(site.id, ())] if checklist.subject else [""]
            if not subjects:
                yield replace(about, reason=NO_SUBJECTS)
            for subject in subjects:
                for answer in given.get((site.id, item, subject), ()):
                    yield replace(
                        about,
                        subject=subject,
                        n=int(answer.value is not None),
                        answer=answer,
                        auditor=answer.key.auditor,
                        chosen_version=chosen.get(answer.key),
                    )
                if (site.id, item, subject) not in given:
                    yield replace(about, subject=subject)
