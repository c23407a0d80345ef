"""The grammar by which texts of documents and generated SQL are cut into trees."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot.dialects.dialect import Dialect


@functools.cache
def duckdb_grammar() -> Dialect:
    """DuckDB's grammar without its functions: each call stays a name with arguments, in the order written."""
    from sqlglot.dialects.duckdb import DuckDB

    parent: Any = DuckDB.Parser

    class Parser(parent):  # type: ignore[misc]
        FUNCTIONS: dict[str, Any] = {}  # noqa: RUF012  as in the class it narrows
        NO_PAREN_FUNCTIONS: dict[Any, Any] = {}  # noqa: RUF012
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: parser
            for name, parser in DuckDB.Parser.FUNCTION_PARSERS.items()
            if name in {"CAST", "TRY_CAST", "EXTRACT"}
        }
        NO_PAREN_FUNCTION_PARSERS = {  # noqa: RUF012
            name: parser for name, parser in DuckDB.Parser.NO_PAREN_FUNCTION_PARSERS.items() if name == "CASE"
        }

        def _parse_interval(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            # Its number and its unit keep no place of their own, so the whole says where it is written.
            first = self._curr
            found = super()._parse_interval(*args, **options)
            if first is not None and type(found).__name__ == "Interval":
                found.meta.update(start=first.start, end=self._prev.end)
            return found

        def _parse_as_command(self, start: Any) -> None:  # noqa: ANN401
            # A statement it does not know is told to a log and kept as text; here it is a mistake like any other.
            self.raise_error("a statement", start)

    # Without an offset the places in […] stay as they are written; sqlglot would shift some of them.
    dialect: Dialect = type("AsWritten", (DuckDB,), {"Parser": Parser, "INDEX_OFFSET": 0})()
    return dialect
