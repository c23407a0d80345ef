"""The samples that a cycle rests on: what they change in its plan, and how they come back."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping

from msgspec.structs import replace

from sqaudit.documents.resolving import canonical_json
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.checklist import Checklist
from sqaudit.model.programme import Cycle, Programme
from sqaudit.model.sample import SampleRecord, Unit
from sqaudit.model.score import ItemResult
from sqaudit.store.engine import Store
from sqaudit.workflow.plan import CyclePlan


def newest_samples(store: Store, programme: Programme, period: str) -> dict[str, SampleRecord]:
    """The newest sample of each checklist that needs one, by checklist; those not drawn yet are not there."""
    wanted = {checklist.id for checklist in programme.checklists if _rests_on_sample(programme, checklist)}
    if not wanted:
        return {}
    return {one.checklist: one for one in store.list_samples(programme.id, period, None) if one.checklist in wanted}


def _rests_on_sample(programme: Programme, checklist: Checklist) -> bool:
    """Whether people are asked about drawn subjects only, or drawn subjects decide the items by their number."""
    plan = programme.samples.get(checklist.id)
    return checklist.asks_of_subjects or bool(checklist.subject and plan is not None and plan.acceptance is not None)


def with_samples(plan: CyclePlan, samples: Mapping[str, SampleRecord]) -> CyclePlan:
    """The plan with its samples among the inputs; one for which nothing was drawn stays as it is."""
    if not samples:
        return plan
    drawn = {checklist: sample.id for checklist, sample in sorted(samples.items())}
    whole = canonical_json([plan.fingerprint, {"samples": drawn}])
    return replace(
        plan, inputs={**plan.inputs, "samples": drawn}, fingerprint=hashlib.sha256(whole.encode()).hexdigest()
    )


def kept_samples(store: Store, cycle: Cycle, inputs: Mapping[str, object]) -> dict[str, SampleRecord]:
    """The samples that a revision of a cycle with these inputs was made with, by checklist.

    Raises:
        InvalidInput: One of them is no longer in the store.
    """
    noted = inputs.get("samples") or {}
    assert isinstance(noted, Mapping)  # noqa: S101 - written by us
    if not noted:
        return {}
    kept = {record.id: record for record in store.list_samples(cycle.programme, cycle.period)}
    for identity in noted.values():
        if identity not in kept:
            raise InvalidInput(
                "SQA707",
                msg("no sample is called '{id}'", id=identity),
                msg("the store was changed: `sqaudit store verify`, and compare with a backup"),
            )
    return {checklist: kept[identity] for checklist, identity in noted.items()}


def units_by_site(sample: SampleRecord | None) -> Mapping[str, list[Unit]]:
    """What was drawn at each site, in the order of the draw."""
    by_site: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in () if sample is None else sample.draw.units:
        by_site[unit.site].append(unit)
    return by_site


def told_lot(inputs: Mapping[str, object], result: ItemResult) -> Message:
    """What a result that was decided by numbers rests on, in the revision with these inputs."""
    noted = inputs.get("samples")
    return msg(
        "decided by how many of the drawn subjects fail: sample {sample}, judged {judged}, not judged {missing}",
        sample=noted.get(result.checklist, "-") if isinstance(noted, Mapping) else "-",
        judged=result.n,
        missing=result.missing,
    )
