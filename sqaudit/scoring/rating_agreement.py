"""How far auditors agree on the answers to one question, by the coefficients that suit its kind of answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from msgspec import Struct

from sqaudit.model.answer import AnswerKind
from sqaudit.model.calibration import Rating
from sqaudit.statistics.agreement import Agreement, cohen_kappa, cross_table, fleiss_kappa, weighted_kappa
from sqaudit.statistics.intraclass import intraclass_correlation
from sqaudit.statistics.krippendorff import Scale, krippendorff_alpha

Answer: TypeAlias = str | Fraction
# By rater, the answer to each unit that has one.
Answers: TypeAlias = Mapping[str, Mapping[str, Answer]]

NOT_APPLICABLE: Final = ""  # as a category among answers, none of which is empty
_PAIR = 2
_NOMINAL = frozenset({AnswerKind.YES_NO, AnswerKind.CHOICE, AnswerKind.MULTI, AnswerKind.DATE})


class ItemAgreement(Struct, frozen=True, kw_only=True):
    """One coefficient of one question, over the ``units`` that two raters or more rated.

    ``value`` is at most 1; ``None`` for the ``reason`` that nothing was rated twice, or that there was no variation.
    ``agreement`` is the share of equal pairs of ratings; ``prevalence`` the share of each answer, where answers are
    categories.
    """

    item: str
    kind: AnswerKind
    raters: int
    units: int
    agreement: float | None
    coefficient: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    prevalence: Mapping[str, float] | None = None


def is_compared(kind: AnswerKind) -> bool:
    """Whether answers of a kind can agree; texts cannot."""
    return kind is not AnswerKind.TEXT


def answers_of(kind: AnswerKind, ratings: Iterable[Rating]) -> dict[str, dict[str, Answer]]:
    """The answers to one question, by rater and unit.

    That it does not apply is one more category; among numbers it is a gap.
    """
    answers: dict[str, dict[str, Answer]] = {}
    for rating in ratings:
        own = answers.setdefault(rating.rated_by, {})
        if kind in _NOMINAL:
            own[rating.unit] = NOT_APPLICABLE if rating.value is None else rating.value
        elif rating.value is not None:
            own[rating.unit] = Fraction(rating.value)
    return {rater: own for rater, own in answers.items() if own}


def agree(item: str, kind: AnswerKind, answers: Answers) -> list[ItemAgreement]:
    """The coefficients of one question.

    Cohen's kappa (of a scale: the quadratically weighted one) for two raters; Fleiss' for more who rated the same
    units; alpha in any case; of numbers, the intraclass correlation of units that everybody rated.
    """
    units = sorted({unit for own in answers.values() for unit in own})
    rows = [[own.get(unit) for own in answers.values()] for unit in units]
    rows = [row for row in rows if sum(one is not None for one in row) >= _PAIR]
    alpha = krippendorff_alpha(rows, _scale(kind))
    found = [*_beside_alpha(kind, rows), ("krippendorff_alpha", alpha)]
    return [
        ItemAgreement(
            item=item,
            kind=kind,
            raters=len(answers),
            units=len(rows),
            agreement=_float(alpha.agreement),
            coefficient=name,
            value=_float(one.coefficient),
            low=one.low,
            high=one.high,
            reason=one.reason,
            prevalence=_prevalence(kind, rows),
        )
        for name, one in found
    ]


def _scale(kind: AnswerKind) -> Scale:
    if kind in _NOMINAL:
        return "nominal"
    return "ordinal" if kind is AnswerKind.SCALE else "interval"


def _beside_alpha(kind: AnswerKind, rows: Sequence[Sequence[Answer | None]]) -> Iterator[tuple[str, Agreement]]:
    raters = len(rows[0]) if rows else 0
    whole = [[one for one in row if one is not None] for row in rows]
    is_complete = all(len(row) == raters for row in whole)
    if raters < _PAIR or not is_complete:
        return
    categories: list[Answer] = sorted({one for row in whole for one in row})
    if kind in _NOMINAL and raters == _PAIR:
        yield "cohen_kappa", cohen_kappa(_table(whole, categories))
    elif kind in _NOMINAL:
        counts = [[row.count(category) for category in categories] for row in whole]
        yield "fleiss_kappa", fleiss_kappa(counts)
    elif kind is AnswerKind.SCALE and raters == _PAIR:
        steps = [int(step) for step in categories]
        weights = [[(one - other) ** 2 for other in steps] for one in steps]
        yield "weighted_kappa", weighted_kappa(_table(whole, categories), weights)
    elif kind is not AnswerKind.SCALE:
        yield "icc_2_1", _intraclass([[Fraction(one) for one in row] for row in whole])


def _table(rows: Sequence[Sequence[Answer]], categories: Sequence[Answer]) -> list[list[int]]:
    first, second = zip(*rows, strict=True)
    return cross_table(first, second, categories)


def _intraclass(rows: Sequence[Sequence[Fraction]]) -> Agreement:
    found = intraclass_correlation(rows, "ICC(2,1)")
    value = None if found.value is None else Fraction(found.value)
    return Agreement(coefficient=value, agreement=None, reason=found.reason, low=found.low, high=found.high)


def _prevalence(kind: AnswerKind, rows: Sequence[Sequence[Answer | None]]) -> dict[str, float] | None:
    if kind not in _NOMINAL and kind is not AnswerKind.SCALE:
        return None
    counts = Counter(one for row in rows for one in row if one is not None)
    if not counts:
        return None
    return {str(answer): counts[answer] / counts.total() for answer in sorted(counts)}


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
