# mypy: disable-error-code="import-untyped,import-not-found"
"""Tickets of a made-up service desk as Parquet, the same for the same seed.

Sites of very different size, two years in time order, missing and dirty cells, row groups of 122,880 rows under zstd.
``python benchmarks/tickets.py --rows 1M --sites 500 --layout one`` makes them and prints where they lie.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ticket_sets import FIRST_YEAR, LAYOUTS, MONTHS, TicketSet, read_rows

ROW_GROUP = 122_880
CHANNELS = ("phone", "email", "chat", "web", "shop", "app")
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The sites: how often each is asked, its region, and how bad it is."""

    weight: Numbers
    region: Numbers
    bias: Numbers


def write_tickets(wanted: TicketSet) -> None:
    """Write the files of a set; a file that is there is whole."""
    tables = _months(wanted)
    if wanted.layout == "monthly":
        for file, table in zip(wanted.files, tables, strict=True):
            _write(file, iter([table]))
    else:
        _write(wanted.files[0], tables)


def _write(file: Path, tables: Iterator[pa.Table]) -> None:
    """Write tables one behind the other, in whole row groups except for the last one."""
    unfinished = file.with_suffix(f".{os.getpid()}")
    waiting = next(tables)
    with pq.ParquetWriter(unfinished, waiting.schema, compression="zstd", compression_level=1) as writer:
        for table in tables:
            rows = pa.concat_tables([waiting, table])
            whole = rows.num_rows // ROW_GROUP * ROW_GROUP
            if whole:
                writer.write_table(rows.slice(0, whole), row_group_size=ROW_GROUP)
            waiting = rows.slice(whole).combine_chunks()
        writer.write_table(waiting, row_group_size=ROW_GROUP)
    unfinished.replace(file)


def _months(wanted: TicketSet) -> Iterator[pa.Table]:
    desks = _desks(np.random.default_rng(wanted.seed), wanted.sites)
    edges = [round(n * wanted.rows / MONTHS) for n in range(MONTHS + wanted.extra_months + 1)]
    customers = max(1_000, wanted.rows // 4)
    for number, (first, after) in enumerate(pairwise(edges)):
        rng = np.random.default_rng((wanted.seed, number))
        yield _month(rng, desks, _seconds(number), ids=range(first, after), customers=customers)


def _desks(rng: np.random.Generator, sites: int) -> Desks:
    weight = 1.0 / np.arange(1, sites + 1) ** 0.7
    return Desks(
        weight=rng.permutation(weight / weight.sum()),
        region=rng.integers(0, 12, sites).astype(np.int16),
        bias=rng.normal(0, 0.25, sites),
    )


def _seconds(month: int) -> tuple[int, int]:
    """The first second of a month, and of the one after it."""
    first, after = (datetime(FIRST_YEAR + n // 12, n % 12 + 1, 1, tzinfo=UTC).timestamp() for n in (month, month + 1))
    return int(first), int(after)


def _month(rng: np.random.Generator, desks: Desks, seconds: tuple[int, int], *, ids: range, customers: int) -> pa.Table:
    rows = len(ids)
    site = rng.choice(len(desks.weight), rows, p=desks.weight).astype(np.int32)
    bias = desks.bias[site]

    def chance(share: float | Numbers) -> Numbers:
        return rng.random(rows) < share

    def some(values: Numbers, missing: float, kind: pa.DataType | None = None) -> pa.Array:
        return pa.array(values, kind, mask=chance(missing))

    def answers(drawn: Numbers, scale: tuple[int, int], wrong: list[int]) -> Numbers:
        return _dirty(rng, chance(0.002), np.clip(np.round(drawn), *scale).astype(np.int16), wrong)

    opened = np.sort(rng.integers(*seconds, rows))
    reply = _dirty(rng, chance(0.002), rng.lognormal(6.2, 1.1, rows) * np.exp(bias), [-1, -3_600, 99_999_999])
    work = rng.lognormal(10.2, 1.3, rows) * np.exp(bias)
    solved = opened + (reply.clip(0, 900_000) + work).astype(np.int64)
    solved = np.where(chance(0.001), opened - 5_000, solved)  # solved before it was opened
    moment = pa.timestamp("us")
    return pa.table(
        {
            "ticket_id": np.arange(ids.start, ids.stop, dtype=np.int64),
            "site_id": site,
            "region_id": desks.region[site],
            "channel": pa.array(rng.choice(np.array(CHANNELS), rows, p=[0.34, 0.27, 0.16, 0.12, 0.06, 0.05])),
            "priority": rng.choice(np.array([1, 2, 3, 4], np.int16), rows, p=[0.05, 0.2, 0.5, 0.25]),
            "agent_id": (site * 40 + rng.zipf(1.5, rows).clip(1, 40)).astype(np.int32),
            "customer_id": rng.integers(0, customers, rows),
            "opened_at": pa.array(opened * 1_000_000, moment),
            "first_response_s": some(reply.round(1), 0.03),
            "resolved_at": some(solved * 1_000_000, 0.06, moment),
            "csat": some(answers(rng.normal(4.1 - bias, 1.0), (1, 5), [0, 6, 9, -1]), 0.62),
            "nps": some(answers(rng.normal(7.9 - 2 * bias, 2.2), (0, 10), [11, 99]), 0.80),
            "ces": some(answers(rng.normal(5.2 - bias, 1.3), (1, 7), [0, 8]), 0.85),
            "is_complaint": chance(0.06 * np.exp(bias)),
            "reopened": chance(0.045 * np.exp(bias)),
            "accuracy_ok": some(chance(0.955 - 0.05 * bias), 0.70),
            "escalated": chance(0.08),
            "handle_time_s": some(rng.gamma(2.2, 190, rows).round(0), 0.01),
            "order_value": some(rng.lognormal(3.6, 0.9, rows).round(2), 0.10),
            "delivered_on_time": some(chance(0.91 - 0.08 * bias), 0.25),
        }
    )


def _dirty(rng: np.random.Generator, chosen: Numbers, values: Numbers, wrong: list[int]) -> Numbers:
    values[chosen] = rng.choice(wrong, chosen.sum())
    return values


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=read_rows, required=True)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--layout", choices=LAYOUTS, default="one")
    parser.add_argument("--extra-months", type=int, default=0)
    tickets = TicketSet(**vars(parser.parse_args()))
    write_tickets(tickets)
    print(*tickets.files, sep="\n")
