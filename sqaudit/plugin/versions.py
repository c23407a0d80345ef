"""Versions and ranges such as ``>=1.0,<2``: dotted numbers, compared as numbers."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from msgspec import Struct

_NUMBERS = re.compile(r"\s*v?(\d+(?:\.\d+)*)")
_BOUND = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)\s*")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(.*)")
_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def read_version(text: str) -> tuple[int, ...] | None:
    """The leading dotted numbers of a version, without trailing zeros (``1.0`` is ``1``); ``None`` if it has none."""
    match = _NUMBERS.match(text)
    if match is None:
        return None
    numbers = [int(number) for number in match[1].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


class VersionRange(Struct, frozen=True):
    """Bounds that all have to hold. ``text`` is what the author wrote."""

    text: str
    bounds: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def contains(self, version: str | None) -> bool:
        """Whether a version lies in the range; an unknown version lies only in the range without bounds."""
        if not self.bounds:
            return True
        numbers = read_version(version or "")
        return numbers is not None and all(_COMPARE[comparison](numbers, bound) for comparison, bound in self.bounds)


def read_range(text: str) -> VersionRange | None:
    """A range such as ``>=1.0,<2``; the empty text is every version; ``None`` if it cannot be read."""
    if not text.strip():
        return VersionRange("")
    bounds = []
    for part in text.split(","):
        match = _BOUND.fullmatch(part)
        if match is None:
            return None
        bounds.append((match[1], read_version(match[2]) or ()))
    return VersionRange(text.strip(), tuple(bounds))


def read_requirement(text: str) -> tuple[str, VersionRange] | None:
    """The plugin's name and range of ``hotel >=1.0``; ``None`` if it cannot be read."""
    match = _REQUIREMENT.fullmatch(text)
    wanted = read_range(match[2]) if match else None
    return (match[1], wanted) if match and wanted else None
