"""Scorers: tried on numbers of every size and type, with the parameters that their author gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from sqaudit.conformance.report import Check, Fault, checked, skipped
from sqaudit.conformance.subject import Subject
from sqaudit.errors import Message, msg
from sqaudit.model.examples import ScorerExample
from sqaudit.model.ports import Scorer
from sqaudit.model.target import Target, read_target
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.offers import SCORERS

SCORER_CHECKS = ("scorer-examples", "scorer-range", "scorer-foreign-numbers", "scorer-refusal")
_VALUES = (0.0, 1.0, -1.0, 0.5, 1 / 3, 0.05, 2.0, 3.0, 4.75, 60.0, 100.0, 86_400.0, -2.5, 1e12, -1e12)
_HUNDRED = Decimal(100)


def check_scorers(subject: Subject) -> Iterator[Check]:
    """Every scorer, by the examples that its author gives."""
    scorers = subject.offered(SCORERS)
    if not scorers:
        yield from skipped(SCORER_CHECKS, msg("it brings no scorers"))
        return
    yield checked("scorer-examples", _without_examples(subject))
    taken = [(one, example) for one in scorers for example in _examples(subject, one) if not example.refused]
    refused = [(one, example) for one in scorers for example in _examples(subject, one) if example.refused]
    yield checked("scorer-range", _each(taken, _range_faults))
    yield checked("scorer-foreign-numbers", _each(taken, _foreign_faults))
    if refused:
        yield checked("scorer-refusal", _each(refused, _refusal_faults))
    else:
        yield from skipped(["scorer-refusal"], msg("no example must be refused"))


def _examples(subject: Subject, scorer: Scorer) -> Sequence[ScorerExample]:
    return subject.examples.scorers.get(scorer.name, ())


def _without_examples(subject: Subject) -> Iterator[Fault]:
    names = {scorer.name for scorer in subject.offered(SCORERS)}
    for name in sorted(names):
        if not any(not one.refused for one in subject.examples.scorers.get(name, ())):
            hint = msg("put a ScorerExample into `scorers` of {place}", place=subject.place_of_examples)
            yield Fault(name, msg("nothing says which parameters it takes"), hint)
    for name in sorted({*subject.examples.scorers} - names):
        yield Fault(name, msg("it brings no scorer '{name}'", name=name), msg("correct the name of the example"))


def _each(
    cases: Sequence[tuple[Scorer, ScorerExample]],
    look: Callable[[Scorer, ScorerExample, Target | None, str], Iterator[Fault]],
) -> Iterator[Fault]:
    for scorer, example in cases:
        where = f"{scorer.name} {example.parameters}"
        target = None if example.target is None else read_target(example.target)
        if example.target is not None and target is None:
            message = msg("'{text}' is no target", text=example.target)
            yield Fault(where, message, msg("write it as a criterion does, such as '>= 0.9'"))
            continue
        found = guarded(lambda case=(scorer, example, target, where): [*look(*case)])  # type: ignore[misc]
        if isinstance(found, Message):
            found = [Fault(where, msg("it raised {error}", error=found), msg("a scorer raises nothing"))]
        yield from found


def _refused_by_schema(scorer: Scorer, parameters: object) -> bool:
    from jsonschema import Draft202012Validator

    schema: Any = scorer.parameters_schema
    return not Draft202012Validator(schema).is_valid(parameters)


def _range_faults(scorer: Scorer, example: ScorerExample, target: Target | None, where: str) -> Iterator[Fault]:
    parameters = deepcopy(example.parameters)
    problem = scorer.problem(parameters, target)
    if _refused_by_schema(scorer, parameters) or problem is not None:
        reason = problem or msg("the schema refuses them")
        yield Fault(
            where, msg("its example is refused: {reason}", reason=reason), msg("correct the example, or the scorer")
        )
        return
    for value in (*_VALUES, *([float(target.bound)] if target is not None else [])):
        score = scorer.score(value, target, parameters)
        if not isinstance(score, Decimal) or not score.is_finite() or not 0 <= score <= _HUNDRED:
            message = msg("it gives {score} for {value}", score=repr(score), value=value)
            yield Fault(where, message, msg("a score is a Decimal from 0 to 100"))
            return
        if scorer.score(value, target, parameters) != score:
            yield Fault(
                where, msg("it gives two scores for {value}", value=value), msg("a score depends on nothing else")
            )
            return
    if parameters != example.parameters:
        yield Fault(where, msg("it changes its parameters"), msg("make values of its own"))


def _foreign_faults(scorer: Scorer, example: ScorerExample, target: Target | None, where: str) -> Iterator[Fault]:
    for value in _VALUES:
        score = scorer.score(value, target, example.parameters)
        for other in _others(value):
            kind = type(other).__name__
            found = guarded(lambda other=other: scorer.score(other, target, example.parameters))  # type: ignore[misc]
            hint = msg("turn numbers into exact ones with Decimal(str(value)), never with repr")
            if isinstance(found, Message):
                message = msg("given {value} as {kind} it raised {error}", value=value, kind=kind, error=found)
                yield Fault(where, message, hint)
                return
            if found != score:
                message = msg(
                    "given {value} as {kind} it gives {other}, not {score}",
                    value=value,
                    kind=kind,
                    other=found,
                    score=score,
                )
                yield Fault(where, message, hint)
                return


def _others(value: float) -> Iterator[object]:
    """The same number in other types."""
    yield Decimal(str(value))
    if value.is_integer():
        yield int(value)
    try:
        import numpy as np
    except ImportError:
        return
    yield np.float64(value)


def _refusal_faults(scorer: Scorer, example: ScorerExample, target: Target | None, where: str) -> Iterator[Fault]:
    if _refused_by_schema(scorer, example.parameters):
        return
    problem = scorer.problem(example.parameters, target)
    if not isinstance(problem, Message):
        message = msg("these parameters should be refused, and `problem` gives {value}", value=repr(problem))
        yield Fault(where, message, msg("let `problem` return a message that says what is wrong"))
