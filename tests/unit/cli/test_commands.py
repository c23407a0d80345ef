"""What commands ask of the workflow, with stand-ins for it; whole runs are tested elsewhere."""

import json
import sys
from types import SimpleNamespace

import pytest

from sqaudit.cli.session import Session
from sqaudit.errors import InvalidInput, Place, Problem, msg


@pytest.fixture
def stand_in(monkeypatch):
    """Put functions in the place of a workflow module."""

    def replace(module, **functions):
        monkeypatch.setitem(sys.modules, module, SimpleNamespace(**functions))

    monkeypatch.setattr(Session, "open_context", lambda self: f"context of {self.folder}")
    monkeypatch.setattr(Session, "open_host", lambda self: f"host without plugins: {self.no_plugins}")
    return replace


def _remember(calls, answer):
    def remember(*arguments, **named):
        calls.append((arguments, named))
        return answer

    return remember


@pytest.mark.parametrize("words", [["results"], ["results", "list"]])
def test_lists_pass_their_filters_on_with_or_without_the_word(sqaudit, stand_in, words):
    calls = []
    stand_in("sqaudit.workflow.look_up", list_results=_remember(calls, []))
    answer = sqaudit(*words, "--site", "north", "--status", "no_data", "--format", "json", "--lang", "zh")
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, "[]\n", "")
    ((_, named),) = calls
    assert {name: value for name, value in named.items() if value} == {"site": "north", "status": "no_data"}


def test_the_folder_and_the_plugins_are_the_root_groups_business(sqaudit, stand_in, tmp_path):
    (tmp_path / "p").mkdir()
    calls = []
    stand_in("sqaudit.workflow.look_up", list_cycles=_remember(calls, []))
    assert sqaudit("--project", "p", "cycle", "list").exit_code == 0
    assert calls[0][0] == ("context of p",)
    assert sqaudit("--project", "gone", "cycle").exit_code == 2


def test_checking_prints_problems_and_says_how_many(sqaudit, stand_in, tmp_path):
    problem = Problem(Place("a.yaml", 1, 2), "SQA101", msg("odd"))
    calls = []
    stand_in("sqaudit.workflow.check", check_documents=_remember(calls, (problem,)))
    answer = sqaudit("check", str(tmp_path), "--format", "json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)[0]["code"] == "SQA101"
    assert answer.stderr == "errors: 1, warnings: 0\n"
    assert calls[0][0][0] == tmp_path
    stand_in("sqaudit.workflow.check", check_documents=lambda *_: ())
    assert sqaudit("check", str(tmp_path)).exit_code == 0


def test_a_report_goes_to_stdout_or_into_a_file(sqaudit, stand_in, tmp_path, monkeypatch):
    monkeypatch.setattr(Session, "open_context", lambda _: None)
    stand_in(
        "sqaudit.workflow.report",
        build_report=lambda _, programme, period: f"{programme} {period}",
        narrow_report=lambda view, audience, site: f"{view} {audience.value} {site}",
        render_report=lambda _, name, view, language: f"{view} {name} 报告 {language.code}\n",
    )
    answer = sqaudit("report", "monthly", "--period", "2026-10", "--format", "markdown", "--lang", "zh")
    assert answer.stdout == "monthly 2026-10 full None markdown 报告 zh\n"
    chosen = ("--site", "north", "--audience", "site")
    answer = sqaudit("report", "monthly", "--format", "markdown", *chosen, "--output", "out/report.md")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert (tmp_path / "out" / "report.md").read_text(encoding="utf-8") == "monthly None site north markdown 报告 en\n"


def test_codes_are_explained_without_a_project(sqaudit, stand_in, monkeypatch):
    def refuse(_):
        raise InvalidInput("SQA132", msg("no project"))

    calls = []
    monkeypatch.setattr(Session, "open_context", refuse)
    explanation = SimpleNamespace(title=msg("odd"), paragraphs=("so", "what"), table=())
    stand_in("sqaudit.workflow.explain", explain=_remember(calls, explanation))
    assert sqaudit("explain", "sqa101").stdout == "odd\n\nso\n\nwhat\n"
    assert calls[0][0] == (None, "SQA101")


@pytest.mark.parametrize("kind", ["project", "standard", "checklist", "programme"])
def test_schemas_are_printed_as_json(sqaudit, kind):
    answer = sqaudit("schema", kind)
    assert answer.exit_code == 0
    assert "$schema" in json.loads(answer.stdout)


def test_records_are_shown_under_their_own_headings(sqaudit, stand_in):
    found = SimpleNamespace(headers=("id", "reply"), rows=(("7", None), ("=8", "x")), note=msg("2 of 9"))
    stand_in("sqaudit.workflow.records", find_records=lambda *_: found)
    answer = sqaudit("results", "records", "r-1", "--format", "csv")
    assert (answer.stdout, answer.stderr) == ("id,reply\n7,\n'=8,x\n", "2 of 9\n")
    assert sqaudit("results", "records", "r-1", "--limit", "0").exit_code == 2
