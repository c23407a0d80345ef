"""All documents of a project, read at once: every problem of every file, and what is sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents import discovering, references
from sqaudit.documents.building import build_checklist, build_standard
from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.expressions import ExpressionSite, find_expressions
from sqaudit.documents.languages import text_languages
from sqaudit.documents.overlays import overlay_documents, programme_checklists
from sqaudit.documents.project import PROJECT_FILE, Project, build_project
from sqaudit.documents.resolving import (
    ResolvedProgramme,
    content_hash,
    resolve_checklist,
    resolve_programme,
    resolve_standard,
)
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.documents.trends import build_trend
from sqaudit.errors import Gravity, InvalidDocuments, InvalidInput, Place, Problem, msg
from sqaudit.model.checklist import Checklist
from sqaudit.model.ids import fold_id
from sqaudit.model.ports import Collector, RecordEngine, Scorer
from sqaudit.model.standard import Standard
from sqaudit.model.trend import Trend

# What names another document: where only some documents are looked at, the other may well be elsewhere.
_CODES_OF_ABSENCE = frozenset({"SQA201", "SQA202", "SQA203", "SQA222"})


class Library(Struct, frozen=True, kw_only=True):
    """The documents of a project. ``problems`` holds errors and warnings in the order of file, line and column."""

    project: Project
    collection: Collection
    problems: tuple[Problem, ...]

    @property
    def standards(self) -> tuple[str, ...]:
        """The standards as ``id@version``, sorted."""
        return tuple(
            sorted(f"{document.id}@{document.content.get('version')}" for document in self.collection.standards)
        )

    @property
    def checklists(self) -> tuple[str, ...]:
        """The checklists' ids, sorted."""
        return tuple(sorted({document.id for document in self.collection.checklists}))

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes' ids, sorted."""
        return tuple(sorted({document.id for document in self.collection.programmes}))

    @property
    def scheduled(self) -> tuple[str, ...]:
        """The ids of the programmes that have a schedule, sound or not, sorted."""
        return tuple(sorted({one.id for one in self.collection.programmes if "schedule" in one.content}))

    @property
    def unread(self) -> tuple[Problem, ...]:
        """The errors of files that are no known document: each of them may be one that somebody relies on."""
        found = self.collection
        documents = [
            *found.standards,
            *found.checklists,
            *found.programmes,
            *([found.project] if found.project else []),
        ]
        known = {document.raw.file for document in documents}
        return tuple(p for p in self.problems if p.gravity is Gravity.ERROR and p.place.file not in known)

    def resolved(self, programme_id: str) -> ResolvedProgramme:
        """A programme with all that it takes from other documents.

        Raises:
            InvalidInput: There is no such programme.
            InvalidDocuments: It, or a document it relies on, has errors.
        """
        if programme_id not in self.programmes:
            self._raise_unknown(programme_id)
        concerned = self.files_of(programme_id)
        errors = [p for p in self.problems if p.gravity is Gravity.ERROR and p.place.file in concerned]
        document = self._programme(programme_id)
        resolved = resolve_programme(self.collection, document) if document.valid else None
        if errors or resolved is None:
            raise InvalidDocuments(errors or self.problems)
        return resolved

    def trend_of(self, programme_id: str) -> Trend:
        """How the cycles of a programme are read as a series: as its document says now, else the defaults.

        It is no part of the resolved programme, since no result depends on it.

        Raises:
            InvalidDocuments: The document has errors.
        """
        document = next((one for one in self.collection.programmes if one.id == programme_id), None)
        if document is None:
            return Trend()
        if not document.valid or self._has_errors(document):
            raise InvalidDocuments([p for p in self.problems if p.place.file == document.raw.file])
        return build_trend(document.content.get("trend", {}))

    def written(self, programme_id: str) -> dict[str, str]:
        """The hash of each document of a programme as its author wrote it, by the role it plays.

        A change of a standard also changes what resolved checklists and programmes say; these tell who changed.
        """
        programme = self._programme(programme_id)
        standard = self.collection.standard(programme.content["standard"])
        lineage = self.collection.lineage(standard) if standard is not None else []
        hashes = {
            "standard": content_hash([member.content for member in lineage]),
            "programme": content_hash(programme.content),
            "project": content_hash(self.collection.project.content if self.collection.project is not None else {}),
        }
        for checklist, _ in programme_checklists(self.collection, programme):
            hashes[f"checklist:{checklist.id}"] = content_hash(checklist.content)
        for overlay in overlay_documents(self.collection, programme, standard) if standard is not None else ():
            hashes[f"overlay:{overlay.closest.id}"] = content_hash([layer.content for layer in overlay.layers])
        return hashes

    def files_of(self, programme_id: str) -> frozenset[str]:
        """The files that a programme relies on, its own and the project file among them."""
        programmes = [document for document in self.collection.programmes if document.id == programme_id]
        files = {PROJECT_FILE, *(document.raw.file for document in programmes)}
        for programme in programmes:
            if programme.valid:
                files |= self._files_named(programme)
        return frozenset(files)

    def expressions(self) -> Iterator[ExpressionSite]:
        """Every expression of every document whose shape is sound."""
        return find_expressions(self.collection)

    def renamed_items(self) -> dict[str, str]:
        """What items were called before, with what they are called now; both as expressions write them."""
        found: dict[str, str] = {}
        for document in (one for one in self.collection.checklists if one.valid):
            standard = self.collection.standard(document.content["standard"])
            criteria = resolve_standard(self.collection, standard) if standard is not None else {"criteria": []}
            for item in resolve_checklist(document, criteria)["items"]:
                found |= {fold_id(old): fold_id(item["id"]) for old in item.get("was", ())}
        return found

    def built_standards(self) -> tuple[Standard, ...]:
        """Every sound standard, by id, then from the oldest to the newest version."""
        sound = [d for d in self.collection.standards if d.valid and not self._has_errors(d)]
        # A document may lie in the project and, with the same content, in a pack.
        once = {(document.id, document.version): document for document in sound}
        return tuple(build_standard(resolve_standard(self.collection, once[key])) for key in sorted(once))

    def checklists_of(self, standard_id: str) -> tuple[Checklist, ...]:
        """Every sound checklist written for a standard, by id."""
        built: dict[str, Checklist] = {}
        for document in sorted(self.collection.checklists, key=lambda document: document.id):
            standard = self.collection.standard(document.content["standard"]) if document.valid else None
            if standard is not None and standard.id == standard_id and not self._has_errors(document):
                resolved = resolve_checklist(document, resolve_standard(self.collection, standard))
                built[document.id] = build_checklist(resolved)
        return tuple(built.values())

    def languages(self) -> tuple[str, ...]:
        """The languages that texts of the documents are written in, sorted."""
        return tuple(sorted({code for document in self._sound() for text in text_languages(document) for code in text}))

    def missing_texts(self, languages: Iterable[str]) -> dict[str, int]:
        """How many texts of a file are not there in every one of ``languages``; files without any are left out."""
        wanted = frozenset(languages)
        counts = {d.raw.file: sum(1 for text in text_languages(d) if not text >= wanted) for d in self._sound()}
        return {file: count for file, count in counts.items() if count}

    def _sound(self) -> list[Document]:
        found = self.collection
        documents = [
            *found.standards,
            *found.checklists,
            *found.programmes,
            *([found.project] if found.project else []),
        ]
        return [document for document in documents if document.valid]

    def _has_errors(self, document: Document) -> bool:
        return any(p.place.file == document.raw.file and p.gravity is Gravity.ERROR for p in self.problems)

    def _programme(self, programme_id: str) -> Document:
        return next(document for document in self.collection.programmes if document.id == programme_id)

    def _files_named(self, programme: Document) -> set[str]:
        wanted_id = str(programme.content["standard"]).partition("@")[0]
        standard = self.collection.standard(programme.content["standard"])
        if standard is None:
            return {document.raw.file for document in self.collection.standards if document.id == wanted_id}
        files = {member.raw.file for member in self.collection.lineage(standard)}
        for overlay in overlay_documents(self.collection, programme, standard):
            files |= {layer.raw.file for layer in overlay.layers}
        for entry in programme.content.get("overlays", ()):
            if self.collection.standard(entry["standard"]) is None:
                overlay_id = entry["standard"].partition("@")[0]
                files |= {other.raw.file for other in self.collection.standards if other.id == overlay_id}
        found = {checklist.id: checklist for checklist, _ in programme_checklists(self.collection, programme)}
        for checklist_id in programme.content["checklists"]:
            named = [other for other in self.collection.checklists if other.id == checklist_id]
            files |= {found[checklist_id].raw.file} if checklist_id in found else {other.raw.file for other in named}
        return files

    def _raise_unknown(self, programme_id: str) -> None:
        # A programme nobody could read is not unknown: its own errors say more.
        if programme_id in self.collection.unreadable:
            raise InvalidDocuments([p for p in self.problems if p.gravity is Gravity.ERROR])
        raise InvalidInput(
            "SQA225",
            msg("no programme is called '{id}'", id=programme_id),
            did_you_mean(programme_id, self.programmes),
        )


