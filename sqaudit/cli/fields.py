"""The fields of every list, as programs get them, and the few of them that a person is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fields:
    """``all`` go to JSON and CSV, ``shown`` to the terminal."""

    all: Sequence[str]
    shown: Sequence[str]


RESULTS = Fields(
    all=(
        "id programme period revision site standard version dimension criterion item status severity value unit n "
        "missing invalid low high interval formula target score weight coverage conceded stale checklist subject group facet "
        "auditor reason"
    ).split(),
    shown="id period site criterion item status value target n score reason".split(),
)
SCORES = Fields(
    all="programme period revision site level id score raw_score coverage rating items critical_failed reason".split(),
    shown="programme period level id site score coverage rating items critical_failed reason".split(),
)
FINDINGS = Fields(
    all="id programme period revision site criterion items severity repeat_of repeats statement status action".split(),
    shown="id period site criterion items severity status statement".split(),
)
CYCLES = Fields(
    all="programme period state revision recorded_at".split(),
    shown="programme period state revision recorded_at".split(),
)
REVISIONS = Fields(
    all="programme period state revision recorded_at fingerprint changes".split(),
    shown="revision recorded_at fingerprint changes".split(),
)
PLANNED_SOURCES = Fields(
    all="dataset files bytes problem".split(),
    shown="dataset files bytes problem".split(),
)
PLUGINS = Fields(
    all="name distribution version state offers reason".split(),
    shown="name distribution version state offers reason".split(),
)
PROBLEMS = Fields(
    all="file line column code message hint gravity".split(),
    shown=(),
)
