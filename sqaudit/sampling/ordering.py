"""The order in which units are drawn: by a hash, so that it is the same on every machine and version of Python.

The key of a unit is the SHA-256 of seed, site and id as UTF-8, parted by the byte 31 (unit separator), in hexadecimal;
the unit with the lowest key comes first. Whoever has the frame and the seed can do this with any tool, and nobody can
choose a seed for a wanted order but by trying. Every order is as likely as any other, so that the first n are a simple
random sample.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction

from sqaudit.model.sample import Unit

_BETWEEN = "\x1f"


def shuffled(units: Iterable[Unit], seed: str) -> list[Unit]:
    """The units in the order of their draw; the order in which they come does not matter."""
    return sorted(units, key=lambda unit: (_key(seed, unit.site, unit.id), unit))


def share_of(seed: str, *parts: str) -> Fraction:
    """A random number, from 0 to below 1."""
    return Fraction(int(_key(seed, *parts), 16), 16**64)


def frame_hash(units: Iterable[Unit]) -> str:
    """The SHA-256 of a frame: of its units with their strata as canonical JSON, sorted, one on each line.

    Behind the strata of a unit stands its value, if it has one: a fraction in lowest terms, ``{"value":"7/2"}``.
    """
    lines = sorted(json.dumps(_line(unit), ensure_ascii=False, separators=(",", ":")) for unit in units)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _line(unit: Unit) -> list[object]:
    value = [] if unit.value is None else [{"value": str(unit.value)}]
    return [unit.site, unit.id, *unit.stratum, *value]


def _key(seed: str, *parts: str) -> str:
    return hashlib.sha256(_BETWEEN.join((seed, *parts)).encode()).hexdigest()
