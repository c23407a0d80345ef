"""What FROM may name: datasets, and what WITH has named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Message, msg
from sqaudit.expressions.problem import ExpressionProblem, Node, did_you_mean, problem_at
from sqaudit.expressions.queries.relations import Field
from sqaudit.model.ids import fold_id
from sqaudit.model.quoting import quote_name

_NAME = re.compile(r"\w[\w .-]{0,62}")


class Selected(Struct, frozen=True):
    """SQL of something that rows can be read from, and its columns."""

    sql: str
    fields: tuple[Field, ...]


class Tables(Struct, frozen=True):
    """The tables that the query ``text`` may name, by name and folded name; ``datasets`` are their names for hints."""

    text: str
    by_fold: Mapping[str, Selected]
    datasets: tuple[str, ...]

    def find(self, node: Node) -> Selected:
        """The table that a node of FROM stands for.

        Raises:
            ExpressionProblem: SQA206 if there is none.
        """
        name = node.name
        found = self.by_fold.get(name) or self.by_fold.get(folded(name))
        if found is None:
            message = msg("no dataset is called '{name}'", name=name)
            raise self.problem(node, "SQA206", message, did_you_mean(name, self.datasets))
        return found

    def with_table(self, node: Node, name: str, fields: tuple[Field, ...]) -> Tables:
        """The same tables and one that WITH has named.

        Raises:
            ExpressionProblem: SQA315 if the name is taken.
        """
        if folded(name) in self.by_fold:
            hint = msg("give it another name")
            raise self.problem(node, "SQA315", msg("'{name}' is already the name of a table", name=name), hint)
        named = Selected(quote_name(name), fields)
        return replace(
            self, by_fold={**self.by_fold, name: named, folded(name): named}, datasets=(*self.datasets, name)
        )

    def new_name(self, node: Node) -> str:
        """The name after AS.

        Raises:
            ExpressionProblem: SQA315 if it cannot be a name.
        """
        name = str(node.name)
        if _NAME.fullmatch(name) is None:
            raise self.problem(
                node,
                "SQA315",
                msg("'{name}' cannot be a name here", name=name),
                msg("use letters, digits, '_' and blanks"),
            )
        return name

    def problem(self, node: Node, code: str, message: Message, hint: Message | None = None) -> ExpressionProblem:
        """The problem, pointing at ``node``."""
        return problem_at(node, self.text, code, message, hint)


def folded(name: str) -> str:
    """A table's name as it is looked up: upper and lower case, and ``-`` and ``_``, are the same."""
    return fold_id(name).casefold()


def named_tables(tree: Node) -> Iterator[Node]:
    """Every table of a tree that is not named by its WITH."""
    nodes = list(tree.walk())
    own = {folded(node.args["alias"].name) for node in nodes if type(node).__name__ == "CTE"}
    for node in nodes:
        if type(node).__name__ == "Table" and folded(node.name) not in own:
            yield node
