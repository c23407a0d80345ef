"""A plugin's object that goes wrong stays its own: its items are in error, the others keep their values."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from sqaudit import builtin
from sqaudit.documents.building import build_programme
from sqaudit.documents.settings import Settings
from sqaudit.errors import Incomplete
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.locale import open_language
from sqaudit.measures.language import compile_measure
from sqaudit.model.ports import ArgumentKind
from sqaudit.model.score import Status
from sqaudit.plugin import hookimpl
from sqaudit.plugin.host import PluginHost
from sqaudit.workflow.check import check_documents
from sqaudit.workflow.context import Context, read_documents
from sqaudit.workflow.look_up import list_results
from sqaudit.workflow.report import build_report, render_report
from sqaudit.workflow.run import run

NOW = datetime(2026, 11, 5, tzinfo=UTC)
CHECKLIST = "standards/my-service/checklists/desk.yaml"
PROGRAMME = "audits/first-audit/programme.yaml"


class _Broken:
    """Every kind of object, and each one fails when it is used."""

    name = "broken"
    parameters_schema: dict = {}  # noqa: RUF012
    media_type = "text/plain"
    extension = "txt"

    def problem(self, parameters, target):
        return None

    def score(self, value, target, parameters):
        raise ZeroDivisionError("no score today")

    def collect(self, request):
        raise OSError("the line is dead")

    formula = "broken/1"
    signatures = ((ArgumentKind.CONDITION,),)

    def unit(self, arguments):
        return "share"

    def statistics(self, arguments):
        raise RuntimeError("no statistics")

    def finish(self, statistics, unit):
        raise AssertionError

    def against(self, arguments, direction):
        raise AssertionError

    def render(self, view, language):
        raise KeyError("nowhere")


@pytest.fixture
def context(project):
    """A context of a small project whose host knows the broken plugin; documents are read when it is called."""
    plugin = SimpleNamespace(
        sqaudit_scorers=hookimpl(lambda: [_Broken()], specname="sqaudit_scorers"),
        sqaudit_collectors=hookimpl(lambda: [_Broken()], specname="sqaudit_collectors"),
        sqaudit_reporters=hookimpl(lambda: [_Broken()], specname="sqaudit_reporters"),
        sqaudit_measures=hookimpl(lambda: [_Broken()], specname="sqaudit_measures"),
    )
    host = PluginHost([("builtin", builtin), ("broken", plugin)])
    made = project()

    def read(name=None, old="", new=""):
        if name is not None:
            made.edit(name, old, new)
        library = read_documents(made.folder, host, NOW)
        return Context(folder=made.folder, library=library, host=host, settings=Settings(now=NOW))

    return read


def test_a_scorer_that_fails_makes_its_items_errors_and_no_others(context):
    ready = context(CHECKLIST, "score: {linear: {zero: 0.40, full: target}}", "score: broken")
    summary = run(ready, "first-audit", "2026-10")
    assert summary.incomplete
    assert summary.statuses[Status.ERROR] == 2
    failed = [row for row in list_results(ready) if row["status"] == "error"]
    assert {row["item"] for row in failed} == {"satisfied-share"}
    assert all("no score today" in row["reason"] for row in failed)
    assert summary.score.score is not None


def test_a_measure_that_fails_is_told_by_check_with_its_place(context):
    ready = context(CHECKLIST, "measure: share(solved)", "measure: broken(solved)")
    problems = check_documents(ready.folder, ready.host, NOW)
    assert [(str(p.place), p.code) for p in problems] == [(f"{CHECKLIST}:16:14", "SQA408")]
    summary = run(ready, "first-audit", "2026-10")
    assert summary.incomplete
    assert summary.statuses[Status.ERROR] == 2
    failed = [row for row in list_results(ready) if row["status"] == "error"]
    assert {row["item"] for row in failed} == {"solved-share"}
    assert all("no statistics" in row["reason"] for row in failed)


def test_a_collector_that_fails_is_told_and_its_dataset_is_in_error(context):
    ready = context(PROGRAMME, "{path: requests.csv,", "{path: requests.csv, collector: broken,")
    summary = run(ready, "first-audit", "2026-10")
    assert summary.statuses == {Status.ERROR: 6}
    (problem,) = summary.problems
    assert (problem.dataset, problem.code) == ("requests", "SQA408")
    assert "the line is dead" in str(problem.message)


def test_a_reporter_that_fails_says_which(context):
    ready = context()
    run(ready, "first-audit", "2026-10")
    with pytest.raises(Incomplete, match="broken"):
        render_report(ready, "broken", build_report(ready, "first-audit"), open_language("en"))


def test_a_measure_that_nobody_guards_is_told_at_its_place(context):
    ready = context()
    dataset = build_programme(ready.library.resolved("first-audit")).standard.datasets["requests"]
    with pytest.raises(ExpressionProblem, match="SQA313"):
        compile_measure("broken(solved)", dataset, {"broken": _Broken()})
