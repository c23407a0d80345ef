"""How a value becomes a score from 0 to 100."""

from sqaudit.builtin.scorers.bands import BandsScorer
from sqaudit.builtin.scorers.linear import LinearScorer
from sqaudit.builtin.scorers.points import BonusScorer, DeductScorer
from sqaudit.builtin.scorers.target import TargetScorer
from sqaudit.builtin.scorers.value import ValueScorer
from sqaudit.model.ports import Scorer

SCORERS: tuple[Scorer, ...] = (
    TargetScorer(),
    LinearScorer(),
    BandsScorer(),
    ValueScorer(),
    DeductScorer(),
    BonusScorer(),
)
