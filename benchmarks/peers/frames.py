# mypy: disable-error-code="import-untyped,import-not-found"
"""The tickets as a pandas frame, for the peers that work on one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from kpis import COLUMNS, ORIGINS, RANGES


def read_frame(files: Sequence[str]) -> Any:  # noqa: ANN401 - pandas is not there where types are checked
    """The columns that count: as they are (``csat_r``), and without what is out of range (``csat``)."""
    frame = pd.concat([pd.read_parquet(file, columns=list(COLUMNS)) for file in files], ignore_index=True)
    taken = (frame.resolved_at - frame.opened_at).dt.total_seconds()
    for name, (low, high) in RANGES.items():
        raw = taken if name == "res" else frame[ORIGINS[name]]
        frame[f"{name}_r"] = raw
        frame[name] = raw.where(raw.between(low, high))
    return frame
