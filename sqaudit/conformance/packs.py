"""Packs: every document is valid and speaks every language, every template runs to a finished cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqaudit.conformance.projects import finished_project, written_project
from sqaudit.conformance.report import Check, Fault, checked, skipped
from sqaudit.conformance.subject import Subject
from sqaudit.errors import Gravity, Message, Problem, msg
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.offers import PACKS
from sqaudit.workflow.check import check_documents, check_files
from sqaudit.workflow.context import read_documents

PACK_CHECKS = ("pack-documents", "pack-texts", "pack-templates")
_PROJECT = "project: example\n"


def check_packs(subject: Subject) -> Iterator[Check]:
    """Every standard, and every template in every language that the plugin speaks."""
    packs = subject.offered(PACKS)
    if not packs:
        yield from skipped(PACK_CHECKS, msg("it brings no packs"))
        return
    documents: list[Fault] = []
    texts: list[Fault] = []
    if any(pack.standards is not None for pack in packs):
        found, missing = _standards(subject)
        documents += found
        texts += missing
    running: list[Fault] = []
    names = sorted({name for pack in packs for name in pack.templates or {}})
    for name in names:
        for language in subject.examples.languages:
            with TemporaryDirectory(prefix="sqaudit-example-") as folder:
                found, missing, broken = _template(subject, name, language, Path(folder))
            documents += found
            texts += missing
            running += broken
    yield checked("pack-documents", documents)
    yield checked("pack-texts", texts)
    if names:
        yield checked("pack-templates", running)
    else:
        yield from skipped(["pack-templates"], msg("it brings no templates"))


def _standards(subject: Subject) -> tuple[list[Fault], list[Fault]]:
    with TemporaryDirectory(prefix="sqaudit-example-") as folder:
        Path(folder, "sqaudit.yaml").write_text(_PROJECT, encoding="utf-8")
        library = read_documents(Path(folder), subject.host, subject.now)
        prefixes = tuple(f"pack:{pack.name}/" for pack in subject.offered(PACKS))
        found = library.collection
        files = {
            document.raw.file
            for document in (*found.standards, *found.checklists, *found.programmes)
            if document.raw.file.startswith(prefixes)
        }
        files |= {problem.place.file for problem in library.problems if problem.place.file.startswith(prefixes)}
        problems = check_files(library, subject.host, files)
        missing = library.missing_texts(subject.examples.languages)
    if not files:
        hint = msg("put each into a folder standards/ID/ of the pack, as standard.yaml and checklists/*.yaml")
        return [Fault(subject.name, msg("its folder of standards holds no document"), hint)], []
    return _told(problems), [_untranslated(file, count, subject) for file, count in missing.items() if file in files]


def _told(problems: Sequence[Problem], where: str = "") -> list[Fault]:
    advice = msg("`sqaudit explain {code}` tells more")
    return [
        Fault(
            f"{where}{problem.place}",
            msg("{code} {message}", code=problem.code, message=problem.message),
            problem.hint or msg(advice.template, code=problem.code),
        )
        for problem in problems
        if problem.gravity is Gravity.ERROR
    ]


def _untranslated(file: str, count: int, subject: Subject) -> Fault:
    languages = ", ".join(subject.examples.languages)
    message = msg("texts that are not there in every language: {count}", count=count)
    hint = msg(
        "write each as a mapping with {languages}, or give `languages` in {place}",
        languages=languages,
        place=subject.place_of_examples,
    )
    return Fault(file, message, hint)


def _template(subject: Subject, name: str, language: str, folder: Path) -> tuple[list[Fault], list[Fault], list[Fault]]:
    """Faults of its documents, of their texts, and of running it."""
    where = f"{name}, {language}: "
    repair = msg("run `sqaudit init DIR --template {name}` and look at it", name=name)
    context = guarded(lambda: written_project(folder / "looked-at", name, language, subject.host, subject.now))
    if isinstance(context, Message):
        return [Fault(f"{where}{name}", msg("it cannot be written: {error}", error=context), repair)], [], []
    packed = tuple(f"pack:{pack}/" for pack in subject.host.packs())
    problems = check_documents(context.folder, subject.host, subject.now)
    documents = _told([one for one in problems if not one.place.file.startswith(packed)], where)
    texts = [
        _untranslated(f"{where}{file}", count, subject)
        for file, count in context.library.missing_texts(subject.examples.languages).items()
        if not file.startswith(packed)
    ]
    if any(problem.gravity is Gravity.ERROR for problem in problems):
        return documents, texts, []
    return documents, texts, [*_running(subject, name, language, folder / "run", where)]


def _running(subject: Subject, name: str, language: str, folder: Path, where: str) -> Iterator[Fault]:
    repair = msg("run `sqaudit demo {name} --lang {language}` and look at it", name=name, language=language)
    done = guarded(lambda: finished_project(folder, name, language, subject.host, subject.now))
    if isinstance(done, Message):
        yield Fault(f"{where}{name}", msg("it cannot be run: {error}", error=done), repair)
        return
    if not done.cycles:
        yield Fault(f"{where}{name}", msg("it has no periods to run"), msg("name at least one in `periods`"))
    for cycle in done.cycles:
        if cycle.incomplete:
            yield Fault(f"{where}{cycle.period}", msg("items are in error"), repair)
        elif not cycle.evaluated:
            yield Fault(f"{where}{cycle.period}", msg("nothing was looked at"), repair)
    for criterion in done.untold:
        message = msg("its story is about '{criterion}', of which there is no action", criterion=criterion)
        yield Fault(f"{where}{name}", message, repair)
