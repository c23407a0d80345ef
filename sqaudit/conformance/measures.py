"""Measures: tried on records that their author never thought of, and worked out again in plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from sqaudit.conformance.records import (
    DATASET,
    REGION,
    Records,
    Staged,
    in_other_numbers,
    random_records,
    spoilable,
    staged,
    unusable,
    without_values,
    write_records,
)
from sqaudit.conformance.report import Check, Fault, checked, skipped
from sqaudit.conformance.subject import Subject
from sqaudit.documents.building import build_dataset
from sqaudit.errors import Message, msg
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.measures.compiled import CompiledMeasure, finish_observation
from sqaudit.measures.language import compile_measure
from sqaudit.measures.pooling import pooled
from sqaudit.measures.requests import MeasureRequest, rows_against_sql, statistics_of
from sqaudit.model.evidence import Number, Observation
from sqaudit.model.examples import PERIOD, Naive, Row
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.score import Level, Value
from sqaudit.model.standard import Dataset
from sqaudit.model.target import Direction
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.offers import MEASURES

MEASURE_CHECKS = (
    "measure-naive",
    "measure-agreement",
    "measure-empty",
    "measure-nulls",
    "measure-missing-column",
    "measure-unusable",
    "measure-foreign-numbers",
    "measure-order",
    "measure-merging",
    "measure-returns",
    "measure-against",
)
WHOLE, NOBODY, BLANK, SOUND, SPOILT = "whole", "nobody", "blank", "sound", "spoilt"
_SHOWN = 200


class Trial(Struct, frozen=True):
    """One call of a measure, with the same in plain Python."""

    number: int
    text: str
    compiled: CompiledMeasure
    naive: Naive

    @property
    def request(self) -> MeasureRequest:
        """What is asked of the records."""
        return MeasureRequest(checklist="examples", item=str(self.number), measure=self.compiled)


def check_measures(subject: Subject) -> Iterator[Check]:
    """Every measure, by the calls that its author gives."""
    if not subject.offered(MEASURES):
        yield from skipped(MEASURE_CHECKS, msg("it brings no measures"))
        return
    dataset, faults = _dataset(subject)
    trials, more = _trials(subject, dataset)
    yield checked(MEASURE_CHECKS[0], [*faults, *more, *_without_naive(subject)])
    if not trials:
        yield from skipped(MEASURE_CHECKS[1:], msg("there is no call to try"))
        return
    yield from _measured(trials, dataset)


def _dataset(subject: Subject) -> tuple[Dataset, Sequence[Fault]]:
    columns = subject.examples.columns
    built = guarded(lambda: build_dataset(DATASET, {"columns": columns}))
    if not isinstance(built, Message):
        return built, ()
    hint = msg(
        "declare columns as a standard does, such as {example}",
        example="{'wait': {'type': 'integer', 'optional': True}}",
    )
    fault = Fault(subject.place_of_examples, msg("its columns cannot be used: {error}", error=built), hint)
    return Dataset(id=DATASET, columns={}), [fault]


def _without_naive(subject: Subject) -> Iterator[Fault]:
    tried = {_name(text) for text in subject.examples.naive}
    for measure in subject.offered(MEASURES):
        if measure.name not in tried:
            first = next(iter(measure.signatures), ())
            call = f"{measure.name}({', '.join(kind.value for kind in first)})"
            yield Fault(
                measure.name,
                msg("nothing says what it must give: it has no naive computation"),
                msg(
                    "put a call such as '{call}' into `naive` of {place}, with a function of its rows",
                    call=call,
                    place=subject.place_of_examples,
                ),
            )


def _name(text: str) -> str:
    return text.partition("(")[0].strip().casefold()


def _trials(subject: Subject, dataset: Dataset) -> tuple[list[Trial], list[Fault]]:
    measures = {measure.name: measure for measure in subject.offered(MEASURES)}
    trials: list[Trial] = []
    faults: list[Fault] = []
    for text, naive in subject.examples.naive.items():
        if _name(text) not in measures:
            message = msg("it brings no measure '{name}'", name=_name(text))
            faults.append(Fault(text, message, msg("correct the call, or bring the measure")))
            continue
        try:
            trials.append(Trial(len(trials), text, compile_measure(text, dataset, measures), naive))
        except ExpressionProblem as problem:
            hint = problem.hint or msg("correct the call, or the columns")
            faults.append(Fault(text, problem.message, hint))
    return trials, faults


def _measured(trials: Sequence[Trial], dataset: Dataset) -> Iterator[Check]:
    parts = random_records(dataset)
    whole = [row for rows in parts.values() for row in rows]
    sound = [*whole[-40:]]
    records: Records = {
        **parts,
        WHOLE: whole,
        NOBODY: (),
        BLANK: without_values(dataset),
        SOUND: sound,
        SPOILT: [*sound, *unusable(dataset, sound[:9])],
    }
    requests = [trial.request for trial in trials]
    everything = write_records(records, dataset.columns)
    with staged(dataset, everything, records) as table:
        seen = table.observe(requests)
        again = table.observe(requests)
        against = [*_each(trials, lambda trial: _against_faults(trial, table))]
    reading = [trial for trial in trials if trial.compiled.columns & spoilable(dataset)]
    yield checked("measure-agreement", _each(trials, lambda trial: _disagreements(trial, seen, parts)))
    yield checked("measure-empty", _each(trials, lambda trial: _of_nothing(trial, seen)))
    yield checked("measure-nulls", _each(trials, lambda trial: _compared(trial, seen, BLANK, records[BLANK])))
    yield _missing_columns(trials, dataset)
    yield checked("measure-unusable", _each(reading, lambda trial: _unusable(trial, seen)))
    yield _foreign(trials, dataset, records, seen)
    with staged(dataset, write_records(records, dataset.columns, shuffled=True), records) as table:
        shuffled = table.observe(requests)
    order = msg("a value may depend on nothing but the rows: look for time, chance, kept state and sums in floats")
    yield checked(
        "measure-order",
        [
            *_each(
                trials, lambda trial: _differing(trial, seen, again, msg("the same rows give another value"), order)
            ),
            *_each(
                trials,
                lambda trial: _differing(trial, seen, shuffled, msg("rows in another order give another value"), order),
            ),
        ],
    )
    yield checked("measure-merging", _each(trials, lambda trial: _merged(trial, seen, parts)))
    yield checked("measure-returns", _each(trials, lambda trial: _returned(trial, seen)))
    yield checked("measure-against", against)


def _each(trials: Sequence[Trial], look: Callable[[Trial], Iterator[Fault]]) -> Iterator[Fault]:
    for trial in trials:
        found = guarded(lambda trial=trial: [*look(trial)])  # type: ignore[misc]
        if isinstance(found, Message):
            found = [Fault(trial.text, msg("it raised {error}", error=found), _KEEP_GOING)]
        yield from found


_KEEP_GOING = msg("`finish` gives a value of None with a reason where there is none, and never raises")


def _value(trial: Trial, seen: Mapping[tuple[int, str], Observation], site: str) -> Value:
    return finish_observation(trial.compiled, seen[trial.number, site])


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _naive(trial: Trial, rows: Sequence[Row]) -> float | Fault | None:
    found = guarded(lambda: trial.naive(deepcopy([dict(row) for row in rows])))
    repair = msg(
        "repair the naive computation: it takes a list of rows and gives a number, or None where there is no value"
    )
    if isinstance(found, Message):
        return Fault(trial.text, msg("the naive computation raised {error}", error=found), repair)
    if found is None:
        return None
    number = guarded(lambda: float(found))
    if isinstance(number, Message) or not math.isfinite(number):
        return Fault(
            trial.text, msg("the naive computation gives {value}, which is no number", value=repr(found)), repair
        )
    return number


def _compared(
    trial: Trial, seen: Mapping[tuple[int, str], Observation], site: str, rows: Sequence[Row]
) -> Iterator[Fault]:
    """Whether the value at a site is that of the naive computation over its rows."""
    observation = seen[trial.number, site]
    if observation.failed:
        hint = msg("see the SQL of its statistics: it must be meant for every row")
        yield Fault(trial.text, msg("it cannot be measured: {reason}", reason=observation.reason), hint)
        return
    expected = _naive(trial, rows)
    if isinstance(expected, Fault):
        yield expected
        return
    value = _value(trial, seen, site).value
    if not _same(value, expected):
        message = msg(
            "it gives {value}, the naive computation {expected}, of {count} rows: {rows}",
            value=value,
            expected=expected,
            count=len(rows),
            rows=_shown(trial, rows),
        )
        yield Fault(trial.text, message, msg("one of the two is wrong; work these rows out by hand"))


def _shown(trial: Trial, rows: Sequence[Row]) -> str:
    text = str([{name: row[name] for name in sorted(trial.compiled.columns)} for row in rows])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _disagreements(trial: Trial, seen: Mapping[tuple[int, str], Observation], parts: Records) -> Iterator[Fault]:
    """The first disagreement, over as few rows as possible."""
    for site, rows in sorted(parts.items(), key=lambda part: len(part[1])):
        faults = [*_compared(trial, seen, site, rows)]
        if faults:
            yield faults[0]
            return


def _of_nothing(trial: Trial, seen: Mapping[tuple[int, str], Observation]) -> Iterator[Fault]:
    nothing: dict[str, Number | None] = {
        name: 0 if one.kind in {StatisticKind.COUNT, StatisticKind.DISTINCT} else None
        for name, one in trial.compiled.statistics.items()
    }
    nobody = _value(trial, seen, NOBODY)
    for value in (nobody, trial.compiled.finish(nothing)):
        if value.value == 0 and value.unit == "count" and value is not nobody:
            continue  # of rows that are known, none may be such
        if value.value is not None:
            yield Fault(trial.text, msg("it gives {value} of no rows", value=value.value), _KEEP_GOING)
            return
        if not value.reason:
            yield Fault(trial.text, msg("it gives no value and no reason for it"), _KEEP_GOING)
            return


def _missing_columns(trials: Sequence[Trial], dataset: Dataset) -> Check:
    rows = without_values(dataset)
    needed = [name for name, column in dataset.columns.items() if not column.optional]
    with staged(dataset, write_records({BLANK: rows}, needed), [BLANK]) as table:
        seen = table.observe([trial.request for trial in trials])
    return checked("measure-missing-column", _each(trials, lambda trial: _compared(trial, seen, BLANK, rows)))


def _unusable(trial: Trial, seen: Mapping[tuple[int, str], Observation]) -> Iterator[Fault]:
    """Nothing of a row whose cells cannot be used counts as known."""
    spoilt, sound = seen[trial.number, SPOILT], seen[trial.number, SOUND]
    if spoilt.failed:
        yield Fault(trial.text, msg("it cannot be measured: {reason}", reason=spoilt.reason), _KEEP_GOING)
        return
    value = _value(trial, seen, SPOILT).value
    if value is not None and not math.isfinite(value):
        yield Fault(trial.text, msg("it gives {value} where cells cannot be used", value=value), _KEEP_GOING)
    elif spoilt.n > sound.n:
        message = msg("rows count as known although their cells cannot be used: {count}", count=spoilt.n - sound.n)
        yield Fault(trial.text, message, msg("let `n` leave out rows in which an argument is `unusable`"))


def _foreign(
    trials: Sequence[Trial], dataset: Dataset, records: Records, seen: Mapping[tuple[int, str], Observation]
) -> Check:
    parts = {site: rows for site, rows in records.items() if site != SPOILT}
    with staged(dataset, in_other_numbers(parts), parts) as table:
        other = table.observe([trial.request for trial in trials])
    known = {key: one for key, one in seen.items() if key[1] != SPOILT}
    hint = msg("`finish` is given int, Decimal or float for one and the same number")
    return checked(
        "measure-foreign-numbers",
        [
            *_each(
                trials,
                lambda trial: _differing(trial, known, other, msg("numbers of other types give another value"), hint),
            ),
            *_each(trials, lambda trial: _other_statistics(trial, seen, hint)),
        ],
    )


def _other_statistics(trial: Trial, seen: Mapping[tuple[int, str], Observation], hint: Message) -> Iterator[Fault]:
    statistics = seen[trial.number, WHOLE].statistics
    value = trial.compiled.finish(dict(statistics)).value
    for kind in (Decimal, float):
        given = {name: None if number is None else kind(str(number)) for name, number in statistics.items()}
        found = guarded(lambda given=given: trial.compiled.finish(given))  # type: ignore[misc]
        if isinstance(found, Message):
            yield Fault(
                trial.text, msg("statistics as {kind}: it raised {error}", kind=kind.__name__, error=found), hint
            )
        elif not _same(found.value, value):
            values = {"kind": kind.__name__, "other": found.value, "value": value}
            yield Fault(trial.text, msg("statistics as {kind} give {other}, not {value}", **values), hint)


def _differing(
    trial: Trial,
    seen: Mapping[tuple[int, str], Observation],
    other: Mapping[tuple[int, str], Observation],
    message: Message,
    hint: Message,
) -> Iterator[Fault]:
    for number, site in seen:
        if number != trial.number or site == REGION:
            continue
        one, another = _value(trial, seen, site), _value(trial, other, site)
        if not _same(one.value, another.value) or one.reason != another.reason:
            shown = msg("{said}: {one} and {another}", said=message, one=one.value, another=another.value)
            yield Fault(trial.text, shown, hint)
            return


def _merged(trial: Trial, seen: Mapping[tuple[int, str], Observation], parts: Records) -> Iterator[Fault]:
    """What the parts have together is what the whole has."""
    merged = seen.get((trial.number, REGION))
    if merged is None:
        members = [seen[trial.number, site] for site in parts]
        merged = pooled(members, statistics_of(trial.request), place=REGION, level=Level.REGION)
    value, whole = finish_observation(trial.compiled, merged).value, _value(trial, seen, WHOLE).value
    if not _same(value, whole):
        message = msg("merged from its parts it gives {value}, of all rows at once {whole}", value=value, whole=whole)
        hint = msg("make the value of sums, counts and extremes alone, and round nothing on the way")
        yield Fault(trial.text, message, hint)


def _returned(trial: Trial, seen: Mapping[tuple[int, str], Observation]) -> Iterator[Fault]:
    """Plain values that can be kept, and statistics left as they were."""
    statistics = seen[trial.number, WHOLE].statistics
    given = dict(statistics)
    value = trial.compiled.finish(given)
    hint = msg("return sqaudit.model.score.Value with a plain float")
    if given != dict(statistics):
        yield Fault(trial.text, msg("`finish` changes the statistics it is given"), msg("make values of its own"))
    if not isinstance(value, Value):
        yield Fault(trial.text, msg("`finish` gives {value}, which is no Value", value=repr(value)), hint)
        return
    if type(value.value) not in {float, int, type(None)}:
        yield Fault(trial.text, msg("its value is of the type {type}", type=type(value.value).__name__), hint)
    wrong = guarded(lambda: json.dumps([value.value, value.unit, value.formula, value.reason], allow_nan=False))
    if isinstance(wrong, Message):
        yield Fault(trial.text, msg("what it returns cannot be kept as JSON: {error}", error=wrong), hint)
    if value.formula != trial.compiled.formula or not value.formula:
        message = msg(
            "its value says formula '{said}', the measure '{formula}'",
            said=value.formula,
            formula=trial.compiled.formula,
        )
        yield Fault(trial.text, message, msg("hand `formula` and `unit` on as they are"))
    if value.unit != trial.compiled.unit:
        message = msg("its value says unit '{said}', the measure '{unit}'", said=value.unit, unit=trial.compiled.unit)
        yield Fault(trial.text, message, msg("hand `formula` and `unit` on as they are"))
    spread = [] if value.spread is None else [getattr(value.spread, name) for name in value.spread.__struct_fields__]
    for number in spread:
        if number is not None and not isinstance(number, int | Fraction | Decimal | Mapping):
            yield Fault(
                trial.text,
                msg("its spread holds a {type}", type=type(number).__name__),
                msg("give it exact numbers: int or Fraction"),
            )
            break


def _against_faults(trial: Trial, table: Staged) -> Iterator[Fault]:
    """The condition for rows that count against a site can be asked of all rows."""
    for direction in Direction:
        condition, _ = rows_against_sql(trial.request, table.ground.staged, PERIOD, PERIOD.end, direction)
        sql = f"SELECT count_if({condition}) FROM {table.ground.staged.relation}"
        found = guarded(lambda sql=sql: table.ground.session.query(sql, zone="UTC"))  # type: ignore[misc]
        if isinstance(found, Message):
            message = msg("its condition for rows against a site cannot be asked: {error}", error=found)
            yield Fault(trial.text, message, msg("let `against` give SQL over its arguments, or None"))
            return
