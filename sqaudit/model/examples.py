"""What a plugin's author tells the checks of a plugin: what to try its objects with, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from msgspec import Struct, field

from sqaudit.model.programme import Period

Row: TypeAlias = Mapping[str, object]
Naive: TypeAlias = Callable[[Sequence[Row]], float | None]
"""A measure worked out from its rows in plain Python; ``None`` where there is no value.

A row has a cell for every column: ``int``, ``float`` for numbers, ``str``, ``bool``, ``date``, ``datetime`` in UTC, or
``None``.
"""

PERIOD = Period(label="2026-03", start=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC))
"""The cycle for which examples are measured and collected. Rows count whenever they were."""


class ScorerExample(Struct, frozen=True, kw_only=True):
    """Parameters of a scorer as a checklist writes them, with a target such as ``>= 0.9``; some must be ``refused``."""

    parameters: object = field(default_factory=dict)
    target: str | None = None
    refused: bool = False


class SourceExample(Struct, frozen=True, kw_only=True):
    """A source of a collector as a programme writes it, and the ``files`` beside that programme, by name.

    ``gives`` is how many rows or files are found; ``None``: nothing is to be had, and the collector says so.
    """

    source: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    gives: int | None = None


class Examples(Struct, frozen=True, kw_only=True):
    """What the checks of a plugin try; a plugin keeps it as ``EXAMPLES`` in its module ``examples``.

    ``columns`` are those of a dataset, as a standard declares them. ``naive`` holds calls of measures over these
    columns, each with the same computation in plain Python; every measure has one. ``scorers`` and ``collectors`` are
    examples by name. ``languages`` are those that the plugin speaks.
    """

    columns: Mapping[str, object] = field(default_factory=dict)
    naive: Mapping[str, Naive] = field(default_factory=dict)
    scorers: Mapping[str, Sequence[ScorerExample]] = field(default_factory=dict)
    collectors: Mapping[str, Sequence[SourceExample]] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en", "zh")
