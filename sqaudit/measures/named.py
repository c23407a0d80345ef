"""Calls of named measures: arguments matched to a signature, then handed to the measure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from sqaudit.errors import Message, PluginFailed, msg
from sqaudit.expressions.kinds import AMOUNT, WHEN, Kind, word_for
from sqaudit.expressions.problem import ExpressionProblem, Node
from sqaudit.expressions.terms import Scope, Term, all_columns, any_unusable
from sqaudit.expressions.translation import translate
from sqaudit.measures.compiled import CompiledMeasure, identity_of
from sqaudit.measures.finishing import SECONDS
from sqaudit.model.evidence import Statistics
from sqaudit.model.ports import Argument, ArgumentKind, Measure, MeasureFamily, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

_FITTING = {
    ArgumentKind.CONDITION: frozenset({Kind.BOOLEAN}),
    ArgumentKind.NUMBER: AMOUNT,
    ArgumentKind.MOMENT: WHEN,
    ArgumentKind.ANYTHING: frozenset(Kind),
}
_WORDS = {
    ArgumentKind.CONDITION: msg("a condition"),
    ArgumentKind.NUMBER: msg("a number or duration"),
    ArgumentKind.MOMENT: msg("a date or time"),
    ArgumentKind.CONSTANT: msg("a number written out"),
    ArgumentKind.WORD: msg("a word in quotes"),
    ArgumentKind.ANYTHING: msg("a value"),
    ArgumentKind.STAR: msg("*"),
}


def without_brackets(node: Node) -> Node:
    """What stands within the brackets around a node, if there are any."""
    while type(node).__name__ == "Paren":
        node = node.this
    return node


def fits(measure: Measure, call: Node, scope: Scope) -> bool:
    """Whether the call has the arguments that one of the measure's signatures asks for."""
    nodes = list(call.expressions)
    if any(type(node).__name__ == "Distinct" for node in nodes):
        return False
    terms = [None if type(node).__name__ == "Star" else translate(node, scope) for node in nodes]
    return any(_misfit(signature, nodes, terms) is None for signature in measure.signatures)


def compile_call(measure: Measure, call: Node, scope: Scope) -> CompiledMeasure:
    """The compiled measure of a call such as ``share(csat >= 4)``."""
    nodes = [without_brackets(node) for node in call.expressions]
    terms = [_term(node, scope) for node in nodes]
    _choose_signature(measure, call, nodes, terms, scope)
    arguments = [_argument(node, term, scope) for node, term in zip(nodes, terms, strict=True)]
    try:
        if isinstance(measure, MeasureFamily):
            measure = measure.member(arguments)
        unit = measure.unit(arguments)
        statistics = dict(measure.statistics(arguments))
    except UnfitArgument as error:
        raise scope.problem(nodes[error.index], "SQA312", error.message, error.hint) from None
    except PluginFailed:
        raise
    except Exception as error:
        message = msg("the measure '{name}' failed: {reason}", name=measure.name, reason=repr(error))
        raise scope.problem(call, "SQA313", message) from error
    if unit is None:
        unit = SECONDS if terms and terms[0] is not None and terms[0].kind is Kind.DURATION else ""

    def finish(found: Statistics) -> Value:
        return measure.finish(found, unit)

    def against(direction: Direction) -> str | None:
        return measure.against(arguments, direction)

    columns = all_columns(term for term in terms if term is not None)
    return CompiledMeasure(
        text=scope.text,
        formula=measure.formula,
        unit=unit,
        statistics=statistics,
        columns=columns,
        identity=identity_of(measure.formula, unit, statistics, columns, [_told(argument) for argument in arguments]),
        finisher=finish,
        opposed=against,
        registry=scope.clocks,
    )


def _term(node: Node, scope: Scope) -> Term | None:
    name = type(node).__name__
    if name == "Distinct":
        raise scope.problem(node, "SQA305", msg("DISTINCT belongs into count(DISTINCT …)"))
    return None if name == "Star" else translate(node, scope)


