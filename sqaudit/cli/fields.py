"""The fields of every list, as programs get them, and the few of them that a person is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fields:
    """``all`` go to JSON and CSV, ``shown`` to the terminal."""

    all: Sequence[str]
    shown: Sequence[str]


def _names(line: str) -> Sequence[str]:
    return line.split()


RESULTS = Fields(
    all=_names(
        "id programme period revision site standard version dimension criterion item status severity value unit n "
        "missing invalid low high interval formula target score weight coverage conceded stale checklist subject "
        "group facet auditor reason"
    ),
    shown=_names("id period site criterion item status value target n score reason"),
)
SCORES = Fields(
    all=_names("programme period revision site level id score raw_score coverage rating items critical_failed reason"),
    shown=_names("programme period level id site score coverage rating items critical_failed reason"),
)
FINDINGS = Fields(
    all=_names("id programme period revision site criterion items severity repeat_of repeats statement status action"),
    shown=_names("id period site criterion items severity status statement"),
)
CYCLES = Fields(
    all=_names("programme period state revision recorded_at"),
    shown=_names("programme period state revision recorded_at"),
)
REVISIONS = Fields(
    all=_names("programme period state revision recorded_at fingerprint changes"),
    shown=_names("revision recorded_at fingerprint changes"),
)
PLANNED_SOURCES = Fields(
    all=_names("dataset files bytes problem"),
    shown=_names("dataset files bytes problem"),
)
PLUGINS = Fields(
    all=_names("name distribution version state offers reason"),
    shown=_names("name distribution version state offers reason"),
)
PROBLEMS = Fields(
    all=_names("file line column code message hint gravity"),
    shown=(),
)
