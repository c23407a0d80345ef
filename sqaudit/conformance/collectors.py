"""Collectors: asked for sources that are there and for sources that are not, in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from numbers import Number
from pathlib import Path
from tempfile import TemporaryDirectory

from sqaudit.conformance.report import Check, Fault, checked, skipped
from sqaudit.conformance.subject import Subject
from sqaudit.documents.building import build_source
from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.model.examples import PERIOD, SourceExample
from sqaudit.model.ports import Collected, Collector, CollectRequest
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.offers import COLLECTORS
from sqaudit.sources.landing import land_rows

COLLECTOR_CHECKS = ("collector-examples", "collector-records", "collector-nothing", "collector-leaves-project")
_FOLDER = "audits/example"
_PLAIN = (str, bool, Number, date, time, timedelta)


def check_collectors(subject: Subject) -> Iterator[Check]:
    """Every collector, by the examples that its author gives."""
    collectors = subject.offered(COLLECTORS)
    if not collectors:
        yield from skipped(COLLECTOR_CHECKS, msg("it brings no collectors"))
        return
    yield checked("collector-examples", _without_examples(subject))
    tried = [(one, example) for one in collectors for example in subject.examples.collectors.get(one.name, ())]
    giving = [case for case in tried if case[1].gives is not None]
    if giving:
        yield checked("collector-records", _each(giving, _record_faults))
    else:
        yield from skipped(["collector-records"], msg("no example gives records"))
    yield checked("collector-nothing", _each([case for case in tried if case[1].gives is None], _nothing_faults))
    yield checked("collector-leaves-project", _each(tried, _writing_faults))


def _without_examples(subject: Subject) -> Iterator[Fault]:
    names = {collector.name for collector in subject.offered(COLLECTORS)}
    hint = msg("put a SourceExample into `collectors` of {place}", place=subject.place_of_examples)
    for name in sorted(names):
        examples = subject.examples.collectors.get(name, ())
        if not examples:
            yield Fault(name, msg("nothing says what a source of it looks like"), hint)
        elif all(example.gives is not None for example in examples):
            yield Fault(name, msg("no example shows what it does where nothing is to be had"), hint)
    for name in sorted({*subject.examples.collectors} - names):
        yield Fault(name, msg("it brings no collector '{name}'", name=name), msg("correct the name of the example"))


class _Trial:
    """A collector in the folder of a project that holds the files of an example, and nothing else."""

    def __init__(self, collector: Collector, example: SourceExample, project: Path) -> None:
        self.collector, self.example, self.project = collector, example, project
        for name, content in example.files.items():
            path = project / _FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    @property
    def where(self) -> str:
        return f"{self.collector.name} {dict(self.example.source)}"

    def collect(self) -> Collected:
        content = {"folder": _FOLDER, "collector": self.collector.name, **self.example.source}
        source = build_source("records", content, "UTC")
        found = self.collector.collect(CollectRequest(source=source, project=self.project, period=PERIOD))
        if isinstance(found, Collected) and found.rows is not None:
            return Collected(rows=list(found.rows))
        return found

    def files(self) -> Mapping[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.project.rglob("*")) if path.is_file()}


def _each(
    cases: Sequence[tuple[Collector, SourceExample]], look: Callable[[_Trial], Iterator[Fault]]
) -> Iterator[Fault]:
    for collector, example in cases:
        with TemporaryDirectory(prefix="sqaudit-example-") as folder:
            trial = _Trial(collector, example, Path(folder).resolve())
            found = guarded(lambda trial=trial: [*look(trial)])  # type: ignore[misc]
        if isinstance(found, Message):
            hint = msg("raise UnusableSource with a code, a message and a hint where records are not to be had")
            found = [Fault(trial.where, msg("it raised {error}", error=found), hint)]
        yield from found


def _record_faults(trial: _Trial) -> Iterator[Fault]:
    found = trial.collect()
    if not isinstance(found, Collected) or (found.rows is None) == (not found.paths):
        yield Fault(
            trial.where, msg("it gives {value}", value=repr(found)), msg("return Collected with paths or with rows")
        )
        return
    rows = list(found.rows or ())
    given = len(rows) if found.rows is not None else len(found.paths)
    if given != trial.example.gives:
        message = msg("it gives {count}, the example says {wanted}", count=given, wanted=trial.example.gives)
        yield Fault(trial.where, message, msg("correct the example, or the collector"))
    yield from _row_faults(trial, rows)
    for path in found.paths:
        if not Path(path).is_file():
            yield Fault(trial.where, msg("'{path}' is no file", path=path), msg("return paths of files that are there"))
    again = trial.collect()
    if found.rows is None and found != again:
        yield Fault(trial.where, msg("asked twice it gives other files"), msg("sort them by name"))
    if found.rows is not None and not {*map(type, rows)} - {dict} and _print(rows) != _print(again.rows or ()):
        yield Fault(trial.where, msg("asked twice it gives other rows"), msg("a row holds only what was recorded"))


def _row_faults(trial: _Trial, rows: Sequence[object]) -> Iterator[Fault]:
    hint = msg("a row is a mapping of column names to texts, numbers, booleans, dates, moments or None")
    for row in rows:
        if not isinstance(row, Mapping) or not all(isinstance(name, str) for name in row):
            yield Fault(trial.where, msg("a row is {value}", value=repr(row)), hint)
            return
        for name, cell in row.items():
            if cell is not None and not isinstance(cell, _PLAIN):
                yield Fault(
                    trial.where, msg("'{column}' is of the type {type}", column=name, type=type(cell).__name__), hint
                )
                return


def _print(rows: Iterable[Mapping[str, object]]) -> str:
    return land_rows(rows, "rows").fingerprint


def _nothing_faults(trial: _Trial) -> Iterator[Fault]:
    hint = msg("raise UnusableSource with a code, a message and a hint where records are not to be had")
    try:
        found = trial.collect()
    except UnusableSource as problem:
        if not isinstance(problem.message, Message) or not isinstance(problem.hint, Message | None):
            yield Fault(trial.where, msg("what it says is no message"), hint)
        return
    yield Fault(trial.where, msg("nothing is to be had, and it gives {value}", value=repr(found)), hint)


def _writing_faults(trial: _Trial) -> Iterator[Fault]:
    before = trial.files()
    guarded(trial.collect)
    after = trial.files()
    if before != after:
        names = sorted(Path(name).name for name in before.keys() ^ after.keys()) or ["…"]
        message = msg("it writes into the project: {names}", names=", ".join(names))
        yield Fault(trial.where, message, msg("return rows, or keep files in a temporary folder"))
