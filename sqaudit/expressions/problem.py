"""What is wrong with an expression, and where in its text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from sqaudit.errors import Message, msg
from sqaudit.model.suggesting import closest

Node: TypeAlias = Any  # a node of sqlglot's syntax tree; sqlglot is slow to import and loads on use


# What to do where nothing nearer is known.
_HINTS = {
    "SQA301": msg("correct the expression at this place"),
    "SQA302": msg("an expression reads the columns of its own dataset and nothing else"),
    "SQA304": msg("the reference page on measures lists all measures and functions"),
    "SQA305": msg("correct the arguments; the reference page on measures shows them"),
    "SQA306": msg("use a column or an expression of the kind that is asked for"),
    "SQA307": msg("divide by something that is not 0"),
}


class ExpressionProblem(Exception):
    """One thing wrong with an expression; ``start`` and ``end`` are 0-based offsets in its text, in code points."""

    def __init__(
        self, code: str, message: Message, *, hint: Message | None = None, start: int = 0, end: int = 0
    ) -> None:
        super().__init__(code, message, hint, start, end)
        self.code = code
        self.message = message
        self.hint = hint or _HINTS.get(code)
        self.start = start
        self.end = end

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


def span(node: Node, text: str) -> tuple[int, int]:
    """Where ``node`` is written in ``text``, from its first name or literal to its last, with the brackets it opens."""
    marks = [part.meta for part in node.walk() if "start" in part.meta]
    if not marks:
        return 0, len(text)
    start = min(mark["start"] for mark in marks)
    end = max(mark["end"] for mark in marks) + 1
    written = text[start:end]
    for _ in range(written.count("(") - written.count(")")):
        closing = text.find(")", end)
        end = closing + 1 if closing >= 0 else end
    return start, end


def problem_at(node: Node, text: str, code: str, message: Message, hint: Message | None = None) -> ExpressionProblem:
    """The problem, pointing at ``node``."""
    start, end = span(node, text)
    return ExpressionProblem(code, message, hint=hint, start=start, end=end)


def did_you_mean(word: str, known: Iterable[str]) -> Message | None:
    """A hint with the nearest known name, or all of them when they are few."""
    names = sorted(known)
    near = closest(word, names)
    if near is not None:
        return msg("did you mean '{name}'?", name=near)
    if 0 < len(names) <= 12:  # noqa: PLR2004  a list that a person still reads
        return msg("known here: {names}", names=", ".join(names))
    return None
