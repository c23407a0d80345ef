"""Reporters: asked to render a full view and an empty one, in both languages, twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from sqaudit.conformance.projects import finished_project
from sqaudit.conformance.report import Check, Fault, checked, skipped
from sqaudit.conformance.subject import Subject
from sqaudit.errors import Message, NotInstalled, msg
from sqaudit.locale import LANGUAGES, open_language
from sqaudit.model.ports import FolderReporter, Reporter
from sqaudit.model.report import Figures, ReportView
from sqaudit.model.score import NOTHING_SCORED
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.offers import REPORTERS
from sqaudit.workflow.report import build_report

REPORTER_CHECKS = ("reporter-views",)
_TEMPLATE = "minimal"


def check_reporters(subject: Subject) -> Iterator[Check]:
    """Every reporter, on a small finished cycle and on one of which nothing is known."""
    reporters = subject.offered(REPORTERS)
    if not reporters:
        yield from skipped(REPORTER_CHECKS, msg("it brings no reporters"))
        return
    with TemporaryDirectory(prefix="sqaudit-example-") as folder:
        done = finished_project(Path(folder) / "project", _TEMPLATE, "en", subject.host, subject.now)
        full = build_report(done.context, done.programme)
    views = (full, _emptied(full))
    yield checked("reporter-views", [fault for one in reporters for fault in _faults(one, views)])


def _emptied(view: ReportView) -> ReportView:
    """The same cycle, had nothing been there to look at."""
    lists = {name: () for name in view.__struct_fields__ if isinstance(getattr(view, name), tuple)}
    return replace(view, **lists, figures=Figures(score=None, reason=NOTHING_SCORED), log=None, at_target=None)


def _faults(reporter: Reporter, views: Sequence[ReportView]) -> Iterator[Fault]:
    if "/" not in reporter.media_type or not reporter.extension or "." in reporter.extension:
        message = msg(
            "its media type is '{media}', its extension '{extension}'",
            media=reporter.media_type,
            extension=reporter.extension,
        )
        yield Fault(reporter.name, message, msg("write them as in text/csv and csv"))
    for view in views:
        for code in LANGUAGES:
            yield from _rendered(reporter, view, code)


def _rendered(reporter: Reporter, view: ReportView, code: str) -> Iterator[Fault]:
    language = open_language(code)
    where = f"{reporter.name}, {code}, {'full' if view.results else 'empty'}"
    try:
        found = guarded_render(reporter, view, code)
    except NotInstalled:
        return  # what it needs is no part of the plugin
    if isinstance(found, Message):
        hint = msg("every list of a view may be empty, and every figure may be None")
        yield Fault(where, msg("it raised {error}", error=found), hint)
        return
    if not found or not isinstance(found, str | bytes):
        yield Fault(where, msg("it gives {value}", value=repr(found)), msg("return the report as str or bytes"))
    elif guarded_render(reporter, view, code) != found:
        yield Fault(
            where, msg("the same view gives another report"), msg("leave out clocks, chance and sets without order")
        )
    if isinstance(reporter, FolderReporter):
        files = guarded(lambda: reporter.render_files(view, language))
        if not isinstance(files, Mapping) or not all(isinstance(one, str | bytes) for one in files.values()):
            yield Fault(
                where, msg("as a folder it gives {value}", value=repr(files)), msg("return str or bytes by file name")
            )


def guarded_render(reporter: Reporter, view: ReportView, code: str) -> str | bytes | Message:
    """The report, or what was raised instead; raises ``NotInstalled`` where a library is absent."""

    def render() -> str | bytes | NotInstalled:
        try:
            return reporter.render(view, open_language(code))
        except NotInstalled as error:
            return error

    found = guarded(render)
    if isinstance(found, NotInstalled):
        raise found
    return found