def read_library(  # noqa: PLR0913 - what documents are checked against, each by its own name
    folder: Path,
    *,
    packs: Mapping[str, Path],
    scorers: Mapping[str, Scorer],
    collectors: Mapping[str, Collector],
    engines: Mapping[str, RecordEngine] = MappingProxyType({}),
    today: date,
    lone: bool = False,
) -> Library:
    """Read and check every document of a project; problems are returned, never raised.

    Args:
        folder: The project's folder; with ``lone`` also a folder without ``sqaudit.yaml``. A single YAML file is
            looked at alone: that other documents are missing is then only a warning.
        packs: Folders of standards that plugins bring, by the pack's name.
        scorers: The scorers there are, by name.
        collectors: The collectors there are, by name.
        engines: The engines there are beside the one in this process, by name.
        today: The day for overdue reviews.
        lone: Whether the folder may be without ``sqaudit.yaml``.
    """
    problems: list[Problem] = []
    found: list[discovering.Found] = []
    project_path = folder / PROJECT_FILE
    is_lone = folder.is_file() or (lone and not project_path.is_file())
    if is_lone:
        found += map(discovering.read_candidate, discovering.lone_files(folder))
    elif project_path.is_file():
        found.append(discovering.read_project_file(project_path))
        found += map(discovering.read_candidate, discovering.project_files(folder))
    else:
        message = msg("there is no {file} in '{folder}'", file=PROJECT_FILE, folder=folder)
        hint = msg("run `sqaudit init DIR`, or name the project's folder")
        problems.append(Problem(Place(PROJECT_FILE), "SQA132", message, hint))
    for pack, pack_folder in sorted(packs.items()):
        found += map(discovering.read_packed, discovering.pack_files(pack, pack_folder))
    collection = _collect(found)
    problems += [problem for one in found for problem in one.problems]
    told = _check(collection, scorers, collectors, engines, today)
    problems += [_weigh(problem, is_lone=is_lone) for problem in told]
    sound = collection.project is not None and collection.project.valid
    base = folder.parent if folder.is_file() else folder
    return Library(
        project=build_project(base, collection.project.content if sound and collection.project else {}),
        collection=collection,
        problems=_in_order(problems),
    )


