"""Reporters of plugins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqaudit.errors import SqauditError
from sqaudit.model.language import Language
from sqaudit.model.ports import FolderReporter, Reporter
from sqaudit.plugin.guarding import Guard
from sqaudit.plugin.guests.copies import copied
from sqaudit.plugin.guests.stated import stated_name, stated_text
from sqaudit.plugin.guests.texts import made_content, made_files
from sqaudit.plugin.limits import Phase

if TYPE_CHECKING:
    from sqaudit.model.report import ReportView


class GuestReporter:
    """A reporter of a plugin; it gets a view of its own."""

    def __init__(self, guard: Guard, reporter: Reporter) -> None:
        self.name = stated_name(reporter)
        self.media_type = stated_text(reporter, "media_type")
        self.extension = stated_text(reporter, "extension")
        self._guard = guard
        self._reporter = reporter
        self._what = f"reporter '{self.name}'"

    def render(self, view: ReportView, language: Language) -> str | bytes:
        """The report; what it says with an error of ours is passed on."""
        own = copied(view)
        return self._guard.call(
            Phase.RENDER,
            self._what,
            lambda: made_content(self._reporter.render(own, language)),
            allowed=(SqauditError,),
        )


class GuestFolderReporter(GuestReporter):
    """A reporter of a plugin that can also fill a folder."""

    _reporter: FolderReporter  # type: ignore[assignment]  # both in one

    def render_files(self, view: ReportView, language: Language) -> Mapping[str, str | bytes]:
        """The report as files within one folder."""
        own = copied(view)
        return self._guard.call(
            Phase.RENDER,
            self._what,
            lambda: made_files(self._reporter.render_files(own, language)),
            allowed=(SqauditError,),
        )
