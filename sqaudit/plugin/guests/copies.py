"""Copies of what would otherwise be shared: a plugin that changes its arguments changes nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

T = TypeVar("T")


def copied(value: T) -> T:
    """The value with its mappings and lists made anew, also within tuples and frozen values.

    What holds nothing that can be changed stays the same object.
    """
    return cast("T", _copied(value, {}))


def _copied(value: object, known: dict[int, object]) -> object:
    match value:
        case None | str() | int() | float():
            return value
        case Mapping():
            made: dict[object, object] = {key: _copied(each, known) for key, each in value.items()}
            return MappingProxyType(made) if isinstance(value, MappingProxyType) else made
        case list():
            return [_copied(each, known) for each in value]
        case tuple():
            parts = [_copied(each, known) for each in value]
            same = all(one is other for one, other in zip(parts, value, strict=True))
            return value if same or type(value) is not tuple else tuple(parts)
        case Struct():
            return _copied_struct(value, known)
    return value


def _copied_struct(value: Struct, known: dict[int, object]) -> object:
    if id(value) not in known:
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        made = {name: _copied(each, known) for name, each in fields.items()}
        changed = {name: each for name, each in made.items() if each is not fields[name]}
        known[id(value)] = replace(value, **changed) if changed else value
    return known[id(value)]
