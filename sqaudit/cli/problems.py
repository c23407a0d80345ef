"""Problems as lines: for people, for programs, for GitHub's annotations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqaudit.cli.fields import PROBLEMS
from sqaudit.errors import Gravity, Message, Problem, msg
from sqaudit.model.language import Language
from sqaudit.reports.tables import json_table


def render_problems(problems: Sequence[Problem], format_: str, language: Language) -> str:
    """Problems in one of the formats ``text``, ``json`` and ``github``."""
    if format_ == "json":
        return json_table(PROBLEMS.all, [_row(problem, language) for problem in problems])
    lines = _github_lines(problems, language) if format_ == "github" else _text_lines(problems, language)
    return "".join(f"{line}\n" for line in lines)


def hint_line(hint: Message, language: Language) -> str:
    """A hint as it stands under its error."""
    return language.text(msg("hint: {hint}", hint=hint))


def _text_lines(problems: Iterable[Problem], language: Language) -> Iterable[str]:
    for problem in problems:
        message = problem.message
        if problem.gravity is Gravity.WARNING:
            message = msg("warning: {message}", message=message)
        yield f"{problem.place}: {problem.code} {language.text(message)}"
        if problem.hint is not None:
            yield f"  {hint_line(problem.hint, language)}"


def _row(problem: Problem, language: Language) -> dict[str, object]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "code": problem.code,
        "message": language.text(problem.message),
        "hint": None if problem.hint is None else language.text(problem.hint),
        "gravity": problem.gravity.value,
    }


def _github_lines(problems: Iterable[Problem], language: Language) -> Iterable[str]:
    for problem in problems:
        place = problem.place
        properties = {"file": place.file, "line": place.line, "col": place.column, "title": problem.code}
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value is not None)
        text = language.text(problem.message)
        if problem.hint is not None:
            text += f"\n{hint_line(problem.hint, language)}"
        yield f"::{problem.gravity.value} {listed}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _escaped(str(value)).replace(":", "%3A").replace(",", "%2C")
