"""The names and calls in one SELECT: its tables' columns, aggregates, windows and the names it gives itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from msgspec import field
from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.expressions.arithmetic import operate
from sqaudit.expressions.functions import CLOCKS, QUERY_AGGREGATES, WINDOW_FUNCTIONS
from sqaudit.expressions.kinds import WHEN, Kind
from sqaudit.expressions.parsing import not_allowed
from sqaudit.expressions.problem import ExpressionProblem, Node
from sqaudit.expressions.queries.aggregates import Call, aggregate, called_name
from sqaudit.expressions.queries.relations import Field, Relations
from sqaudit.expressions.queries.windows import window
from sqaudit.expressions.terms import MOMENTS, Scope, Term, moment_name
from sqaudit.expressions.translation import clock_problem, translate
from sqaudit.model.standard import Column


class QueryScope(Scope, frozen=True):
    """What may stand at one place of a SELECT.

    ``keys`` holds the SQL of what rows are grouped by, and is ``None`` where rows are not grouped. ``aliases`` are the
    new names that may be used here. ``windows`` tells whether OVER may stand here.
    """

    relations: Relations = field(default_factory=Relations)
    keys: frozenset[str] | None = None
    aliases: Mapping[str, Term] = field(default_factory=dict)
    windows: bool = False

    def column_at(self, node: Node) -> Column | None:
        """See ``Scope``."""
        found = self.field_at(node)
        return found.column if found is not None else None

    def field_at(self, node: Node) -> Field | None:
        """The column that a bare column stands for; ``None`` for a new name or a moment."""
        with suppress(ExpressionProblem):
            return self.relations.resolve(node, self.text)[1]
        return None

    @property
    def rows(self) -> QueryScope:
        """The same place before rows are grouped."""
        return replace(self, keys=None, aliases={}, windows=False)

    @property
    def tie_breakers(self) -> list[str]:
        """SQL of all that tells rows apart here."""
        if self.keys is not None:
            return sorted(self.keys)
        return [sql for sql, _ in self.relations.all_fields()]

    def special(self, node: Node) -> Term | None:
        """See ``Scope``."""
        name = type(node).__name__
        if self.keys:
            key = self._grouped(node)
            if key is not None:
                return key
        match name:
            case "Column":
                return self._column(node)
            case "Sub":
                return self._difference(node)
            case "Window":
                return self._window(node)
            case "Anonymous" | "Filter":
                return self._call(node)
            case "AtTimeZone":
                hint = msg("times are the programme's local times")
                raise self.problem(node, "SQA302", not_allowed(msg("AT TIME ZONE")), hint)
            case "Subquery" | "Select" | "Union" | "Intersect" | "Except":
                hint = msg("put it into FROM or WITH, and JOIN it")
                raise self.problem(node, "SQA302", not_allowed(msg("a query inside an expression")), hint)
            case _:
                return None

    def _grouped(self, node: Node) -> Term | None:
        """What rows are grouped by may be used as a whole, whatever it is made of."""
        with suppress(ExpressionProblem):
            term = translate(node, self.rows)
            if term.sql in (self.keys or ()):
                return term
        return None

    def _column(self, node: Node) -> Term:
        name, quoted = node.name, node.this.args.get("quoted")
        if type(node.this).__name__ != "Identifier":
            raise self.problem(node, "SQA302", not_allowed(msg("'{name}'", name="*")))
        bare = not node.args.get("table")
        if bare and (alias := self.aliases.get(name.casefold())) is not None:
            return alias
        if bare and not quoted and name.casefold() in MOMENTS:
            return Term(moment_name(name.casefold()), Kind.MOMENT)
        if bare and not quoted and name.casefold() in CLOCKS and self.field_at(node) is None:
            raise clock_problem(node, name, self)
        sql, found = self.relations.resolve(node, self.text)
        if self.keys is not None and sql not in self.keys:
            message = msg("'{name}' is neither in GROUP BY nor inside an aggregate", name=name)
            raise self.problem(node, "SQA316", message, msg("add it to GROUP BY, or write max({name})", name=name))
        return Term(sql, found.kind)

    def _difference(self, node: Node) -> Term:
        left, right = translate(node.this, self), translate(node.expression, self)
        if Kind.UNKNOWN in {left.kind, right.kind} and {left.kind, right.kind} <= WHEN | {Kind.UNKNOWN}:
            unknown = node.this if left.kind is Kind.UNKNOWN else node.expression
            text = self.written(unknown)
            message = msg("whether '{text}' is a time or a duration cannot be told", text=text)
            hint = msg("write CAST({text} AS TIMESTAMPTZ) if it is a time", text=text)
            raise self.problem(unknown, "SQA306", message, hint)
        return operate("Sub", node, (left, right), self)

    def _call(self, node: Node) -> Term | None:
        name = called_name(node)
        if name in WINDOW_FUNCTIONS:
            message = msg("'{name}' needs a window (OVER)", name=name)
            raise self.problem(node, "SQA305", message, msg("write {name}(…) OVER (ORDER BY …)", name=name))
        if name not in QUERY_AGGREGATES:
            if type(node).__name__ == "Filter":
                raise self.problem(node, "SQA305", msg("FILTER belongs to an aggregate"))
            return None
        if self.keys is None:
            message = msg("'{name}' is an aggregate where the value of one row belongs", name=name)
            hint = msg("a condition on aggregates is written in HAVING")
            raise self.problem(node, "SQA309", message, hint)
        return self.aggregate(node, self.rows).term()

    def aggregate(self, node: Node, rows: Scope) -> Call:
        """The call of an aggregate over ``rows``."""
        call = node.this if type(node).__name__ == "Filter" else node
        if not self.written(call).casefold().startswith(str(call.this).casefold()):
            raise self.problem(call, "SQA304", msg("no function is called '{name}'", name=call.this))
        return aggregate(node, rows, translate, self.rows.field_at)

    def _window(self, node: Node) -> Term:
        if not self.windows:
            message = not_allowed(msg("a window (OVER)"))
            raise self.problem(node, "SQA302", message, msg("a condition on a window is written in QUALIFY"))
        return window(node, replace(self, windows=False), translate)
