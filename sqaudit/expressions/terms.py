"""The pieces a row expression is put together from, and the names it may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct, field

from sqaudit.errors import Message, msg
from sqaudit.expressions.clocks import Clock
from sqaudit.expressions.kinds import WHEN, Kind, kind_of_column, word_for
from sqaudit.expressions.problem import ExpressionProblem, Node, problem_at, span
from sqaudit.model.measuring import Cell, cell_column
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column

MOMENTS = ("as_of", "period_end", "period_start")


class Term(Struct, frozen=True):
    """SQL of one part of an expression, always closed in itself; ``written`` is the text of a text literal."""

    sql: str
    kind: Kind
    columns: frozenset[str] = frozenset()
    written: str | None = None


class Scope(Struct, frozen=True):
    """What the names in ``text`` may refer to: the columns of a staged dataset, or of a file as it was read.

    ``clocks`` are the places for open time that its terms have made so far, by name.
    """

    text: str
    columns: Mapping[str, Column | None]
    staged: bool
    by_fold: Mapping[str, str] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """The declared name that ``name`` stands for: exactly, or but for upper and lower case."""
        if name in self.columns:
            return name
        return self.by_fold.get(name.casefold())

    def kind(self, name: str) -> Kind:
        """The kind of a declared column."""
        column = self.columns[name]
        return kind_of_column(column.type) if column is not None else Kind.UNKNOWN

    def column_at(self, node: Node) -> Column | None:
        """The declared column that a bare column stands for, where it is known."""
        return self.columns.get(self.find(node.this.name) or "")

    def special(self, node: Node) -> Term | None:  # noqa: ARG002  scopes of other kinds have own answers
        """What ``node`` means in this scope alone; ``None`` where it means what it always means."""
        return None

    def problem(self, node: Node, code: str, message: Message, hint: Message | None = None) -> ExpressionProblem:
        """The problem, pointing at ``node``."""
        return problem_at(node, self.text, code, message, hint)

    def written(self, node: Node) -> str:
        """The text of ``node``."""
        start, end = span(node, self.text)
        return self.text[start:end]


def scope_of(text: str, columns: Mapping[str, Column | None], *, staged: bool) -> Scope:
    """The scope of ``text`` over these columns."""
    return Scope(text, columns, staged, {name.casefold(): name for name in sorted(columns, reverse=True)})


def moment_name(moment: str) -> str:
    """The SQL name that stands for ``period_start``, ``period_end`` or ``as_of`` until it is rendered."""
    return quote_name(f":{moment}")


def any_unusable(columns: Iterable[str]) -> str:
    """SQL that is true where a cell of one of the staged ``columns`` was there but cannot be used."""
    marks = [f"{quote_name(cell_column(name))} >= {int(Cell.UNREADABLE)}" for name in sorted(columns)]
    return f"({' OR '.join(marks)})" if marks else "FALSE"


def all_columns(terms: Iterable[Term]) -> frozenset[str]:
    """Every column that these terms read."""
    return frozenset().union(*(term.columns for term in terms))


def read_when(text: str, kind: Kind) -> str | None:
    """SQL for a date or time written as text, to stand beside a value of ``kind``; ``None`` if it is no such text."""
    try:
        if kind is Kind.DATE and len(text) == len("2024-01-01"):
            return f"CAST('{date.fromisoformat(text).isoformat()}' AS DATE)"
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = kind is Kind.MOMENT or moment.tzinfo is not None
    return f"CAST('{moment.isoformat(sep=' ')}' AS {'TIMESTAMPTZ' if zoned else 'TIMESTAMP'})"


def beside(node: Node, term: Term, other: Kind, scope: Scope) -> Term:
    """``term`` as it is compared with a value of the kind ``other``: a text literal beside a time becomes a time.

    Raises:
        ExpressionProblem: SQA306 if the two cannot be compared, SQA311 if the text is no date or time.
    """
    if Kind.UNKNOWN in {term.kind, other} or term.kind is other or {term.kind, other} <= WHEN:
        return term
    if term.written is not None and other in WHEN:
        sql = read_when(term.written, other)
        if sql is None:
            message = msg("'{text}' is no date or time", text=term.written)
            raise scope.problem(node, "SQA311", message, msg("write it as 2024-12-31 or 2024-12-31 18:00"))
        return Term(sql, other)
    raise mismatch(node, term.kind, other, scope)


def mismatch(node: Node, kind: Kind, wanted: Kind, scope: Scope) -> ExpressionProblem:
    """The problem that ``node`` is of one kind where another belongs."""
    message = msg(
        "'{text}' is {kind} where {wanted} belongs",
        text=scope.written(node),
        kind=word_for(kind),
        wanted=word_for(wanted),
    )
    hints = {
        (Kind.NUMBER, Kind.DURATION): msg("write a duration as INTERVAL 24 HOUR"),
        (Kind.TEXT, Kind.DURATION): msg("write a duration as INTERVAL 24 HOUR"),
        (Kind.TEXT, Kind.NUMBER): msg(
            "write CAST({text} AS DECIMAL(18, 4)) if it holds numbers", text=scope.written(node)
        ),
        (Kind.TEXT, Kind.BOOLEAN): msg("write true or false without quotes"),
        (Kind.DATE, Kind.MOMENT): msg(
            "a day has no time of day; write CAST({text} AS TIMESTAMPTZ) if its first moment is meant",
            text=scope.written(node),
        ),
    }
    return scope.problem(node, "SQA306", message, hints.get((kind, wanted)))
