"""What a SELECT reads: tables with named, typed columns, and what a name in it refers to."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.expressions.kinds import Kind, kind_of_column
from sqaudit.expressions.problem import ExpressionProblem, Node, did_you_mean, problem_at
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column


class Field(Struct, frozen=True, kw_only=True):
    """A column of a table or of a query's result.

    ``column`` is set where it is a declared column as it stands; ``exact`` is false where it may hold doubles.
    ``masked`` are the masked columns of datasets that its values would tell.
    """

    name: str
    kind: Kind
    column: Column | None = None
    exact: bool = True
    masked: frozenset[str] = frozenset()


def fields_of(columns: Mapping[str, Column]) -> tuple[Field, ...]:
    """The columns of a dataset."""
    return tuple(
        Field(
            name=name,
            kind=kind_of_column(column.type),
            column=replace(column, name=name),
            masked=frozenset({name} if column.mask is not None else ()),
        )
        for name, column in columns.items()
    )


class Relation(Struct, frozen=True):
    """A table in FROM under the name by which its columns are called."""

    alias: str
    fields: tuple[Field, ...]

    def find(self, name: str) -> Field | None:
        """The column of this name: exactly, or but for upper and lower case."""
        found = [field for field in self.fields if field.name.casefold() == name.casefold()]
        return next((field for field in found if field.name == name), found[0] if found else None)

    def sql(self, field: Field) -> str:
        """The column as it is called in SQL."""
        return f"{quote_name(self.alias)}.{quote_name(field.name)}"


class Relations(Struct, frozen=True):
    """The tables of one FROM. ``merged`` holds the folded names of columns that USING made one."""

    members: tuple[Relation, ...] = ()
    merged: frozenset[str] = frozenset()

    def all_fields(self) -> list[tuple[str, Field]]:
        """Every column with its SQL, those of USING once."""
        listed: list[tuple[str, Field]] = []
        told: set[str] = set()
        for relation in self.members:
            for field in relation.fields:
                folded = field.name.casefold()
                if folded not in self.merged:
                    listed.append((relation.sql(field), field))
                elif folded not in told:
                    told.add(folded)
                    listed.append((quote_name(field.name), self._merged(field)))
        return listed

    def _merged(self, first: Field) -> Field:
        """What USING made of the columns of this name: it may hold the values of either."""
        found = [field for one in self.members if (field := one.find(first.name)) is not None]
        return replace(first, masked=frozenset().union(*(field.masked for field in found)))

    def member(self, node: Node, text: str) -> Relation:
        """The table that a name before a dot refers to.

        Raises:
            ExpressionProblem: SQA303 if there is none.
        """
        written = node.args["table"].name
        found = next((one for one in self.members if one.alias.casefold() == written.casefold()), None)
        if found is None:
            message = msg("no table is called '{name}' here", name=written)
            hint = did_you_mean(written, [one.alias for one in self.members if not one.alias.startswith(":")])
            raise problem_at(node.args["table"], text, "SQA303", message, hint)
        return found

    def resolve(self, node: Node, text: str) -> tuple[str, Field]:
        """SQL and kind of the column that ``node`` stands for.

        Raises:
            ExpressionProblem: SQA303 if there is none, SQA314 if there are several.
        """
        if node.args.get("table"):
            relation = self.member(node, text)
            field = relation.find(node.name)
            if field is None:
                raise self._unknown(node, text, [field.name for field in relation.fields])
            return relation.sql(field), field
        found = [(one, field) for one in self.members if (field := one.find(node.name)) is not None]
        if not found:
            raise self._unknown(node, text, [field.name for one in self.members for field in one.fields])
        if found[0][1].name.casefold() in self.merged:
            return quote_name(found[0][1].name), self._merged(found[0][1])
        if len(found) > 1:
            message = msg("'{name}' may be a column of several tables", name=node.name)
            examples = " / ".join(f"{one.alias}.{field.name}" for one, field in found)
            raise problem_at(node, text, "SQA314", message, msg("write {examples}", examples=examples))
        relation, field = found[0]
        return relation.sql(field), field

    def _unknown(self, node: Node, text: str, known: list[str]) -> ExpressionProblem:
        hint = did_you_mean(node.name, known)
        if node.this.args.get("quoted"):
            hint = msg("double quotes are for names; a text is written '{text}'", text=node.name)
        return problem_at(node, text, "SQA303", msg("no column is called '{name}'", name=node.name), hint)
