"""Queries that authors write for databases of others: one SELECT, and nothing that changes anything."""

from __future__ import annotations

import re

from sqaudit.errors import Message, UnusableSource, msg

PARAMETERS = ("period_start", "period_end")
# As SQLAlchemy finds them: neither ::casts nor \:escaped colons.
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_GRAMMARS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql"}


def check_select(query: str, dialect: str) -> str:
    """The query without the semicolon at its end; ``dialect`` is SQLAlchemy's name of the database.

    What keeps a reader from writing is the database. This tells a slip of the author before it gets there.

    Raises:
        UnusableSource: SQA521 if it is not one SELECT, or has parameters that nobody fills.
    """
    from sqlglot import TokenType, exp, parse_one, tokenize
    from sqlglot.dialects import DIALECTS
    from sqlglot.errors import SqlglotError

    for name in _PARAMETER.findall(query):
        if name not in PARAMETERS:
            raise _unfit(msg("nothing fills the query's parameter ':{name}'", name=name))
    grammar = _GRAMMARS.get(dialect, dialect)
    known = grammar if grammar in {name.lower() for name in DIALECTS} else None
    plain = query.strip().rstrip(";")
    seen = _PARAMETER.sub("NULL", plain).replace("\\:", ":")
    try:
        tokens = [token.token_type for token in tokenize(seen, read=known)]
        if TokenType.SEMICOLON in tokens:
            raise _unfit(msg("there are several queries, and only one can be read"))
        if not tokens or tokens[0] not in {TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN}:
            raise _unfit(msg("the query is no SELECT"))
        tree = parse_one(seen, read=known)
    except (SqlglotError, RecursionError):
        raise _unfit(msg("the query cannot be understood")) from None
    changing = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock)
    if not isinstance(tree, exp.Query) or tree.find(*changing) is not None:
        raise _unfit(msg("the query does more than read"))
    return plain


def _unfit(message: Message) -> UnusableSource:
    hint = msg(
        "write one SELECT, with :period_start and :period_end where the period belongs and \\: for a colon that is"
        " no parameter; what it cannot say, a view in the database can"
    )
    return UnusableSource("SQA521", message, hint)
