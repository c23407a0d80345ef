"""Steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from sqaudit.builtin.scorers.parameters import NUMBER_SCHEMA, read_number
from sqaudit.errors import Message, msg
from sqaudit.model.target import Target


class BandsScorer:
    """The score of the band a value falls in: from its ``from`` up to the next one's, which is not in it.

    A value below the first band gets the first band's score, so that the bands cover every value.

    Example:
        ``score: {bands: [{from: 0, score: 100}, {from: 14, score: 50}, {from: 28, score: 0}]}``
    """

    name = "bands"
    parameters_schema: Mapping[str, object] = {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["from", "score"],
            "additionalProperties": False,
            "properties": {"from": NUMBER_SCHEMA, "score": {"type": "number", "minimum": 0, "maximum": 100}},
        },
    }

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """Bands are written in rising order, each edge once."""
        del target
        for (below, _), (above, _) in pairwise(_bands(parameters)):
            if above <= below:
                return msg("bands must rise: {above} comes after {below}", above=above, below=below)
        return None

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """The score of the last band whose ``from`` the value reaches."""
        del target
        bands = _bands(parameters)
        reached = [score for start, score in bands if start <= Decimal(str(value))]
        return reached[-1] if reached else bands[0][1]


def _bands(parameters: object) -> list[tuple[Decimal, Decimal]]:
    bands = cast("Sequence[Mapping[str, Any]]", parameters)
    return [(read_number(band["from"]), read_number(band["score"])) for band in bands]
