"""Answers taken in from files: all of them, or none if anything is wrong with any."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from sqaudit.documents.answer_files import read_answer_file
from sqaudit.errors import Gravity, InvalidAnswers, InvalidInput, Message, Place, Problem, msg
from sqaudit.forms.reading import Filled, read_csv, read_workbook
from sqaudit.model.answer import GivenAnswer
from sqaudit.model.programme import CycleState
from sqaudit.store.answers import AnswerFile
from sqaudit.store.engine import Store
from sqaudit.store.evidence_files import keep_content, keep_file
from sqaudit.workflow.context import Context
from sqaudit.workflow.forms.accepting import Accepting
from sqaudit.workflow.people import person_named

_MOST_NAMED = 3


class ImportSummary(Struct, frozen=True, kw_only=True):
    """What came of an import: new answers, corrected ones, and those that said nothing new."""

    files: int
    added: int
    corrected: int
    unchanged: int
    warnings: tuple[Message, ...] = ()


def import_answers(context: Context, paths: Sequence[Path], who: str) -> ImportSummary:
    """Take in workbooks, CSV and YAML files of answers, given by ``who``, in one transaction.

    Raises:
        InvalidInput: Anything is wrong in any of the files (``InvalidAnswers``); then nothing was taken in.
        CannotAccess: A file, the store or the folder of evidence cannot be read or written.
    """
    who = person_named(context, who)
    now = context.settings.now
    with context.store() as store:
        accepting = Accepting(context, store, who)
        files: list[AnswerFile] = []
        problems: list[Problem] = []
        warnings: list[Message] = []
        for path in paths:
            content = read_content(path)
            digest = hashlib.sha256(content).hexdigest()
            filled = _read(content, path)
            before = store.find_answer_files(digest)
            if before and accepting.has_several(filled):  # where two say the same, both have said it
                before = [one for one in before if one.given_by == who]
            if before:
                warnings.append(taken_before(path, before[0]))
                continue
            files.append(AnswerFile(sha256=digest, name=path.name, given_by=who, given_at=now))
            accepting.accept(filled, path.parent)
            problems += filled.problems
        problems += accepting.problems
        errors = [problem for problem in problems if problem.gravity is Gravity.ERROR]
        if errors:
            raise InvalidAnswers(problems)
        warnings += [
            msg("{place}: {code} {message}", place=one.place, code=one.code, message=one.message) for one in problems
        ]
        warnings += _reused(store, accepting.given)
        warnings += _closed(store, accepting.given)
        for source, sha256 in accepting.files.items():
            keep_file(context.folder, source, sha256)
        for sha256, picture in accepting.pictures.items():
            keep_content(context.folder, picture.content, picture.name, sha256)
        added = store.add_answers(accepting.given, files)
    return ImportSummary(
        files=len(files),
        added=sum(answer.version == 1 for answer in added),
        corrected=sum(answer.version > 1 for answer in added),
        unchanged=len(accepting.given) - len(added),
        warnings=tuple(warnings),
    )


def read_content(path: Path) -> bytes:
    """What is in a file; raises ``InvalidAnswers`` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = msg("the file cannot be read: {reason}", reason=reason)
        raise InvalidAnswers(
            [Problem(Place(str(path)), "SQA801", message, msg("look at the file's name and permissions"))]
        ) from error


def _read(content: bytes, path: Path) -> Filled:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return read_workbook(content, path.name)
    if suffix == ".csv":
        return read_csv(content, path.name)
    if suffix in {".yaml", ".yml"}:
        answers, problems = read_answer_file(content, path.name)
        return Filled(name=path.name, answers=answers, problems=problems)
    raise InvalidInput(
        "SQA801",
        msg("'{file}' is neither XLSX nor CSV nor YAML", file=path.name),
        msg("save it as XLSX; forms come from `sqaudit form export`"),
    )


def taken_before(path: Path, before: AnswerFile) -> Message:
    """That a file of the same content was handed in before."""
    return msg(
        "{file}: taken in before, by {who} at {when}; nothing to do",
        file=path.name,
        who=before.given_by,
        when=before.given_at.isoformat(timespec="seconds"),
    )


def _reused(store: Store, given: Sequence[GivenAnswer]) -> Iterator[Message]:
    """Files that also stand beside answers at other sites, now or before."""
    here: defaultdict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for answer in given:
        for one in answer.evidence:
            here[one.sha256].add(answer.key.site)
            names[one.sha256] = one.name
    sites: Mapping[str, set[str]] = {sha256: set(own) for sha256, own in here.items()}
    for use in store.find_uses(here):
        sites[use.evidence.sha256].add(use.key.site)
    for sha256, known in sorted(sites.items(), key=lambda one: names[one[0]]):
        if len(known) > 1:
            listed = ", ".join(sorted(known)[:_MOST_NAMED])
            yield msg("'{file}' is evidence for more than one site: {sites}", file=names[sha256], sites=listed)


def _closed(store: Store, given: Sequence[GivenAnswer]) -> Iterator[Message]:
    """Cycles that are closed, and so will not take these answers up."""
    for programme, period in sorted({(answer.key.programme, answer.key.period) for answer in given}):
        cycle = store.read_cycle(programme, period)
        if cycle is not None and cycle.state is CycleState.CLOSED:
            yield msg(
                "the cycle {period} of '{programme}' is closed: the answers are kept and change nothing in it",
                programme=programme,
                period=period,
            )
