"""Which masked columns the value of an expression would tell."""

from __future__ import annotations

from collections.abc import Callable

from sqaudit.expressions.functions import ROW_FUNCTIONS
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.problem import Node
from sqaudit.expressions.queries.aggregates import called_name
from sqaudit.expressions.queries.relations import Field

# What comes of these is a yes or no, or a number of things: it does not tell the value that went in.
_CONDITIONS = frozenset(
    "And Between EQ GT GTE ILike In Is LT LTE Like NEQ Not Or RegexpLike".split()  # noqa: SIM905
)
_CALLS = frozenset({"bool_and", "bool_or", "count", "count_if", "instr", "length", "strlen"}) | {
    name for name, function in ROW_FUNCTIONS.items() if function.gives is Kind.BOOLEAN
}


def masked_in(node: Node, field_of: Callable[[Node], Field | None]) -> frozenset[str]:
    """The masked columns of datasets whose values could be read from the value of ``node``; rather one too many."""
    name = type(node).__name__
    if name == "Column":
        field = field_of(node)
        return field.masked if field is not None else frozenset()
    if name in _CONDITIONS or called_name(node) in _CALLS:
        return frozenset()
    # What a window is divided and ordered by, and the condition of FILTER, only choose rows.
    inner = [node.this] if name in {"Window", "Filter"} else node.iter_expressions()
    return frozenset().union(*(masked_in(part, field_of) for part in inner))
