"""How well an auditor tells good from bad, against a reference that is taken for the truth."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from sqaudit.statistics.ratios import share


class Appraisal(Struct, frozen=True, kw_only=True):
    """How many things were ``bad`` and ``good``, and of each how many an auditor called the other.

    The words are those of attribute studies of measurement systems (AIAG, *Measurement Systems Analysis*).
    """

    bad: int
    misses: int
    good: int
    false_alarms: int

    @property
    def miss_rate(self) -> Fraction | None:
        """The share of the bad that was called good, 0 to 1; ``None`` where nothing was bad."""
        return share(self.misses, self.bad)

    @property
    def false_alarm_rate(self) -> Fraction | None:
        """The share of the good that was called bad, 0 to 1; ``None`` where nothing was good."""
        return share(self.false_alarms, self.good)

    @property
    def agreement(self) -> Fraction | None:
        """The share that was called what it is, 0 to 1; ``None`` of nothing."""
        calls = self.bad + self.good
        return share(calls - self.misses - self.false_alarms, calls)


def appraise(calls: Sequence[bool | None], reference: Sequence[bool | None]) -> Appraisal:
    """Hold an auditor's calls against the reference, thing by thing.

    Args:
        calls: True for good, False for bad, ``None`` where the auditor made no call: it is left out.
        reference: What each thing is, in the same order; ``None`` where nobody knows: it is left out.

    Raises:
        ValueError: There are not as many calls as references.
    """
    pairs = [
        (call, truth) for call, truth in zip(calls, reference, strict=True) if call is not None and truth is not None
    ]
    return Appraisal(
        bad=sum(not truth for _, truth in pairs),
        misses=sum(call and not truth for call, truth in pairs),
        good=sum(truth for _, truth in pairs),
        false_alarms=sum(truth and not call for call, truth in pairs),
    )
