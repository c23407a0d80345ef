"""What an explanation is made of."""

from __future__ import annotations

from msgspec import Struct

from sqaudit.errors import Message
from sqaudit.model.texts import Text
from sqaudit.workflow.rows import Row

Words = Message | Text | str


class Explanation(Struct, frozen=True, kw_only=True):
    """An answer: a title, paragraphs, and rows of figures where there are any.

    ``origins`` are rows of what documents say, each with its file and line, and whether it counts.
    """

    title: Words
    paragraphs: tuple[Words, ...] = ()
    table: tuple[Row, ...] = ()
    origins: tuple[Row, ...] = ()
