import runpy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sqaudit.follow_up import moves
from sqaudit.follow_up.awaiting import with_due
from sqaudit.follow_up.deadlines import first_deadlines
from sqaudit.follow_up.states import find_transition
from sqaudit.follow_up.timing import Clock, after_move
from sqaudit.model.action import ActionState, CorrectiveAction, Move
from sqaudit.model.action import Path as Way
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.evidence import Observation
from sqaudit.model.finding import Finding, Sighting
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.programme import Period, Revision, Site
from sqaudit.model.score import ItemResult, Level, Score, Status, Value
from sqaudit.model.standard import Severity
from sqaudit.model.texts import plain
from sqaudit.store.actions import Recorded
from sqaudit.store.documents import store_document
from sqaudit.store.engine import open_store
from sqaudit.store.parts.results import Following

running_server = runpy.run_path(str(Path(__file__).parents[2] / "postgres.py"))["running_server"]

OPENED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MOVED_AT = datetime(2026, 11, 3, 9, tzinfo=UTC)


class Make:
    """Small values, with only what a test wants to vary."""

    @staticmethod
    def month(number=10):
        start, end = datetime(2026, number, 1, tzinfo=UTC), datetime(2026, number + 1, 1, tzinfo=UTC)
        return Period(label=f"2026-{number:02}", start=start, end=end)

    @staticmethod
    def revision(number=1, **more):
        values = {"fingerprint": f"f{number}", "recorded_at": datetime(2026, 11, number, 8, tzinfo=UTC), "inputs": {}}
        return Revision(number=number, **(values | more))

    @staticmethod
    def site(id_="north", **more):
        return Site(id=id_, title=plain(id_), **more)

    @staticmethod
    def observation(site="north", item="wait", **more):
        return Observation(site=site, checklist="desk", item=item, **more)

    @staticmethod
    def document(content='{"kind":"standard"}'):
        return store_document(kind="standard", id="service", version="1.0", content=content)

    @staticmethod
    def result(site="north", item="wait", **more):
        values = {
            "criterion": "RS-1",
            "dimension": "speed",
            "status": Status.PASS,
            "severity": Severity.MAJOR,
            "value": Value(value=0.1, unit="share", formula="share"),
        }
        return ItemResult(site=site, checklist="desk", item=item, **(values | more))

    @staticmethod
    def score(level=Level.AUDIT, id_="north", site="north", **more):
        values = {
            "score": Decimal(80),
            "raw_score": Decimal(80),
            "coverage": Decimal(1),
            "weight": Decimal(1),
            "items": 1,
        }
        return Score(level=level, id=id_, site=site, **(values | more))

    @staticmethod
    def finding(site="north", criterion="RS-1", **more):
        values = {
            "id": f"f-{site}-{criterion}",
            "programme": "monthly",
            "period": "2026-10",
            "severity": Severity.MAJOR,
            "raised_at": datetime(2026, 11, 1, tzinfo=UTC),
        }
        return Finding(site=site, criterion=criterion, **(values | more))

    @staticmethod
    def following(*findings):
        """What comes of a cycle that shows these findings, each by one item."""

        def follow(known, actions_of):
            there = {one.finding.id for one in known}
            return Following(
                sightings=[
                    Sighting(site=f.site, criterion=f.criterion, items=("wait",), severity=f.severity, finding=f.id)
                    for f in findings
                ],
                raised=[one for one in findings if one.id not in there],
            )

        return follow

    @staticmethod
    def opened(number=1, at=OPENED_AT, **more):
        """A new action, its deadlines, and what the log says of it."""
        values = {"owner": "olive", "site": "north", "severity": Severity.MAJOR, "path": Way.FULL} | more
        action = CorrectiveAction(
            id=f"a-{number}",
            programme="monthly",
            finding=f"f-{number}",
            criterion="RS-1",
            state=ActionState.OPEN,
            opened_at=at,
            updated_at=at,
            **values,
        )
        deadlines = first_deadlines(action.id, at, action.severity, action.path, FollowUp(), None, "UTC")
        deed = Deed(kind=EventKind.ACTION_OPENED, when=at, programme="monthly", thing=action.id)
        return Recorded(action=with_due(action, deadlines), deadlines=deadlines, deed=deed)

    @staticmethod
    def moving(move, who="olive", at=MOVED_AT, **given):
        """What the store calls to make a move; ``given`` is what is said."""

        def change(before, deadlines):
            find_transition(before, Move(move))
            said = moves.Said(who=who, now=at, today=at.date(), given=given)
            made = {**vars(moves), "verify": moves.begin_verifying}[move](before, said)
            made = replace(made, updated_at=at, version=before.version + 1)
            kept = after_move(before, made, deadlines, Clock(rules=FollowUp(), calendar=None, zone="UTC", now=at))
            after = with_due(made, kept)
            told = {"move": move, "state": after.state.value} if after.state is not before.state else {"move": move}
            deed = Deed(
                kind=EventKind.ACTION_MOVED,
                when=at,
                programme="monthly",
                thing=before.id,
                who=who,
                before={"state": before.state.value},
                after=told,
            )
            return Recorded(action=after, deadlines=kept, deed=deed)

        return change

    def add_actions(self, store, *opened):
        """Record a scored revision that opens these actions."""
        self.add(store)
        following = Following(opened=opened)
        store.save_scored("monthly", "2026-10", 1, [self.result()], [], lambda _known, _actions: following)

    def score_next_month(self, store):
        """Score a revision of November that opens two actions and takes up that of October again."""
        raised = [self.finding(site, period="2026-11", action=f"a-{site}") for site in ("north", "east")]

        def follow(known, actions_of):
            before, deadlines = actions_of(["a-1"])["a-1"]
            seen = self.following(*raised)(known, actions_of)
            moved = self.moving("cancel", reason="recurrence")(before, deadlines)
            return replace(seen, opened=[self.opened(site) for site in ("north", "east")], moved=[moved])

        store.save_scored("monthly", "2026-11", 1, [self.result()], [self.score()], follow)

    def add(self, store, period=None, number=1, programme="monthly", **more):
        """Record a small revision."""
        parts = {
            "documents": [self.document()],
            "sites": [self.site()],
            "sources": [],
            "observations": [self.observation()],
            "revision": self.revision(number),
        }
        store.add_revision(programme=programme, period=period or self.month(), **(parts | more))


@pytest.fixture(scope="session")
def make():
    return Make()


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server of our own; where there is none, what needs it is skipped by name."""
    with running_server() as started:
        yield started


@pytest.fixture
def database(server):
    """An empty database on the server."""
    server.run("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public")
    return server


@pytest.fixture(params=["file", "memory", "postgresql"])
def store(request, tmp_path):
    with open_store(url_of(request, request.param), tmp_path) as opened:
        yield opened


@pytest.fixture(params=["file", "postgresql"])
def url(request):
    """The URL of a store that several processes can open."""
    return url_of(request, request.param)


def url_of(request, kind):
    if kind == "postgresql":
        return request.getfixturevalue("database").url
    return "sqlite:///sqaudit.db" if kind == "file" else "sqlite://"
