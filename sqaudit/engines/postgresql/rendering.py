"""Generated SQL as PostgreSQL's: the same rows, or a refusal by name.

Columns are listed one by one and each by its relation's alias, so that a name means what it means in DuckDB; names
that PostgreSQL would cut off are shortened first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import count

from msgspec import Struct, field

from sqaudit.engines.postgresql.aggregates import has_aggregate
from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.engines.postgresql.values import Scope, condition, ordered, value, values
from sqaudit.engines.rendering import (
    Node,
    Piece,
    Relation,
    Resolve,
    SqlKind,
    Unrenderable,
    common_kind,
    name_of,
    parse_query,
    unexpected_part,
)
from sqaudit.model.quoting import quote_name

_MOST_BYTES = 63
_OWN_ALIAS = re.compile(r"_q\d+")
_SETS = {"Union": "UNION", "Intersect": "INTERSECT", "Except": "EXCEPT"}
_SELECT = frozenset(
    {"expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "limit", "offset", "with_"}
)
_NULLS = {SqlKind.NOTHING: "NULL::integer"}


class Rendered(Struct, frozen=True):
    """A query in PostgreSQL's SQL, and the kinds of its columns by name, in order."""

    sql: str
    columns: Mapping[str, SqlKind]


class _Query(Struct):
    """What a query may select from, and names for what has none."""

    resolve: Resolve
    numbers: count[int] = field(default_factory=count)
    known: dict[str, Relation] = field(default_factory=dict)


def to_postgresql(sql: str, resolve: Resolve) -> Rendered:
    """A generated SELECT in PostgreSQL's SQL; ``resolve`` finds its tables by name.

    Raises:
        Unrenderable: Names what PostgreSQL cannot compute with the same meaning.
    """
    try:
        return _statement(parse_query(sql, ENGINE), _Query(resolve))
    except RecursionError:
        raise Unrenderable("a query nested so deeply", ENGINE) from None


def short_name(name: str) -> str:
    """A name as PostgreSQL can keep it, quoted: longer ones end in a digest of the whole."""
    if len(name.encode()) <= _MOST_BYTES:
        return quote_name(name)
    kept = name.encode()[: _MOST_BYTES - 17].decode(errors="ignore")
    return quote_name(f"{kept}~{hashlib.sha256(name.encode()).hexdigest()[:16]}")


def _alias(query: _Query) -> str:
    return f"_q{next(query.numbers)}"


def _shown(alias: str) -> str:
    return alias if _OWN_ALIAS.fullmatch(alias) else short_name(alias)


def _statement(node: Node, query: _Query) -> Rendered:
    while type(node).__name__ == "Subquery" and not unexpected_part(node, frozenset({"this"})):
        node = node.this
    name = type(node).__name__
    before = dict(query.known)
    ctes = _ctes(node, query)
    if name == "Select":
        made = _select(node, query)
    elif name in _SETS:
        made = _combined(node, query)
    else:
        raise Unrenderable(name.upper(), ENGINE)
    query.known = before
    return Rendered(ctes + made.sql, made.columns)


def _ctes(node: Node, query: _Query) -> str:
    found = node.args.get("with_")
    if found is None:
        return ""
    if found.args.get("recursive"):
        raise Unrenderable("WITH RECURSIVE", ENGINE)
    pieces = []
    for one in found.expressions:
        made = _statement(one.this, query)
        name = one.args["alias"].this.name
        columns = _renamed(one.args["alias"], made.columns)
        listed = ", ".join(short_name(column) for column in columns)
        pieces.append(f"{short_name(name)} ({listed}) AS ({made.sql})")
        query.known = {**query.known, name.casefold(): Relation(short_name(name), columns)}
    return f"WITH {', '.join(pieces)} "


def _renamed(alias: Node | None, columns: Mapping[str, SqlKind]) -> Mapping[str, SqlKind]:
    names = [column.name for column in (alias.args.get("columns") or [])] if alias is not None else []
    if not names:
        return columns
    if len(names) != len(columns):
        raise Unrenderable("new names for some columns", ENGINE)
    return dict(zip(names, columns.values(), strict=True))


def _combined(node: Node, query: _Query) -> Rendered:
    left, right = _statement(node.this, query), _statement(node.expression, query)
    if len(left.columns) != len(right.columns) or node.args.get("by_name"):
        raise Unrenderable(_SETS[type(node).__name__], ENGINE, "of different columns")
    kinds = [common_kind(pair) for pair in zip(left.columns.values(), right.columns.values(), strict=True)]
    if None in kinds:
        raise Unrenderable(_SETS[type(node).__name__], ENGINE, "of columns of different kinds")
    columns = {name: kind or SqlKind.NOTHING for name, kind in zip(left.columns, kinds, strict=True)}
    word = _SETS[type(node).__name__] + ("" if node.args.get("distinct") else " ALL")
    alias = _alias(query)
    scope = _scope([(alias, Relation("", columns))])
    sql = f"SELECT * FROM (({left.sql}) {word} ({right.sql})) AS {alias}"
    return Rendered(sql + _ending(node, scope), columns)


