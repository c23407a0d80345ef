"""The YAML parser's complaints in words that say what to do."""

from __future__ import annotations

from yaml.error import Mark, MarkedYAMLError

from sqaudit.errors import Message, Place, Problem, msg

_QUOTES = msg("put the value in quotes")
_TAB = msg("indent with blanks")
_INDENT = msg("keys of one mapping start in the same column; so do the dashes of one list")


def explain_syntax(error: MarkedYAMLError, text: str, file: str) -> Problem:
    """What the parser could not read in ``text``, as one problem."""
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark or mark
    if mark is None or opened is None:
        return Problem(Place(file), "SQA110", _unreadable(error))
    lines = text.splitlines() or [""]
    line = lines[mark.line] if mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return _problem(file, mark.line, indent.index("\t"), "SQA111", msg("a tab is used for indentation"), _TAB)
    return _explain(error, mark, opened, line, file)


def _explain(  # noqa: PLR0911 - one answer per complaint
    error: MarkedYAMLError, mark: Mark, opened: Mark, line: str, file: str
) -> Problem:
    context, complaint = error.context or "", error.problem or ""
    if "flow" in context and "node content" not in complaint:
        return _problem(
            file,
            opened.line,
            opened.column,
            "SQA110",
            msg("'{sign}' is not closed properly", sign="{" if "mapping" in context else "["),
            msg("look for a missing comma or bracket near line {line}, column {column}; expressions need quotes here",
                line=mark.line + 1, column=mark.column + 1),
        )  # fmt: skip
    if "block scalar" in context and "comment or line break" in complaint:
        return _at(file, opened, msg("a value cannot start with '>' or '|'"), _QUOTES)
    if "quoted scalar" in context and "end of stream" in complaint:
        return _at(file, opened, msg("a quote is opened here and never closed"), msg("close it"))
    if "escape" in complaint:
        return _at(file, mark, msg("unknown escape after '\\'"), msg("use single quotes, or write \\\\"))
    if "cannot start any token" in complaint:
        return _at(
            file, mark, msg("a value cannot start with '{sign}'", sign=line[mark.column : mark.column + 1]), _QUOTES
        )
    if "could not find expected ':'" in complaint:
        return _at(file, opened, msg("a key without ':'"), msg("write 'key: value'"))
    if "mapping values are not allowed" in complaint:
        return _at(
            file,
            mark,
            msg("a second ':' in one line, or a line indented too far"),
            msg("put a value that holds ': ' in quotes"),
        )
    if "block mapping" in context or "block collection" in context:
        message = msg("the indentation does not fit the lines above")
        return _problem(file, mark.line, mark.column, "SQA112", message, _INDENT)
    return _at(file, mark, _unreadable(error), _QUOTES)


def _unreadable(error: MarkedYAMLError) -> Message:
    return msg("the YAML cannot be read: {reason}", reason=error.problem or error.context or "?")


def _at(file: str, mark: Mark, message: Message, hint: Message | None) -> Problem:
    return _problem(file, mark.line, mark.column, "SQA110", message, hint)


def _problem(file: str, line: int, column: int, code: str, message: Message, hint: Message | None) -> Problem:  # noqa: PLR0913, PLR0917
    return Problem(Place(file, line + 1, column + 1), code, message, hint)
