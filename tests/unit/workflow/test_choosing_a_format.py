"""Which reporter writes a file, and what a reporter that goes wrong is taken for."""

from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import sqaudit.builtin
from sqaudit.errors import Incomplete, InvalidInput, NotInstalled, msg
from sqaudit.locale import open_language
from sqaudit.model.programme import CycleState
from sqaudit.model.report import Figures, ReportView
from sqaudit.model.texts import plain
from sqaudit.plugin import hookimpl
from sqaudit.plugin.host import PluginHost
from sqaudit.workflow.report import render_folder, render_report, reporter_of_file


class Reporter:
    """One of a plugin, from before reports could be bytes."""

    media_type = "text/plain"

    def __init__(self, name, extension, error=None):
        self.name = name
        self.extension = extension
        self.error = error

    def render(self, view, language):
        if self.error is not None:
            raise self.error
        return f"{view.programme} {language.code}\n"


ENGLISH = open_language("en")
VIEW = ReportView(
    project="p", project_title=plain("p"), programme="monthly", programme_title=plain("m"), standard="s",
    standard_title=plain("s"), standard_version="1", period="2026-10", starts="2026-10-01T00:00:00+08:00",
    ends="2026-11-01T00:00:00+08:00", timezone="Asia/Shanghai", revision=1, state=CycleState.OPEN,
    figures=Figures(score=None),
)  # fmt: skip


def context(*reporters):
    plugin = ModuleType("a_plugin")
    plugin.sqaudit_api = ">=1,<2"
    plugin.sqaudit_reporters = hookimpl(lambda: list(reporters))
    return SimpleNamespace(host=PluginHost([("builtin", sqaudit.builtin), ("more", plugin)]))


@pytest.mark.parametrize(
    ("name", "reporter"),
    [("a.xlsx", "xlsx"), ("b/a.PDF", "pdf"), ("a.xml", "junit"), ("a.md", "markdown"), ("a.slides", "slides"),
     ("a", None), ("a.docx", None), (".csv", None)],
)  # fmt: skip
def test_the_ending_of_a_file_names_its_reporter(name, reporter):
    assert reporter_of_file(context(Reporter("slides", "slides")), Path(name)) == reporter


def test_an_ending_of_several_formats_is_asked_about():
    with pytest.raises(InvalidInput, match=r"SQA424 .*junit, tests"):
        reporter_of_file(context(Reporter("tests", "xml")), Path("a.xml"))


def test_a_reporter_of_text_is_as_valid_as_ever_and_fills_no_folder():
    slides = context(Reporter("slides", "slides"))
    assert render_report(slides, "slides", VIEW, ENGLISH) == "monthly en\n"
    with pytest.raises(InvalidInput, match="SQA423"):
        render_folder(slides, "slides", VIEW, ENGLISH)


def test_what_has_to_be_installed_is_no_mistake_of_the_reporter():
    missing = NotInstalled("SQA425", msg("missing"))
    with pytest.raises(NotInstalled, match="SQA425"):
        render_report(context(Reporter("slides", "slides", missing)), "slides", VIEW, ENGLISH)
    with pytest.raises(Incomplete, match="SQA408"):
        render_report(context(Reporter("slides", "slides", KeyError("x"))), "slides", VIEW, ENGLISH)
