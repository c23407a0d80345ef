"""Where the parts of a document stand in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from sqaudit.errors import Place

Path = tuple[str | int, ...]
Mark = Any  # of the parser, in C or Python: line and column from 0


class Spot(NamedTuple):
    """A key (the value itself in a list) and its value: where each starts, where the value ends, how it is written.

    ``style`` is the quote or block sign of a scalar, ``""`` for a plain one, ``None`` for a list or mapping.
    ``indent`` is how far the lines of a block that begins with ``|`` are indented.
    """

    key: Mark
    start: Mark
    end: Mark
    style: str | None
    indent: int = 0


class Marks(Mapping[Path, tuple[int, int]]):
    """The 1-based line and column of every value, by its path of keys and positions.

    Spots are kept per list or mapping (by identity), because most are never asked for.
    """

    def __init__(self, root: object, start: Mark, spots: Mapping[int, Mapping[str | int, Spot]]) -> None:
        self._root = root
        self._start = start
        self._spots = spots

    def spot(self, path: Sequence[str | int]) -> Spot | None:
        """The spot of a path, ``None`` for the whole document or a path that is not in it."""
        found: Spot | None = None
        container = self._root
        for step in path:
            spots = self._spots.get(id(container))
            if spots is None or step not in spots:
                return None
            found = spots[step]
            container = container[step]  # type: ignore[index]
        return found

    def key(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of the key at a path, or of the nearest place around it that is in the file."""
        return self._nearest(path, of_key=True)

    def value(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of the value at a path, or of the nearest place around it that is in the file."""
        return self._nearest(path, of_key=False)

    def _nearest(self, path: Sequence[str | int], *, of_key: bool) -> tuple[int, int]:
        for length in range(len(path), 0, -1):
            spot = self.spot(path[:length])
            if spot is not None:
                mark = spot.key if of_key or length < len(path) else spot.start
                return mark.line + 1, mark.column + 1
        return self._start.line + 1, self._start.column + 1

    def __getitem__(self, path: Path) -> tuple[int, int]:
        if path and self.spot(path) is None:
            raise KeyError(path)
        return self.value(path)

    def __iter__(self) -> Iterator[Path]:
        yield ()
        yield from self._paths((), self._root)

    def _paths(self, path: Path, container: object) -> Iterator[Path]:
        for step in self._spots.get(id(container), {}):
            yield (*path, step)
            yield from self._paths((*path, step), container[step])  # type: ignore[index]

    def __len__(self) -> int:
        return sum(1 for _ in self)


class RawDocument(Struct, frozen=True, kw_only=True):
    """A YAML file as plain data (text, numbers, booleans, ``None``, lists, dicts with text keys) with its marks."""

    file: str
    data: object
    marks: Marks

    def key_place(self, path: Sequence[str | int]) -> Place:
        """Where the key at a path stands."""
        return Place(self.file, *self.marks.key(path))

    def place(self, path: Sequence[str | int], offset: int | None = None) -> Place:
        """Where the value at a path stands; with ``offset`` characters into it where the file shows them one to one."""
        line, column = self.marks.value(path)
        spot = self.marks.spot(path)
        if offset is not None and spot is not None and spot.style == "|":
            before = self._text(path)[:offset]
            return Place(self.file, line + before.count("\n") + 1, spot.indent + offset - before.rfind("\n"))
        if offset is not None and spot is not None and spot.start.line == spot.end.line and spot.style is not None:
            shown = offset + len(spot.style)
            if spot.style == "'":
                shown += self._text(path)[:offset].count("'")
            elif spot.style == '"' and spot.end.column - spot.start.column != len(self._text(path)) + 2:
                shown = 0  # escapes stand before it, or not: the start is sure
            column += shown
        return Place(self.file, line, column)

    def _text(self, path: Sequence[str | int]) -> str:
        found: object = self.data
        for step in path:
            found = found[step]  # type: ignore[index]
        return str(found)
