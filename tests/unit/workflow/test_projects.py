"""The stories that a template tells of its actions."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from sqaudit.model.action import ActionState, Move
from sqaudit.model.ports import Pack, Story, ToldMove
from sqaudit.plugin import hookimpl
from sqaudit.plugin.host import PluginHost
from sqaudit.plugin.templates import FolderTemplate
from sqaudit.workflow.projects import run_demo

FILES = {
    "sqaudit.yaml": "project: desks\npeople: {olive: {roles: [owner]}, vera: {roles: [verifier]}}\n",
    "standards/desk/standard.yaml": """
kind: standard
id: desk
version: "1.0"
dimensions: {all: {}}
datasets: {calls: {columns: {day: date, fine: boolean}}}
criteria: [{id: fine, dimension: all, target: ">= 1"}]
""",
    "standards/desk/checklists/desk.yaml": """
kind: checklist
id: desk
standard: desk@1
dataset: calls
items: [{criterion: fine, measure: share(fine)}]
""",
    "audits/desk/programme.yaml": """
kind: programme
id: desk
standard: desk@1
checklists: [desk]
sites: [{id: north, manager: olive}, {id: south, manager: olive}]
period: month
sources: {calls: {path: calls.csv, site: desk, time: day}}
follow_up: {systemic: {sites: 2, share: 1}}
""",
    "audits/desk/calls.csv": """desk,day,fine
north,2026-01-05,no
south,2026-01-05,yes
north,2026-02-05,no
south,2026-02-05,no
""",
}
CONTAINED = {"correction": "called back", "containment": "two desks", "consequences": "none", "on": date(2026, 2, 3)}
STORY = Story(
    criterion="fine",
    site="north",
    moves=(ToldMove(Move.CONTAIN, "olive", CONTAINED), ToldMove(Move.VERIFY, "vera", {"evidence": "log"})),
)


@pytest.fixture
def host(tmp_path):
    folder = tmp_path / "template"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    template = FolderTemplate(
        name="desk", folder=folder, programme="desk", periods=("2026-01", "2026-02"), tell=lambda language: [STORY]
    )
    plugin = SimpleNamespace(sqaudit_packs=hookimpl(lambda: [Pack(name="told", templates={"desk": template})]))
    return PluginHost([("told", plugin)])


def test_an_action_that_became_part_of_a_systemic_one_is_told_from_its_first_move(tmp_path, host):
    """North fails in January and has an action; in February both do, and the cycle makes it part of a systemic one."""
    for _ in range(2):  # a demo that is there already is run again, and goes on where its stories ended
        demo = run_demo(
            tmp_path / "project", "desk", language="en", host=host, environ={}, now=datetime(2026, 3, 1, tzinfo=UTC)
        )
        (told,) = demo.actions
        assert told.action.parent is not None
        assert (told.action.state, told.action.containment.by) == (ActionState.VERIFYING, "olive")
