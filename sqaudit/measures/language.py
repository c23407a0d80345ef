"""A measure's text to statistics: one call of a named measure, or plain aggregates with arithmetic around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqaudit.errors import msg
from sqaudit.expressions.calls import unknown_function
from sqaudit.expressions.functions import AGGREGATES, ROW_FUNCTIONS
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.problem import ExpressionProblem, Node
from sqaudit.expressions.terms import Scope, scope_of
from sqaudit.expressions.translation import translate
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.named import compile_call, fits, without_brackets
from sqaudit.measures.plain import compile_aggregates
from sqaudit.model.ports import Measure
from sqaudit.model.standard import Dataset


def compile_measure(text: str, dataset: Dataset, measures: Mapping[str, Measure]) -> CompiledMeasure:
    """The measure that ``text`` stands for, over the columns of ``dataset``.

    Args:
        text: A call such as ``share(csat >= 4)``, or aggregates such as ``sum(solved) / count(*)``.
        dataset: The columns that it may read.
        measures: The named measures, by name.

    Raises:
        ExpressionProblem: With offsets in ``text``.
    """
    scope = scope_of(text, dict(dataset.columns), staged=True)
    tree = parse_expression(text)
    try:
        return _compile(tree, scope, measures)
    except RecursionError:
        raise ExpressionProblem("SQA301", msg("the expression is nested too deeply"), end=len(text)) from None


def _compile(tree: Node, scope: Scope, measures: Mapping[str, Measure]) -> CompiledMeasure:
    root = without_brackets(tree)
    name = _name_of(root)
    measure = measures.get(name)
    _refuse_nested_measures(root, scope, measures)
    if measure is not None and (name not in AGGREGATES or fits(measure, root, scope)):
        return compile_call(measure, root, scope)
    if any(_name_of(node) in AGGREGATES for node in tree.walk()):
        return compile_aggregates(tree, scope)
    if name and name not in ROW_FUNCTIONS:
        raise unknown_function(name, root, scope, tuple(measures))
    raise _row_value(tree, scope)


def _name_of(node: Node) -> str:
    return str(node.this).casefold() if type(node).__name__ == "Anonymous" else ""


def _refuse_nested_measures(root: Node, scope: Scope, measures: Mapping[str, Measure]) -> None:
    for node in _calls_below(root):
        name = _name_of(node)
        if name in measures and name not in AGGREGATES and name not in ROW_FUNCTIONS:
            message = msg("'{name}' must stand alone as the whole measure", name=name)
            hint = msg("leave out rows with the item's where; compute with sum, avg, count_if and count(*)")
            raise scope.problem(node, "SQA310", message, hint)


def _calls_below(root: Node) -> Iterator[Node]:
    return (node for node in root.walk() if node is not root and _name_of(node))


def _row_value(tree: Node, scope: Scope) -> ExpressionProblem:
    kind = translate(tree, scope).kind
    written = scope.written(tree)
    wrapped = {Kind.BOOLEAN: f"share({written})", Kind.TEXT: f"distinct({written})"}.get(kind, f"mean({written})")
    message = msg("'{text}' is the value of one row; a measure sums rows up", text=written)
    return scope.problem(tree, "SQA308", message, msg("wrap it, for example {wrapped}", wrapped=wrapped))