def _collect(found: Iterable[discovering.Found]) -> Collection:
    documents = [one.document for one in found if one.document is not None]
    by_kind = {kind: tuple(d for d in documents if d.kind == kind) for kind in ("standard", "checklist", "programme")}
    return Collection(
        project=next((document for document in documents if document.kind == "project"), None),
        standards=by_kind["standard"],
        checklists=by_kind["checklist"],
        programmes=by_kind["programme"],
        unreadable=frozenset(one.unreadable_id for one in found if one.unreadable_id is not None),
    )


def _check(
    collection: Collection,
    scorers: Mapping[str, Scorer],
    collectors: Mapping[str, Collector],
    engines: Mapping[str, RecordEngine],
    today: date,
) -> Iterator[Problem]:
    yield from references.check_twice(collection)
    yield from references.check_project(collection)
    yield from references.check_calendars(collection)
    for standard in collection.standards:
        if standard.valid:
            yield from references.check_standard(collection, standard, today)
    for checklist in collection.checklists:
        if checklist.valid:
            yield from references.check_checklist(collection, checklist, scorers)
    for programme in collection.programmes:
        if programme.valid:
            yield from references.check_programme(collection, programme, collectors, engines)
            yield from references.check_overlay_targets(collection, programme, scorers)


def _weigh(problem: Problem, *, is_lone: bool) -> Problem:
    if is_lone and problem.code in _CODES_OF_ABSENCE:
        return replace(problem, gravity=Gravity.WARNING)
    return problem


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted, and told once where several documents meet the same problem of a shared one."""
    keyed = {(p.place.file, p.place.line or 0, p.place.column or 0, p.code, str(p.message)): p for p in problems}
    return tuple(keyed[key] for key in sorted(keyed))
