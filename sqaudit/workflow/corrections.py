"""What was corrected in the documents from one cycle to another, such as after a trial evaluation."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sqaudit.documents.differences import Change, differences
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.model.programme import Cycle
from sqaudit.store.engine import Store
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.rows import Row
from sqaudit.workflow.score import collected_cycle, frozen_documents


class Corrections(Struct, frozen=True, kw_only=True):
    """What changed in the documents since the trial evaluation ``since``."""

    since: str
    changes: tuple[Change, ...]


def list_changes(context: Context, programme: str, period: str, until: str | None = None) -> list[Row]:
    """What changed in the documents from the newest revision of a cycle to that of another (default: to now).

    Raises:
        InvalidInput: A cycle has not been collected, or the documents have errors.
    """
    with context.store() as store:
        before = _documents(store, collected_cycle(context, store, programme, period))
        if until is not None:
            after = _documents(store, collected_cycle(context, store, programme, until))
        else:
            after, _ = sound_programme(context, programme)
    return [
        {"document": one.document, "path": one.path, "before": one.before, "after": one.after}
        for one in differences(before, after)
    ]


def corrections_of(store: Store, cycle: Cycle) -> Corrections | None:
    """What was corrected between a trial evaluation and the first real revision after it, if that is of this cycle."""
    follower = next((one for one in reversed(cycle.revisions) if "pilot" in one.inputs), None)
    followed = None if follower is None else follower.inputs["pilot"]
    if follower is None or not isinstance(followed, Mapping):
        return None
    pilot = store.read_cycle(cycle.programme, followed["period"])
    if pilot is None:
        return None
    before = frozen_documents(store, pilot, followed["revision"])
    changes = differences(before, frozen_documents(store, cycle, follower.number))
    return Corrections(since=followed["period"], changes=changes)


def _documents(store: Store, cycle: Cycle) -> ResolvedProgramme:
    return frozen_documents(store, cycle, cycle.revisions[-1].number)
