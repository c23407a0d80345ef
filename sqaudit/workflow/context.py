"""What every command works with: the project, its documents, the plugins and the store."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sqaudit.documents.library import Library, read_library
from sqaudit.documents.project import PROJECT_FILE, Project, find_project
from sqaudit.documents.settings import Settings, read_settings
from sqaudit.errors import CannotAccess, InvalidDocuments, UnusableSource
from sqaudit.model.event import Origin
from sqaudit.plugin.host import PluginHost, open_host
from sqaudit.workflow.secrets import fill_secrets

if TYPE_CHECKING:
    from sqaudit.store.engine import Store


class Context(Struct, frozen=True, kw_only=True):
    """A project with its documents read, its plugins at hand and its store one call away."""

    folder: Path
    library: Library
    host: PluginHost
    settings: Settings

    @property
    def project(self) -> Project:
        """The project file."""
        return self.library.project

    @property
    def store_url(self) -> str:
        """The store's address: the environment's, else the project file's; secrets are filled in.

        Raises:
            InvalidDocuments: The project file cannot be used, so that nobody knows which store is meant.
            CannotAccess: The variable or file that holds the address is not there.
        """
        project = self.library.collection.project
        if self.settings.store is None and (project is None or not project.valid):
            raise InvalidDocuments([one for one in self.library.problems if one.place.file == PROJECT_FILE])
        written = {"store": self.settings.store or self.project.store}
        try:
            return str(fill_secrets(written, self.settings.environ, self.folder)["store"])
        except UnusableSource as error:
            raise CannotAccess(error.code, error.message, error.hint) from None

    @property
    def memory_limit(self) -> int:
        """The memory that measuring may take, in bytes: the environment's limit, else the project file's, else 4 GB."""
        from sqaudit.engines.duckdb import MEMORY_LIMIT

        return self.settings.memory_limit or self.project.memory_limit or MEMORY_LIMIT

    @property
    def origin(self) -> Origin:
        """Where this command was given, as far as the machine says."""
        return Origin(login=_account() or self.settings.environ.get("USERNAME"), host=platform.node() or None)

    @contextmanager
    def store(self, *, create: bool = True) -> Iterator[Store]:
        """The project's store, made on first use; raises ``CannotAccess`` if it cannot be opened."""
        from sqaudit.store.engine import open_store

        with open_store(self.store_url, self.folder, create=create, origin=self.origin) as store:
            yield store


def _account() -> str | None:
    """The account that this process runs under; unlike LOGNAME, nobody can just set it. Windows does not tell."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return None


def open_context(
    *,
    folder: Path | None,
    environ: Mapping[str, str],
    now: datetime,
    no_plugins: bool = False,
) -> Context:
    """Read the project that ``folder`` (default: where we stand) lies in.

    Problems of documents are kept in ``library.problems``; they stop only what needs the documents concerned.

    Raises:
        InvalidInput: There is no project here.
    """
    project_folder = find_project(folder or Path.cwd())
    settings = read_settings(no_plugins=no_plugins, environ=environ, now=now)
    host = open_host(allowed=settings.plugins_allowed, disabled=settings.no_plugins)
    return Context(
        folder=project_folder, library=read_documents(project_folder, host, now), host=host, settings=settings
    )


def read_documents(path: Path, host: PluginHost, now: datetime) -> Library:
    """The documents of a project, a folder or one file, with the standards that packs bring."""
    packs = {name: pack.standards for name, pack in host.packs().items() if pack.standards is not None}
    return read_library(
        path,
        packs=packs,
        scorers=host.scorers(),
        collectors=host.collectors(),
        engines=host.engines(),
        today=now.date(),
        lone=True,
    )
