"""A checked tree of a query to SQL, part by part. What runs is this SQL, never the text that was written."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.expressions.kinds import common_kind
from sqaudit.expressions.parsing import not_allowed
from sqaudit.expressions.problem import Node
from sqaudit.expressions.queries.aggregates import has_aggregate, is_exact
from sqaudit.expressions.queries.joining import read_from
from sqaudit.expressions.queries.masked import masked_in
from sqaudit.expressions.queries.parsing import SET_OPERATIONS, is_query
from sqaudit.expressions.queries.relations import Field
from sqaudit.expressions.queries.scope import QueryScope
from sqaudit.expressions.queries.tables import Selected, Tables
from sqaudit.expressions.queries.windows import direction
from sqaudit.expressions.terms import Term
from sqaudit.expressions.translation import condition, translate
from sqaudit.model.quoting import quote_name


def select(node: Node, tables: Tables, *, whole: bool = False) -> Selected:
    """SQL for a query. ``whole`` is the outermost: its rows have one order whatever it says.

    Raises:
        ExpressionProblem: If a name, kind or part is not allowed.
    """
    if not is_query(node):
        raise tables.problem(node, "SQA302", not_allowed(msg("'{name}'", name=type(node).__name__.upper())))
    with_sql = ""
    if node.args.get("with_"):
        listed = []
        for each in node.args["with_"].expressions:
            name = tables.new_name(each.args["alias"].this)
            inner = select(each.this, tables)
            tables = tables.with_table(each.args["alias"].this, name, inner.fields)
            listed.append(f"{quote_name(name)} AS ({inner.sql})")
        with_sql = f"WITH {', '.join(listed)} "
    made, ordering = _set(node, tables) if type(node).__name__ in SET_OPERATIONS else _select(node, tables)
    limit = _limit(node, tables)
    ordered = _order(node, ordering, made.fields)
    return Selected(with_sql + made.sql + (ordered if limit or whole else "") + limit, made.fields)


def _set(node: Node, tables: Tables) -> tuple[Selected, QueryScope]:
    sides = [_side(part, tables) for part in (node.this, node.expression)]
    first, second = (side.fields for side in sides)
    if len(first) != len(second):
        message = msg("one side has {one} columns, the other {other}", one=len(first), other=len(second))
        raise tables.problem(node, "SQA306", message, msg("give both sides the same columns in the same order"))
    fields = []
    for one, other in zip(first, second, strict=True):
        kind = common_kind([one.kind, other.kind])
        if kind is None:
            message = msg("'{one}' and '{other}' are of different kinds", one=one.name, other=other.name)
            raise tables.problem(node, "SQA306", message)
        column = one.column if one.column == other.column else None
        exact, masked = one.exact and other.exact, one.masked | other.masked
        fields.append(Field(name=one.name, kind=kind, column=column, exact=exact, masked=masked))
    word = SET_OPERATIONS[type(node).__name__] + ("" if node.args.get("distinct") else " ALL")
    named = {field.name.casefold(): Term(quote_name(field.name), field.kind) for field in fields}
    scope = _scope(tables, aliases=named)
    return Selected(f"({sides[0].sql}) {word} ({sides[1].sql})", tuple(fields)), scope


def _side(node: Node, tables: Tables) -> Selected:
    while type(node).__name__ == "Subquery" and not node.args.get("alias"):
        node = node.this
    return select(node, tables)


class _Output(Struct, frozen=True):
    """One column of a result: its name, what it is written as, and the term."""

    field: Field
    node: Node | None
    sql: str


def _scope(tables: Tables, **given: object) -> QueryScope:
    return QueryScope(tables.text, {}, staged=False, **given)  # type: ignore[arg-type]


def _select(node: Node, tables: Tables) -> tuple[Selected, QueryScope]:
    if not node.args.get("from_"):
        raise tables.problem(node, "SQA301", msg("FROM is missing"), msg("write SELECT … FROM a dataset"))
    if not node.expressions:
        raise tables.problem(node, "SQA301", msg("SELECT names no column"), msg("write SELECT a, b FROM …"))
    from_sql, relations = read_from(node, tables, select)
    rows = _scope(tables, relations=relations)
    written = node.expressions
    sql = f" FROM {from_sql}"
    if node.args.get("where"):
        sql += f" WHERE {condition(node.args['where'].this, rows).sql}"
    keys = _keys(node, rows)
    if keys:
        sql += f" GROUP BY {', '.join(dict.fromkeys(keys))}"
    places = [node.args.get(part) for part in ("having", "qualify", "order")]
    is_grouped = keys or node.args.get("having") or any(has_aggregate(part) for part in (*written, *places) if part)
    scope = replace(rows, keys=frozenset(keys) if is_grouped else None, windows=True)
    outputs = [output for part in written for output in _outputs(part, scope, tables)]
    fields = _distinct_fields(outputs, node, tables)
    aliases = {
        output.field.name.casefold(): Term(output.sql, output.field.kind) for output in outputs if _is_new(output)
    }
    after = replace(scope, aliases=aliases)
    if node.args.get("having"):
        sql += f" HAVING {condition(node.args['having'].this, replace(after, windows=False)).sql}"
    if node.args.get("qualify"):
        sql += f" QUALIFY {condition(node.args['qualify'].this, after).sql}"
    listed = ", ".join(f"{output.sql} AS {quote_name(output.field.name)}" for output in outputs)
    distinct = "DISTINCT " if node.args.get("distinct") else ""
    return Selected(f"SELECT {distinct}{listed}{sql}", fields), after


def _is_new(output: _Output) -> bool:
    return output.node is not None


def _keys(node: Node, rows: QueryScope) -> list[str]:
    """SQL of what rows are grouped by; a place in the list or a new name stands for what is selected there."""
    group = node.args.get("group")
    named = {part.alias.casefold(): part.this for part in node.expressions if type(part).__name__ == "Alias"}
    keys = []
    for key in group.expressions if group else ():
        place = _place(key, len(node.expressions), rows)
        wanted = key
        if place is not None:
            wanted = node.expressions[place - 1]
            wanted = wanted.this if type(wanted).__name__ == "Alias" else wanted
        elif _is_bare(key) and rows.field_at(key) is None:
            wanted = named.get(key.name.casefold(), key)
        keys.append(translate(wanted, rows).sql)
    return keys


def _is_bare(node: Node) -> bool:
    return type(node).__name__ == "Column" and not node.args.get("table")


def _place(node: Node, count: int, scope: QueryScope) -> int | None:
    """The place in the list of columns that a whole number in GROUP BY or ORDER BY stands for."""
    if type(node).__name__ != "Literal":
        return None
    text = str(node.this)
    if node.is_string or not text.isdecimal() or not 1 <= int(text) <= count:
        raise scope.problem(node, "SQA305", msg("there is no column {place}", place=text))
    return int(text)


def _outputs(node: Node, scope: QueryScope, tables: Tables) -> list[_Output]:
    kind = type(node).__name__
    if kind == "Star" or (kind == "Column" and type(node.this).__name__ == "Star"):
        found = scope.relations.all_fields()
        if kind == "Column":
            relation = scope.relations.member(node, tables.text)
            found = [(relation.sql(field), field) for field in relation.fields]
        if scope.keys is not None:
            message = msg("'{name}' is neither in GROUP BY nor inside an aggregate", name="*")
            raise tables.problem(node, "SQA316", message, msg("name the columns"))
        return [_Output(field, None, sql) for sql, field in found]
    written = node.this if kind == "Alias" else node
    term = translate(written, scope)
    bare = scope.relations.resolve(written, tables.text)[1] if _is_plain(written, scope) else None
    if kind == "Alias":
        name = tables.new_name(node.args["alias"])
    elif bare is not None:
        name = bare.name
    else:
        message = msg("the column '{text}' has no name", text=scope.written(node))
        raise tables.problem(node, "SQA315", message, msg("give it one: {text} AS name", text=scope.written(node)))
    column = bare.column if bare is not None else None
    field_of = scope.rows.field_at
    exact, masked = is_exact(written, field_of), masked_in(written, field_of)
    field = Field(name=name, kind=term.kind, column=column, exact=exact, masked=masked)
    return [_Output(field, node if kind == "Alias" else None, term.sql)]


def _is_plain(node: Node, scope: QueryScope) -> bool:
    return type(node).__name__ == "Column" and scope.field_at(node) is not None


def _distinct_fields(outputs: Sequence[_Output], node: Node, tables: Tables) -> tuple[Field, ...]:
    seen: set[str] = set()
    for output in outputs:
        name = output.field.name
        if name.casefold() in seen:
            message = msg("two columns of the result are called '{name}'", name=name)
            place = output.node.args["alias"] if output.node is not None else node
            raise tables.problem(place, "SQA315", message, msg("give one of them another name with AS"))
        seen.add(name.casefold())
    return tuple(output.field for output in outputs)


def _order(node: Node, scope: QueryScope, fields: Sequence[Field]) -> str:
    """Rows that tie are told apart by all columns of the result."""
    order = node.args.get("order")
    keys = []
    for key in order.expressions if order else ():
        place = _place(key.this, len(fields), scope)
        keys.append(f"{place or translate(key.this, scope).sql}{direction(key)}")
    keys += [f"{place} NULLS LAST" for place in range(1, len(fields) + 1)]
    return f" ORDER BY {', '.join(keys)}"


def _limit(node: Node, tables: Tables) -> str:
    sql = ""
    for part, word in (("limit", "LIMIT"), ("offset", "OFFSET")):
        found = node.args.get(part)
        if not found:
            continue
        number = found.expression
        if type(number).__name__ != "Literal" or number.is_string or not str(number.this).isdecimal():
            message = msg("'{name}' is followed by a whole number", name=word)
            raise tables.problem(found, "SQA305", message)
        sql += f" {word} {int(str(number.this))}"
    return sql
