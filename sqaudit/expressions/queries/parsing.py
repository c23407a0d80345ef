"""The text of a query to one syntax tree of allowed nodes."""

from __future__ import annotations

import functools

from sqaudit.errors import msg
from sqaudit.expressions.parsing import ALLOWED, Grammar, not_allowed, parse
from sqaudit.expressions.problem import ExpressionProblem, Node

MAX_LENGTH = 8_000
MAX_NODES = 1_600
SET_OPERATIONS = {"Union": "UNION", "Intersect": "INTERSECT", "Except": "EXCEPT"}

_THIS = frozenset({"this"})
_ENDING = frozenset({"order", "limit", "offset", "with_"})
_QUERY = Grammar(
    length=MAX_LENGTH,
    nodes=MAX_NODES,
    allowed={
        **ALLOWED,
        **dict.fromkeys(SET_OPERATIONS, frozenset({"this", "expression", "distinct"}) | _ENDING),
        **dict.fromkeys(("From", "Having", "Qualify"), _THIS),
        **dict.fromkeys(("Limit", "Offset"), frozenset({"expression"})),
        **dict.fromkeys(("Group", "Order", "With"), frozenset({"expressions"})),
        "Alias": frozenset({"this", "alias"}),
        "CTE": frozenset({"this", "alias"}),
        "Column": frozenset({"this", "table"}),
        "Join": frozenset({"this", "on", "using", "side", "kind"}),
        "Ordered": frozenset({"this", "desc", "nulls_first"}),
        "Select": frozenset({"expressions", "from_", "joins", "where", "group", "having", "qualify", "distinct"})
        | _ENDING,
        "Subquery": frozenset({"this", "alias"}),
        "Table": frozenset({"this", "alias"}),
        "TableAlias": _THIS,
        "Window": frozenset({"this", "partition_by", "order", "spec", "over"}),
        "WindowSpec": frozenset({"kind", "start", "start_side", "end", "end_side"}),
    },
    starts=frozenset({"FROM", "L_PAREN", "SELECT", "WITH"}),
)


def is_query(node: Node) -> bool:
    """Whether ``node`` is a SELECT or several that are put together."""
    return type(node).__name__ == "Select" or type(node).__name__ in SET_OPERATIONS


@functools.lru_cache(maxsize=256)
def parse_query(text: str) -> Node:
    """The one SELECT that ``text`` stands for, made of allowed nodes only. The tree is shared: nobody may change it.

    Raises:
        ExpressionProblem: SQA301 if it cannot be read or is no SELECT, SQA302 if it holds what no query may hold.
    """
    tree = parse(text, _QUERY)
    while type(tree).__name__ == "Subquery" and not tree.args.get("alias"):
        tree = tree.this
    if not is_query(tree):
        raise ExpressionProblem("SQA302", not_allowed(msg("anything but one SELECT")), end=len(text))
    return tree
