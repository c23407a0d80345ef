"""Text to one syntax tree of allowed nodes: the wall between documents and the engine.

sqlglot only cuts the text into a tree. It is told to know no function, so that every call keeps the name and the
arguments that were written; whatever the tree may hold is listed here, down to the parts of each node.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.expressions.grammar import duckdb_grammar
from sqaudit.expressions.problem import ExpressionProblem, Node, problem_at

MAX_LENGTH = 2_000
MAX_NODES = 400
MAX_DEPTH = 40

_BINARY = frozenset({"this", "expression"})
ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "Add",
            "And",
            "Div",
            "EQ",
            "GT",
            "GTE",
            "IntDiv",
            "Is",
            "LT",
            "LTE",
            "Mod",
            "Mul",
            "NEQ",
            "Or",
            "RegexpLike",
            "Sub",
        ),
        _BINARY,
    ),
    "Anonymous": frozenset({"this", "expressions"}),
    "AtTimeZone": frozenset({"this", "zone"}),
    "Between": frozenset({"this", "low", "high"}),
    "Boolean": frozenset({"this"}),
    "Case": frozenset({"this", "ifs", "default"}),
    "Cast": frozenset({"this", "to"}),
    "Column": frozenset({"this"}),
    "DPipe": frozenset({"this", "expression", "safe"}),
    "DataType": frozenset({"this", "expressions", "nested"}),
    "DataTypeParam": frozenset({"this"}),
    "Distinct": frozenset({"expressions"}),
    "Extract": _BINARY,
    "Filter": _BINARY,
    "ILike": frozenset({"this", "expression", "negate"}),
    "Identifier": frozenset({"this", "quoted"}),
    "If": frozenset({"this", "true"}),
    "In": frozenset({"this", "expressions"}),
    "Interval": frozenset({"this", "unit"}),
    "Like": frozenset({"this", "expression", "negate"}),
    "Literal": frozenset({"this", "is_string"}),
    "Neg": frozenset({"this"}),
    "Not": frozenset({"this"}),
    "Null": frozenset(),
    "Paren": frozenset({"this"}),
    "Star": frozenset(),
    "TryCast": frozenset({"this", "to", "safe"}),
    "Var": frozenset({"this"}),
    "Where": frozenset({"this"}),
}
_NAMED = {
    "Subquery": msg("a query inside an expression"),
    "Select": msg("a query inside an expression"),
    "Exists": msg("a query inside an expression"),
    "Any": msg("a query inside an expression"),
    "Window": msg("a window (OVER)"),
    "Lambda": msg("a function written in place"),
    "Collate": msg("COLLATE"),
    "Alias": msg("a new name (AS)"),
    "Array": msg("a list"),
    "Struct": msg("a structure"),
    "Bracket": msg("a list"),
    "Placeholder": msg("a parameter"),
    "Parameter": msg("a parameter"),
    "ByteString": msg("a text with escapes"),
    "Dot": msg("a name with dots"),
    "Escape": msg("ESCAPE"),
}
_TOKENS = {
    "SEMICOLON": msg("a semicolon"),
    "PARAMETER": msg("a parameter"),
    "PLACEHOLDER": msg("a parameter"),
    "L_BRACKET": msg("a list"),
    "L_BRACE": msg("a structure"),
    "ARROW": msg("an arrow"),
    "DARROW": msg("an arrow"),
    "FARROW": msg("an arrow"),
    "COLON_EQ": msg("a named argument"),
}


class Grammar(Struct, frozen=True, kw_only=True):
    """What a text may be: how many characters and nodes it may have, and which nodes with which parts.

    ``starts`` are the tokens that it may begin with, if not any.
    """

    length: int
    nodes: int
    allowed: Mapping[str, frozenset[str]]
    starts: frozenset[str] | None = None


_EXPRESSION = Grammar(length=MAX_LENGTH, nodes=MAX_NODES, allowed=ALLOWED)


def not_allowed(what: Message) -> Message:
    """The message for something that no expression may hold."""
    return msg("{what} is not allowed here", what=what)


@functools.lru_cache(maxsize=4096)
def parse_expression(text: str) -> Node:
    """The one tree that ``text`` stands for, made of allowed nodes only. The tree is shared: nobody may change it.

    Raises:
        ExpressionProblem: SQA301 if it cannot be read, SQA302 if it holds what no expression may hold.
    """
    from sqlglot import exp

    return parse(text, _EXPRESSION, exp.Condition)


def parse(text: str, grammar: Grammar, kind: Any = None) -> Node:  # noqa: ANN401  a class of sqlglot's
    """The one tree of a text, of this kind of node if one is given; see ``parse_expression``."""
    if not text.strip():
        raise ExpressionProblem("SQA301", msg("the expression is empty"))
    if len(text) > grammar.length:
        message = msg("the expression has {length} characters, more than {most}", length=len(text), most=grammar.length)
        raise ExpressionProblem("SQA301", message, end=len(text))
    from sqlglot.errors import ParseError, TokenError

    try:
        tree = _cut(text, grammar, kind)
        _look_at_nodes(tree, text, grammar)
    except ParseError as error:
        raise _syntax_problem(text, error.errors[0] if error.errors else {}) from None
    except (TokenError, ValueError):
        message = msg("the expression cannot be read; a quote may be missing")
        raise ExpressionProblem("SQA301", message, end=len(text)) from None
    except RecursionError:
        raise ExpressionProblem("SQA301", msg("the expression is nested too deeply"), end=len(text)) from None
    return tree


def _cut(text: str, grammar: Grammar, kind: Any) -> Node:  # noqa: ANN401
    from sqlglot import ErrorLevel

    dialect = duckdb_grammar()
    tokens = dialect.tokenize(text)
    _look_at_tokens(tokens, text)
    if not tokens:
        raise ExpressionProblem("SQA301", msg("the expression is empty"), end=len(text))
    if grammar.starts is not None and tokens[0].token_type.name not in grammar.starts:
        what = not_allowed(msg("'{name}'", name=tokens[0].text))
        raise ExpressionProblem("SQA302", what, start=tokens[0].start, end=tokens[0].end + 1)
    if [token.token_type.name for token in tokens[:2]] == ["DISTINCT", "L_PAREN"]:
        first = tokens[0]  # the measure distinct(x), a keyword to the grammar
        tokens[0] = type(first)(type(first.token_type).VAR, first.text, first.line, first.col, first.start, first.end)
    parser = dialect.parser(error_level=ErrorLevel.IMMEDIATE)
    trees = parser.parse(tokens, text) if kind is None else parser.parse_into(kind, tokens, text)
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionProblem("SQA301", msg("the expression is not one expression"), end=len(text))
    return trees[0]


def _look_at_tokens(tokens: list[Any], text: str) -> None:
    depth = 0
    for token in tokens:
        name = token.token_type.name
        if token.comments:
            raise ExpressionProblem("SQA302", not_allowed(msg("a comment")), start=token.start, end=len(text))
        if name in _TOKENS:
            raise ExpressionProblem("SQA302", not_allowed(_TOKENS[name]), start=token.start, end=token.end + 1)
        depth += (name == "L_PAREN") - (name == "R_PAREN")
        if depth > MAX_DEPTH:
            raise ExpressionProblem(
                "SQA301", msg("the expression is nested too deeply"), start=token.start, end=len(text)
            )


def _look_at_nodes(tree: Node, text: str, grammar: Grammar) -> None:
    for count, node in enumerate(tree.walk(), start=1):
        if count > grammar.nodes:
            message = msg("the expression has more than {most} parts", most=grammar.nodes)
            raise ExpressionProblem("SQA301", message, end=len(text))
        name = type(node).__name__
        if name not in grammar.allowed:
            what = _NAMED.get(name, msg("'{name}'", name=name.upper()))
            raise problem_at(node, text, "SQA302", not_allowed(what))
        extra = sorted(key for key, value in node.args.items() if value and key not in grammar.allowed[name])
        if extra:
            raise _extra_problem(node, text, extra[0])


def _extra_problem(node: Node, text: str, part: str) -> ExpressionProblem:
    name = type(node).__name__
    if name == "Column":
        hint = msg("a name with a dot is written in double quotes")
        return problem_at(node, text, "SQA302", not_allowed(_NAMED["Dot"]), hint)
    if name == "In" and part == "query":
        return problem_at(node, text, "SQA302", not_allowed(_NAMED["Select"]))
    if name == "In":
        return problem_at(node, text, "SQA301", msg("IN needs a list in brackets"), msg("write x IN ('a', 'b')"))
    return problem_at(node, text, "SQA302", not_allowed(msg("'{name}'", name=part.upper().strip("_"))))


def _syntax_problem(text: str, error: dict[str, Any]) -> ExpressionProblem:
    line, column = error.get("line") or 1, error.get("col") or 0
    word = str(error.get("highlight") or "")
    end = min(sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column, len(text))
    if not word:
        return ExpressionProblem("SQA301", msg("the expression cannot be read"), end=len(text))
    message = msg("the expression cannot be read at '{word}'", word=word)
    return ExpressionProblem("SQA301", message, start=max(end - len(word), 0), end=end)