def _ending(node: Node, scope: Scope) -> str:
    order, made = node.args.get("order"), ""
    if order is not None:
        made += f" ORDER BY {', '.join(ordered(one, scope) for one in order.expressions)}"
    for part in ("limit", "offset"):
        if node.args.get(part) is not None:
            made += f" {part.upper()} {value(node.args[part].expression, scope).sql}"
    return made


def _scope(relations: Sequence[tuple[str, Relation]]) -> Scope:
    return Scope(
        {
            alias.casefold(): {
                name.casefold(): Piece(f"{_shown(alias)}.{short_name(name)}", kind)
                for name, kind in relation.columns.items()
            }
            for alias, relation in relations
        },
        {},
    )


def _select(node: Node, query: _Query) -> Rendered:
    extra = unexpected_part(node, _SELECT)
    if extra is not None:
        raise Unrenderable(extra.upper().strip("_"), ENGINE)
    source, relations = _from(node, query)
    scope = _scope(relations)
    chosen = _chosen(node, scope, relations)
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        raise Unrenderable("DISTINCT ON", ENGINE)
    listed = ", ".join(f"{_NULLS.get(piece.kind, piece.sql)} AS {short_name(name)}" for name, piece, _ in chosen)
    sql = f"SELECT {'DISTINCT ' if distinct is not None else ''}{listed}{source}"
    if node.args.get("where") is not None:
        sql += f" WHERE {condition(node.args['where'].this, scope).sql}"
    named = Scope(scope.relations, {name.casefold(): piece for name, piece, _ in chosen})
    sql += _grouped(node, named, chosen)
    if node.args.get("having") is not None:
        sql += f" HAVING {condition(node.args['having'].this, named).sql}"
    columns = {name: piece.kind for name, piece, _ in chosen}
    if len(columns) != len(chosen):
        raise Unrenderable("two columns of one name", ENGINE)
    if distinct is not None and node.args.get("order") is not None:
        alias = _alias(query)
        outer = _scope([(alias, Relation("", columns))])
        return Rendered(f"SELECT * FROM ({sql}) AS {_shown(alias)}{_ending(node, outer)}", columns)
    return Rendered(sql + _ending(node, named), columns)


def _grouped(node: Node, named: Scope, chosen: Sequence[tuple[str, Piece, bool]]) -> str:
    group = node.args.get("group")
    if group is None:
        return ""
    extra = unexpected_part(group, frozenset({"expressions", "all"}))
    if extra is not None:
        raise Unrenderable(f"GROUP BY {extra}", ENGINE)
    if group.args.get("all"):
        places = [str(place) for place, (_, _, folds) in enumerate(chosen, start=1) if not folds]
        return f" GROUP BY {', '.join(places)}" if places else ""
    names = {name.casefold(): place for place, (name, _, _) in enumerate(chosen, start=1)}
    terms = []
    for one in group.expressions:
        is_number = type(one).__name__ == "Literal" and not one.is_string
        is_alias = type(one).__name__ == "Column" and not one.args.get("table") and _is_own(one.name, named, names)
        terms.append(
            str(one.this) if is_number else str(names[one.name.casefold()]) if is_alias else value(one, named).sql
        )
    return f" GROUP BY {', '.join(terms)}"


def _is_own(name: str, named: Scope, names: Mapping[str, int]) -> bool:
    is_column = any(name.casefold() in columns for columns in named.relations.values())
    return name.casefold() in names and not is_column


def _chosen(node: Node, scope: Scope, relations: Sequence[tuple[str, Relation]]) -> list[tuple[str, Piece, bool]]:
    """The select's columns: name, SQL, and whether it folds the rows of a group."""
    chosen: list[tuple[str, Piece, bool]] = []
    for place, one in enumerate(node.expressions):
        kind = type(one).__name__
        if kind == "Star" or (kind == "Column" and type(one.this).__name__ == "Star"):
            star = one if kind == "Star" else one.this
            only = one.args["table"].name.casefold() if kind == "Column" else None
            chosen += _starred(star, only, scope, relations)
            continue
        inner = one.this if kind == "Alias" else one
        name = one.alias if kind == "Alias" else inner.name if type(inner).__name__ == "Column" else f":{place}"
        chosen.append((name, value(inner, scope), has_aggregate(inner)))
    return chosen


