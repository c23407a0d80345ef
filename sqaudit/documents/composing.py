"""Parsed YAML events to plain data; what we do not accept is noted with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from sqaudit.documents.marks import Mark, Marks, Spot
from sqaudit.documents.scalars import read_plain
from sqaudit.errors import Message, Place, Problem, msg

_MAX_DEPTH = 40
# A document written by people has some thousand parts; aliases may not blow it up beyond this.
_MAX_PARTS_BY_ALIAS = 200_000
_PLAIN_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


class Refused(Exception):
    """A part of a file that we do not accept."""

    def __init__(self, mark: Mark, code: str, message: Message, hint: Message | None = None) -> None:
        super().__init__(code)
        self.mark, self.code, self.message, self.hint = mark, code, message, hint

    def problem(self, file: str) -> Problem:
        """The same as a problem of a file."""
        return Problem(Place(file, self.mark.line + 1, self.mark.column + 1), self.code, self.message, self.hint)


class Composer:
    """Builds one document; ``refused`` holds what is wrong with it although it could be read.

    ``cut_expression`` is the last scalar inside ``{…}`` or ``[…]`` with an open parenthesis: the likely cause when
    the parser stops soon after it.
    """

    def __init__(self, text: str) -> None:
        self._next: Callable[[], Any] = CParser(text).get_event
        self._text = text
        self._spots: dict[int, dict[str | int, Spot]] = {}
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._parts = 0
        self._aliased = 0
        self.refused: list[Refused] = []
        self.cut_expression: Refused | None = None

    def compose(self) -> tuple[object, Marks]:
        """The one document of the file, and its marks.

        Raises:
            Refused: It is empty, or must not be read any further.
            YAMLError: The parser gave up.
        """
        self._next()
        start = self._next()
        if isinstance(start, StreamEndEvent):
            raise _empty(start.start_mark)
        first = self._next()
        composed = self._node(first, 0)
        self._next()
        after = self._next()
        if isinstance(after, DocumentStartEvent):
            raise Refused(
                after.start_mark,
                "SQA118",
                msg("a second document starts here"),
                msg("put each document into a file of its own"),
            )
        if composed is None:
            raise _empty(first.start_mark)
        return composed, Marks(composed, first.start_mark, self._spots)

    def _node(self, event: Any, depth: int) -> Any:  # noqa: ANN401 - events and plain data of any kind
        self._parts += 1
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event)
        if event.tag not in _PLAIN_TAGS:
            self.refused.append(
                Refused(
                    event.start_mark,
                    "SQA114",
                    msg("the tag '{tag}' is not accepted", tag=event.tag),
                    msg("remove the tag: documents hold text, numbers, true and false, lists and mappings"),
                )
            )
        before = self._parts
        if kind is ScalarEvent:
            composed = read_plain(event.value) if event.implicit[0] and not event.style else event.value
        elif depth >= _MAX_DEPTH:
            raise Refused(
                event.start_mark,
                "SQA121",
                msg("nested deeper than {depth} levels", depth=_MAX_DEPTH),
                msg("look for a bracket too many"),
            )
        else:
            composed = self._mapping(event, depth) if kind is MappingStartEvent else self._sequence(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (composed, self._parts - before + 1)
        return composed

    def _alias(self, event: Any) -> Any:  # noqa: ANN401
        if event.anchor not in self._anchors:
            raise Refused(
                event.start_mark,
                "SQA119",
                msg("the alias '*{name}' stands for nothing that is complete here", name=event.anchor),
                msg(
                    "write the anchor '&{name}' before its first use; values starting with * need quotes",
                    name=event.anchor,
                ),
            )
        composed, parts = self._anchors[event.anchor]
        self._parts += parts
        self._aliased += parts
        if self._aliased > _MAX_PARTS_BY_ALIAS:
            raise Refused(
                event.start_mark,
                "SQA119",
                msg("aliases blow this document up beyond any use"),
                msg("write the parts out"),
            )
        return composed

    def _mapping(self, opened: Any, depth: int) -> dict[str, Any]:  # noqa: ANN401
        composed: dict[str, Any] = {}
        spots: dict[str | int, Spot] = {}
        cut: list[tuple[Any, Any]] = []  # keys that may be the rest of a cut expression
        follow, open_texts = self._next, _OpenTexts(self) if opened.flow_style else None
        while type(event := follow()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                raise Refused(
                    event.start_mark,
                    "SQA127",
                    msg("a key must be one word or text"),
                    msg("put the value in quotes if it starts with {{, [ or *"),
                )
            value_event = follow()
            value = self._node(value_event, depth + 1)
            if open_texts is not None:
                if open_texts.is_open and value is None:
                    cut = [*cut, (event, value_event)] if open_texts.take(event) else []
                    continue
                open_texts.take(value_event)
            self._add(composed, spots, event, value_event, value)
        for key_event, value_event in cut:
            self._add(composed, spots, key_event, value_event, None)
        self._spots[id(composed)] = spots
        if open_texts is not None:
            self.cut_expression = None  # this one was closed: it is not what the parser may stop at later
        return composed

    def _add(
        self,
        composed: dict[str, Any],
        spots: dict[str | int, Spot],
        event: Any,  # noqa: ANN401
        value_event: Any,  # noqa: ANN401
        value: Any,  # noqa: ANN401
    ) -> None:
        key = event.value
        if key in spots:
            first = spots[key].key.line + 1
            self.refused.append(
                Refused(
                    event.start_mark,
                    "SQA113",
                    msg("'{key}' is given twice, first in line {line}", key=key, line=first),
                    msg("keep one of them"),
                )
            )
            return
        composed[key] = value
        spots[key] = self._spot(event.start_mark, value_event)

    def _sequence(self, opened: Any, depth: int) -> list[Any]:  # noqa: ANN401
        composed: list[Any] = []
        spots: dict[str | int, Spot] = {}
        follow, open_texts = self._next, _OpenTexts(self) if opened.flow_style else None
        while type(event := follow()) is not SequenceEndEvent:
            spots[len(composed)] = self._spot(event.start_mark, event)
            composed.append(self._node(event, depth + 1))
            if open_texts is not None:
                open_texts.take(event)
        self._spots[id(composed)] = spots
        if open_texts is not None:
            self.cut_expression = None  # this one was closed: it is not what the parser may stop at later
        return composed

    def _spot(self, key: Mark, event: Any) -> Spot:  # noqa: ANN401
        if type(event) is not ScalarEvent:
            return Spot(key, event.start_mark, event.end_mark, None)
        indent = 0
        if event.style == "|":
            start: Mark = event.start_mark
            lines = self._text.split("\n")[start.line + 1 :]
            indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)
        return Spot(key, event.start_mark, event.end_mark, event.style or "", indent)


class _OpenTexts:
    """Watches the plain scalars of one ``{…}`` or ``[…]``: a parenthesis opened in one and closed in a later one?"""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._open: Refused | None = None
        self._depth = 0

    @property
    def is_open(self) -> bool:
        """Whether an expression may have been cut before."""
        return self._open is not None

    def take(self, event: Any) -> bool:  # noqa: ANN401
        """Look at the next scalar; whether an expression may still be cut."""
        if type(event) is not ScalarEvent or event.style:
            return self.is_open
        self._depth += event.value.count("(") - event.value.count(")")
        if self._open is None and self._depth > 0:
            self._open = self._composer.cut_expression = Refused(
                event.start_mark,
                "SQA120",
                msg("'{text}' was cut at a comma", text=event.value),
                msg("put the whole expression in quotes"),
            )
        elif self._open is not None and self._depth <= 0:
            self._composer.refused.append(self._open)
            self._open = self._composer.cut_expression = None
        self._depth = max(self._depth, 0)
        return self.is_open


def _empty(mark: Mark) -> Refused:
    return Refused(mark, "SQA115", msg("the document is empty"), msg("write its keys, or remove the file"))
