"""FROM and its joins to SQL."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.expressions.parsing import not_allowed
from sqaudit.expressions.problem import Node
from sqaudit.expressions.queries.parsing import is_query
from sqaudit.expressions.queries.relations import Relation, Relations
from sqaudit.expressions.queries.scope import QueryScope
from sqaudit.expressions.queries.tables import Selected, Tables
from sqaudit.expressions.translation import condition
from sqaudit.model.quoting import quote_name

_SIDES = {"": "", "LEFT": "LEFT ", "RIGHT": "RIGHT ", "FULL": "FULL "}
_KINDS = {"": "", "INNER": "", "OUTER": "", "SEMI": "SEMI ", "ANTI": "ANTI "}


def read_from(node: Node, tables: Tables, select: Callable[[Node, Tables], Selected]) -> tuple[str, Relations]:
    """SQL of what a SELECT reads, and its tables.

    Raises:
        ExpressionProblem: If a table is not known, or a join has no condition.
    """
    sql, first = _relation(node.args["from_"].this, tables, select, 1)
    relations = Relations((first,))
    for number, join in enumerate(node.args.get("joins") or (), start=2):
        word = _word(join, tables)
        joined, relation = _relation(join.this, tables, select, number)
        if any(one.alias.casefold() == relation.alias.casefold() for one in relations.members):
            message = msg("'{name}' is already the name of a table", name=relation.alias)
            raise tables.problem(join.this, "SQA315", message, msg("give it another name with AS"))
        both = replace(relations, members=(*relations.members, relation))
        if join.args.get("using"):
            names, merged = _using(join, relations, relation, tables)
            sql += f" {word}JOIN {joined} USING ({names})"
            both = replace(both, merged=relations.merged | merged)
        else:
            scope = QueryScope(tables.text, {}, staged=False, relations=both)
            sql += f" {word}JOIN {joined} ON {condition(join.args['on'], scope).sql}"
        relations = relations if word in {"SEMI ", "ANTI "} else both
    return sql, relations


def _relation(
    node: Node, tables: Tables, select: Callable[[Node, Tables], Selected], number: int
) -> tuple[str, Relation]:
    alias = node.args.get("alias")
    name = tables.new_name(alias.this) if alias else f":{number}"
    if type(node).__name__ == "Table" and type(node.this).__name__ == "Identifier":
        found = tables.find(node)
        name = name if alias else tables.new_name(node.this)
        return f"{found.sql} AS {quote_name(name)}", Relation(name, found.fields)
    if type(node).__name__ == "Subquery" and is_query(node.this):
        inner = select(node.this, tables)
        return f"({inner.sql}) AS {quote_name(name)}", Relation(name, inner.fields)
    hint = msg("FROM names datasets of the standard, or holds a SELECT in brackets")
    raise tables.problem(node, "SQA302", not_allowed(msg("a function or file in FROM")), hint)


def _word(join: Node, tables: Tables) -> str:
    side, kind = str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper()
    if side not in _SIDES or kind not in _KINDS or (side and kind in {"SEMI", "ANTI"}):
        what = msg("'{name}'", name=f"{side} {kind} JOIN".strip())
        raise tables.problem(join.this, "SQA302", not_allowed(what), msg("write JOIN … ON …"))
    if not join.args.get("using") and not join.args.get("on"):
        raise tables.problem(join.this, "SQA301", msg("a join has no condition"), msg("write JOIN … ON …"))
    return _SIDES[side] + _KINDS[kind]


def _using(join: Node, left: Relations, right: Relation, tables: Tables) -> tuple[str, frozenset[str]]:
    names: list[str] = []
    for identifier in join.args["using"]:
        found = [one.find(identifier.name) for one in left.members]
        here = [field for field in found if field is not None]
        if not here or right.find(identifier.name) is None:
            message = msg("no column is called '{name}' on both sides", name=identifier.name)
            raise tables.problem(identifier, "SQA303", message, msg("write JOIN … ON …"))
        if len(here) > 1 and identifier.name.casefold() not in left.merged:
            message = msg("'{name}' may be a column of several tables", name=identifier.name)
            raise tables.problem(identifier, "SQA314", message, msg("write JOIN … ON …"))
        names.append(here[0].name)
    return ", ".join(map(quote_name, names)), frozenset(name.casefold() for name in names)
