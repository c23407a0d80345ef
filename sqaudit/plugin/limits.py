"""How long a call into a plugin may take before it counts as hanging, in seconds: the one place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Phase(StrEnum):
    """What an object of a plugin is called for."""

    IMPORT = "import"
    OFFER = "offer"
    COMMAND = "command"
    UNIT = "unit"
    MEMBER = "member"
    STATISTICS = "statistics"
    FINISH = "finish"
    AGAINST = "against"
    PROBLEM = "problem"
    SCORE = "score"
    COLLECT = "collect"
    OPEN = "open"
    COLUMNS = "columns"
    KEEP = "keep"
    QUERY = "query"
    FINGERPRINT = "fingerprint"
    CLOSE = "close"
    RENDER = "render"
    FILES = "files"
    STORY = "story"
    OBSERVE = "cycle_finished"


LIMITS: Mapping[Phase, float] = MappingProxyType(
    {
        # What only computes with values at hand.
        **dict.fromkeys((Phase.UNIT, Phase.MEMBER, Phase.STATISTICS, Phase.FINISH, Phase.AGAINST), 5.0),
        **dict.fromkeys((Phase.PROBLEM, Phase.SCORE), 5.0),
        # What loads code or reads a few files.
        **dict.fromkeys((Phase.IMPORT, Phase.OFFER, Phase.COMMAND, Phase.FILES, Phase.STORY, Phase.OBSERVE), 60.0),
        **dict.fromkeys((Phase.OPEN, Phase.COLUMNS, Phase.KEEP, Phase.CLOSE), 120.0),
        Phase.RENDER: 600.0,
        # What waits for others: a collector until its next rows, an engine until its answer.
        Phase.COLLECT: 1800.0,
        **dict.fromkeys((Phase.QUERY, Phase.FINGERPRINT), 7200.0),
    }
)

# So often an object may hang in a phase before it is not called for it again: a limit for each of many sites would
# be as good as no limit.
MOST_HANGS = 3


def limit_of(phase: Phase) -> float:
    """The seconds that one call may take."""
    return LIMITS[phase]
