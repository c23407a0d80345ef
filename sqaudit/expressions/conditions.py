"""Conditions over plain values: a site's attributes for ``when``, a score and its parts for ratings."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.expressions.evaluation import ConditionFailed, Part, Plain, Tree, Work, build, exact, shown
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.problem import ExpressionProblem, Node, did_you_mean, problem_at

__all__ = ["Condition", "ConditionFailed", "read_condition"]


class Condition(Struct, frozen=True):
    """A condition that can be worked out; ``names`` are the values it reads."""

    text: str
    names: frozenset[str]
    work: Work

    def evaluate(self, values: Mapping[str, object | None]) -> bool | None:
        """Whether the condition holds; ``None`` if a value it depends on is not known.

        Raises:
            ConditionFailed: If the values are of kinds that the condition cannot be applied to.
        """
        answer = self.work({name: exact(values.get(name)) for name in self.names})
        if answer is None or isinstance(answer, bool):
            return answer
        raise ConditionFailed(msg("'{value}' is not true or false", value=shown(answer)))


def read_condition(text: str, names: Collection[str]) -> Condition:
    """The condition that ``text`` stands for, over values of these names.

    Raises:
        ExpressionProblem: If the text is no condition, or reads a name that is not known here.
    """
    used: set[str] = set()
    by_fold = {name.casefold(): name for name in sorted(names, reverse=True)}

    def leaf(node: Node) -> Part | None:
        if type(node).__name__ != "Column":
            return None
        written = node.name
        name = written if written in names else by_fold.get(written.casefold())
        if name is None:
            message = msg("nothing is called '{name}' here", name=written)
            raise problem_at(node, text, "SQA303", message, did_you_mean(written, names))
        used.add(name)
        return Part(Kind.UNKNOWN, _value_of(name))

    tree = parse_expression(text)
    try:
        part = build(tree, Tree(text, leaf))
    except RecursionError:
        raise ExpressionProblem("SQA301", msg("the expression is nested too deeply"), end=len(text)) from None
    if part.kind not in {Kind.BOOLEAN, Kind.UNKNOWN}:
        raise problem_at(tree, text, "SQA306", msg("'{text}' is not a condition", text=text))
    return Condition(text, frozenset(used), part.work)


def _value_of(name: str) -> Work:
    def work(values: Mapping[str, Plain]) -> Plain:
        return values[name]

    return work
