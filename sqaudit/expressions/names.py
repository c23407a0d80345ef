"""Names that an expression reads, before it is known what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.model.ids import fold_id


def names_read(text: str) -> tuple[str, ...]:
    """The names in an expression, each once, in the order written; none of a text that cannot be read."""
    try:
        tree = parse_expression(text)
    except ExpressionProblem:
        return ()
    written = [node for node in tree.walk() if type(node).__name__ == "Column"]
    written.sort(key=lambda node: node.this.meta.get("start", 0))
    return tuple(dict.fromkeys(node.name for node in written))


def id_finder(ids: Iterable[str]) -> Callable[[str], str | None]:
    """A look-up of the id that a name in an expression means: ``-`` is written ``_``, case counts if it must."""
    by_name = {fold_id(one): one for one in ids}
    by_fold = {name.casefold(): by_name[name] for name in sorted(by_name, reverse=True)}

    def find(written: str) -> str | None:
        name = fold_id(written)
        return by_name.get(name) or by_fold.get(name.casefold())

    return find
