"""A page of corrective actions, the first 50 due of 100,000, through our store against the bare query of its driver.

``python benchmarks/actions.py [sqlite|postgresql]``: both in one process, in turns, over the same rows and columns.
Prints the milliseconds that a page takes in each turn, ours first. The server is that of the tests: a database on
``$SQAUDIT_TEST_PG_URL``, or one of our own.
"""

from __future__ import annotations

import contextlib
import runpy
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sqaudit.model.action import (
    ActionState,
    Analysis,
    CauseCode,
    CauseMethod,
    Containment,
    CorrectiveAction,
    Deadline,
    EffectCriterion,
    Move,
    Plan,
    PlanStep,
    Verdict,
    Verification,
    Why,
)
from sqaudit.model.action import Path as Way
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.programme import Period, Revision
from sqaudit.model.standard import Severity
from sqaudit.store.actions import ActionChoice, Recorded
from sqaudit.store.engine import open_store
from sqaudit.store.parts.results import Following

ACTIONS = 100_000
PAGE = 50
TURNS = 501  # a page takes less than a millisecond, so that a busy moment hits whole turns
_START = datetime(2026, 1, 1, 9, tzinfo=UTC)
_PERIOD = Period(label="2026-01", start=_START, end=_START + timedelta(days=31))
_SAID = "What was found, told in as many words as people use for it, by the hour and by the desk. "
_CONTAINMENT = Containment(by="o", on=date(2026, 1, 2), correction=_SAID, containment=_SAID, consequences=_SAID)
_ANALYSIS = Analysis(
    by="o",
    method=CauseMethod.FIVE_WHYS,
    cause=_SAID,
    code=CauseCode.PROCESS,
    extent=_SAID,
    escape=_SAID,
    whys=(Why(cause=_SAID, evidence=_SAID),) * 3,
)
_PLAN = Plan(
    by="o",
    steps=(PlanStep(text=_SAID, owner="o", due=date(2026, 3, 1)),) * 3,
    effect=EffectCriterion(
        indicator="c1", baseline="2026-01", target=">= 0.9", improve=0.05, check_on=date(2026, 4, 1), guards=("c2",)
    ),
)
_VERIFICATION = Verification(evidence=_SAID, checked_by="v", verdict=Verdict.PARTLY)
_ANALYSED: dict[str, Any] = {"containment": _CONTAINMENT, "analysis": _ANALYSIS}
_VERIFIED = _ANALYSED | {"plan": _PLAN, "verification": _VERIFICATION}
_LIVES: tuple[tuple[ActionState, dict[str, Any]], ...] = (
    (ActionState.OPEN, {}),
    (ActionState.CONTAINED, {"containment": _CONTAINMENT}),
    (ActionState.ANALYSED, _ANALYSED),
    (ActionState.PLANNED, _ANALYSED | {"plan": _PLAN}),
    (ActionState.APPROVED, _ANALYSED | {"plan": _PLAN}),
    (ActionState.IMPLEMENTED, _ANALYSED | {"plan": _PLAN}),
    (ActionState.VERIFYING, _VERIFIED),
    (ActionState.CLOSED, _VERIFIED),
    (ActionState.CLOSED, _VERIFIED),
    (ActionState.CANCELLED, {}),
)
BARE = f"""SELECT id, programme, finding, criterion, site, severity, path, state, opened_at, updated_at, owner, parent,
due, due_for, implemented_on, verdict, closed_at, reopenings, extensions, checks, version, content
FROM actions WHERE state NOT IN ('closed', 'cancelled') AND due IS NOT NULL ORDER BY due, id LIMIT {PAGE}"""


def made_actions() -> Iterator[CorrectiveAction]:
    """Actions at every point of their life, each with what has been said by then."""
    for number in range(ACTIONS):
        state, said = _LIVES[number % len(_LIVES)]
        action = CorrectiveAction(
            id=f"a-{number:012x}",
            programme="tickets",
            finding=f"f-{number:012x}",
            criterion=f"c{number % 50}",
            site=str(number % 2000),
            severity=Severity.MAJOR,
            path=Way.FULL,
            state=state,
            opened_at=_START,
            updated_at=_START,
            owner=f"owner{number % 500}",
            due=None if state.is_final else _START + timedelta(minutes=7919 * number % 500_000),
            due_for=None if state.is_final else Move.PLAN,
        )
        yield replace(action, **said)


def opened(action: CorrectiveAction) -> Recorded:
    """An action as it is kept at first, with four deadlines."""
    deadlines = tuple(
        Deadline(action=action.id, number=number, step=step, due=_START + timedelta(days=number), set_at=_START)
        for number, step in enumerate((Move.CONTAIN, Move.ANALYSE, Move.PLAN, Move.IMPLEMENT), 1)
    )
    deed = Deed(kind=EventKind.ACTION_OPENED, when=_START, programme="tickets", thing=action.id)
    return Recorded(action=action, deadlines=deadlines, deed=deed)


@contextlib.contextmanager
def place_of(engine: str, folder: Path) -> Iterator[tuple[str, Callable[[], Sequence[Any]]]]:
    """The URL of a store that is not there yet, and how its driver is asked for a page."""
    if engine == "sqlite":
        connection = sqlite3.connect(folder / "store.db")
        yield "sqlite:///store.db", lambda: connection.execute(BARE).fetchall()
        connection.close()
        return
    running_server = runpy.run_path(str(Path(__file__).parents[1] / "tests" / "postgres.py"))["running_server"]
    with running_server() as server:
        import psycopg  # noqa: PLC0415  # not everybody has it

        # As ours: a pool between us and the server may change the server under us, so that nothing is prepared there.
        with psycopg.connect(server.url, autocommit=True, prepare_threshold=None) as session:
            yield server.url, lambda: session.execute(BARE).fetchall()


def milliseconds(ask: Callable[[], Sequence[Any]]) -> float:
    """What one page takes."""
    start = time.perf_counter_ns()
    ask()
    return (time.perf_counter_ns() - start) / 1_000_000


def measure(engine: str) -> Iterator[tuple[float, float]]:
    """Milliseconds of ours and of the driver, turn by turn."""
    with (
        tempfile.TemporaryDirectory() as name,
        place_of(engine, Path(name)) as (url, bare),
        open_store(url, Path(name)) as store,
    ):
        store.add_revision(
            programme="tickets",
            period=_PERIOD,
            revision=Revision(number=1, fingerprint="0", recorded_at=_PERIOD.end, inputs={}, changes=()),
            documents=[],
            sites=[],
            sources=[],
            observations=[],
        )
        following = Following(opened=[opened(action) for action in made_actions()])
        store.save_scored("tickets", _PERIOD.label, 1, [], [], lambda _known, _actions: following)
        choice = ActionChoice(is_final=False, most=PAGE)
        assert [one.id for one in store.list_actions(choice)] == [row[0] for row in bare()]  # noqa: S101
        for _ in range(TURNS):
            yield milliseconds(lambda: store.list_actions(choice)), milliseconds(bare)


if __name__ == "__main__":
    for ours, theirs in measure(sys.argv[1] if len(sys.argv) > 1 else "sqlite"):
        print(f"{ours:.4f} {theirs:.4f}")
