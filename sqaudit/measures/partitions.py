"""Sites taken in portions where the values of all at once would not fit into memory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

# A quantile keeps every value it has seen, eight bytes each, in lists that double as they grow, once per thread.
_BYTES_A_VALUE = 24
_SHARE_OF_MEMORY = 0.4


def parts_within(sites: Sequence[str], values: Mapping[str, int], memory: int | None) -> list[list[str]]:
    """The sites in portions whose ``values`` (their number, by site) fit into ``memory`` bytes together.

    The largest sites come first, each into the portion with least in it, so that portions are about equal. A site that
    does not fit by itself is a portion of its own.
    """
    total = sum(values.get(site, 0) for site in sites)
    most = math.inf if memory is None else memory * _SHARE_OF_MEMORY / _BYTES_A_VALUE
    count = min(max(math.ceil(total / most), 1), max(len(sites), 1))
    if count == 1:
        return [list(sites)]
    portions: list[tuple[int, list[str]]] = [(0, []) for _ in range(count)]
    for site in sorted(sites, key=lambda one: (-values.get(one, 0), one)):
        place = min(range(count), key=lambda number: (portions[number][0], number))
        size, members = portions[place]
        portions[place] = (size + values.get(site, 0), [*members, site])
    return [sorted(members) for _, members in portions if members]
