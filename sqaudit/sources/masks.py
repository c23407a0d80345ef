"""What the values of masked columns are called outside the engine.

Measures, conditions and joins are computed over the values themselves, so that no number depends on a mask; only the
names of groups leave the engine, and they are looked up here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sqaudit.model.masking import mask_cell
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.quoting import quote_name
from sqaudit.sources.failures import engine_failures

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine


def lay_masks(engine: Engine, staged: StagedDataset, columns: Iterable[str]) -> StagedDataset:
    """The dataset with a table of ``value`` and ``mask`` for each of ``columns`` that is masked.

    Raises ``UnusableSource`` if the rows cannot be read.
    """
    masks = {}
    for number, name in enumerate(sorted(set(columns))):
        masking = staged.columns[name].mask
        if masking is None:
            continue
        masks[name] = f"masks {number} of {staged.dataset}"
        with engine_failures(staged.dataset):
            found = engine.query(
                f"SELECT DISTINCT {quote_name(name)} FROM {staged.relation} AS rows"
                f" WHERE {quote_name(name)} IS NOT NULL"
            )
            engine.query(f"CREATE TABLE {quote_name(masks[name])} (value VARCHAR, mask VARCHAR)")
            engine.append(masks[name], [(value, mask_cell(value, masking)) for (value,) in found])
    return replace(staged, masks=masks)