def _starred(
    star: Node, only: str | None, scope: Scope, relations: Sequence[tuple[str, Relation]]
) -> list[tuple[str, Piece, bool]]:
    left_out = {column.name.casefold() for column in star.args.get("except_") or []}
    replaced = {one.alias.casefold(): value(one.this, scope) for one in star.args.get("replace") or []}
    extra = unexpected_part(star, frozenset({"except_", "replace"}))
    if extra is not None:
        raise Unrenderable(f"* {extra}", ENGINE)
    found = []
    for alias, relation in relations:
        if only is not None and alias.casefold() != only:
            continue
        for name in relation.columns:
            if name.casefold() not in left_out:
                piece = replaced.get(name.casefold()) or scope.relations[alias.casefold()][name.casefold()]
                found.append((name, piece, False))
    return found


def _from(node: Node, query: _Query) -> tuple[str, list[tuple[str, Relation]]]:
    """The FROM clause, and what it selects from by alias."""
    first = node.args.get("from_")
    if first is None:
        return "", []
    # A fence keeps PostgreSQL from working out a column again wherever it is named. It would also keep conditions out.
    is_fenced = node.args.get("where") is None and not node.args.get("joins")
    sql, alias, relation = _item(first.this, query, is_fenced=is_fenced)
    relations = [(alias, relation)]
    made = f" FROM {sql}"
    for join in node.args.get("joins") or []:
        extra = unexpected_part(join, frozenset({"this", "on", "side", "kind"}))
        if extra is not None:
            raise Unrenderable(f"JOIN … {extra.upper()}", ENGINE)
        sql, alias, relation = _item(join.this, query)
        side, kind = join.args.get("side") or "", join.args.get("kind") or ""
        relations.append((alias, relation))
        on = join.args.get("on")
        if side not in {"", "LEFT", "RIGHT", "FULL"} or kind not in {"", "INNER", "OUTER", "CROSS"}:
            raise Unrenderable(f"{side} {kind} JOIN".strip(), ENGINE)
        if on is None:
            made += f" CROSS JOIN {sql}"
        else:
            scope = _scope(relations)
            made += f" {side or 'INNER'} JOIN {sql} ON {condition(on, scope).sql}"
    return made, relations


def _item(node: Node, query: _Query, *, is_fenced: bool = False) -> tuple[str, str, Relation]:
    """One thing to select from: its SQL with its alias, the alias, and its columns."""
    kind, alias = type(node).__name__, node.args.get("alias")
    name = alias.this.name if alias is not None and alias.this is not None else None
    extra = unexpected_part(node, frozenset({"this", "alias", "expressions", "db"}))
    if extra is not None:
        raise Unrenderable(extra.upper(), ENGINE)
    if kind == "Table":
        if type(node.this).__name__ != "Identifier":
            raise Unrenderable(name_of(node.this), ENGINE)
        written = ".".join(part.name for part in (node.args.get("db"), node.this) if part is not None)
        found = query.known.get(written.casefold()) or query.resolve(written)
        sql, columns = found.sql, found.columns
        name = name or node.this.name
    elif kind == "Subquery":
        made = _statement(node.this, query)
        fence = " OFFSET 0" if is_fenced and _computes(node.this) else ""
        sql, columns = f"({made.sql}{fence})", made.columns
    elif kind == "Values":
        sql, columns = _listed_rows(node)
    else:
        raise Unrenderable(kind.upper(), ENGINE)
    name = name or _alias(query)
    renamed = _renamed(alias, columns)
    listed = f" ({', '.join(short_name(column) for column in renamed)})" if renamed is not columns else ""
    return f"{sql} AS {_shown(name)}{listed}", name, Relation(sql, renamed)


def _computes(node: Node) -> bool:
    """Whether a select adds columns to rows and does nothing else that a fence would have to stand behind."""
    if type(node).__name__ != "Select" or unexpected_part(node, frozenset({"expressions", "from_", "where", "joins"})):
        return False
    plain = {"Column", "Star", "Null", "Literal", "Boolean"}
    return any(
        type(one.this if type(one).__name__ == "Alias" else one).__name__ not in plain for one in node.expressions
    )


def _listed_rows(node: Node) -> tuple[str, Mapping[str, SqlKind]]:
    rows = [values(one.expressions, Scope({}, {})) for one in node.expressions]
    kinds = [common_kind([piece.kind for piece in column]) for column in zip(*rows, strict=True)]
    if None in kinds:
        raise Unrenderable("VALUES", ENGINE, "a column of values of different kinds")
    listed = ", ".join(f"({', '.join(piece.sql for piece in row)})" for row in rows)
    return f"(VALUES {listed})", {f"col{place}": kind or SqlKind.NOTHING for place, kind in enumerate(kinds)}