def _choose_signature(measure: Measure, call: Node, nodes: list[Node], terms: list[Term | None], scope: Scope) -> None:
    same_length = [signature for signature in measure.signatures if len(signature) == len(nodes)]
    if not same_length:
        message = msg("'{name}' takes {signatures}", name=measure.name, signatures=_in_words(measure.signatures))
        raise scope.problem(call, "SQA305", message)
    misfits = [_misfit(signature, nodes, terms) for signature in same_length]
    if None not in misfits:
        index = max(misfit for misfit in misfits if misfit is not None)
        raise _unfit(measure, same_length[misfits.index(index)][index], nodes[index], terms[index], scope)


def _misfit(signature: Sequence[ArgumentKind], nodes: list[Node], terms: list[Term | None]) -> int | None:
    if len(signature) != len(nodes):
        return 0
    pairs = zip(signature, nodes, terms, strict=True)
    return next((index for index, (kind, node, term) in enumerate(pairs) if not _suits(kind, node, term)), None)


def _suits(kind: ArgumentKind, node: Node, term: Term | None) -> bool:
    if kind is ArgumentKind.STAR or term is None:
        return kind is ArgumentKind.STAR and term is None
    if kind is ArgumentKind.CONSTANT:
        return constant_of(node) is not None
    if kind is ArgumentKind.WORD:
        return term.written is not None
    return term.kind is Kind.UNKNOWN or term.kind in _FITTING[kind]


def _unfit(measure: Measure, wanted: ArgumentKind, node: Node, term: Term | None, scope: Scope) -> ExpressionProblem:
    kind = word_for(term.kind) if term is not None else _WORDS[ArgumentKind.STAR]
    message = msg(
        "'{name}' needs {wanted}, but '{text}' is {kind}",
        name=measure.name,
        wanted=_WORDS[wanted],
        text=scope.written(node),
        kind=kind,
    )
    return scope.problem(node, "SQA306", message)


def _in_words(signatures: Sequence[Sequence[ArgumentKind]]) -> Message:
    first, *others = [_signature_in_words(signature) for signature in signatures]
    for other in others:
        first = msg("{one} or {other}", one=first, other=other)
    return first


def _signature_in_words(signature: Sequence[ArgumentKind]) -> Message:
    if not signature:
        return msg("nothing")
    words, *others = [_WORDS[kind] for kind in signature]
    for other in others:
        words = msg("{one} and {other}", one=words, other=other)
    return words


def constant_of(node: Node) -> Decimal | None:
    """The number that is written out, if one is."""
    node = without_brackets(node)
    name = type(node).__name__
    if name == "Neg":
        inner = constant_of(node.this)
        return None if inner is None else -inner
    if name != "Literal" or node.is_string:
        return None
    return Decimal(str(node.this))


def _argument(node: Node, term: Term | None, scope: Scope) -> Argument:
    if term is None:
        return Argument(sql="*")
    column = scope.columns[next(iter(term.columns))] if type(node).__name__ == "Column" and term.columns else None
    return Argument(
        sql=term.sql,
        column=column,
        constant=constant_of(node),
        is_day=term.kind is Kind.DATE,
        unusable=f"({term.sql} IS NULL AND {any_unusable(term.columns)})" if term.columns else "FALSE",
        word=term.written,
        is_duration=term.kind is Kind.DURATION,
    )


def _told(argument: Argument) -> list[str]:
    """What a measure may take from an argument, apart from how it was written."""
    if argument.constant is not None:
        return ["constant", str(Fraction(argument.constant))]
    if argument.word is not None:
        return ["word", argument.word]
    column = argument.column
    ends = () if column is None else (column.minimum, column.maximum)
    return [argument.sql, *(str(Fraction(end)) if isinstance(end, Decimal) else f"{end!r}" for end in ends)]
