"""What owners answer: the two stories of cleaning, and everything else around them.

At Ginkgo Park 138 of 300 owners are content with cleaning in April and May, and 201 of 300 in September and October. At
Kite Field fewer are asked: 47 of 163, then 57 of 162, which chance alone would do in one of five such surveys.
"""

from __future__ import annotations

from random import Random

from sqaudit.plugin.draws import chance, pick, rounded_share, shuffled, whole

from sqaudit_property.templates.estates import (
    CLEANED_ANEW,
    ESTATES,
    MONTHS,
    TAKEN_OVER,
    Row,
    random_for,
    sometime,
    table,
    written,
)

# Answers and how many of them are content with cleaning, from March to October.
_CLEANING = {
    CLEANED_ANEW: ((150, 73), (150, 69), (150, 69), (150, 70), (150, 74), (150, 86), (150, 100), (150, 101)),
    TAKEN_OVER: ((80, 24), (82, 24), (81, 23), (81, 25), (81, 26), (81, 26), (81, 28), (81, 29)),
}
_NO_ANSWERS = ("iris-garden", 7)
# Percent of content owners: on the whole, with repairs, security and greenery, with how clear the fees are.
_CONTENT = {"overall": 78, "repairs": 75, "security": 78, "greenery": 72, "fees": 70}
_OTHERWISE = {
    CLEANED_ANEW: {"overall": 62},
    TAKEN_OVER: {"overall": 52, "greenery": 56, "fees": 54},
    "cherry-lane": {"overall": 67, "repairs": 60},
}
_SHORT_OF_STAFF = ("dove-hill", (6, 7, 8))


def survey_records() -> str:
    """All questionnaires as CSV."""
    rows: list[Row] = []
    for place, estate in enumerate(ESTATES):
        for month in MONTHS:
            if (estate, month) != _NO_ANSWERS:
                rows += _answers(random_for(4, place, month), estate, month)
    header = "answered_at,estate,overall,repairs,cleaning,security,greenery,fees,recommend"
    return table(header, _dirty(rows))


def _answers(random: Random, estate: str, month: int) -> list[Row]:
    if estate in _CLEANING:
        number, clean = _CLEANING[estate][month - MONTHS[0]]
    else:
        number = whole(random, 36, 44)
        clean = rounded_share(random, 75, number, give=6)
    percents = {**_CONTENT, **_OTHERWISE.get(estate, {})}
    if estate == _SHORT_OF_STAFF[0] and month in _SHORT_OF_STAFF[1]:
        percents |= {"repairs": 46, "overall": 60}
    marks = {"cleaning": _marks(random, number, clean)}
    for question, percent in percents.items():
        grown = percent + (2 * (month - MONTHS[3]) if question == "overall" and month > MONTHS[3] else 0)
        marks[question] = _marks(random, number, rounded_share(random, grown, number, give=3))
    return [
        (
            written(sometime(random, month, first_hour=8, last_hour=22)),
            estate,
            *(marks[question][at] for question in ("overall", "repairs", "cleaning", "security", "greenery", "fees")),
            _recommend(random, marks["overall"][at]),
        )
        for at in range(number)
    ]


def _marks(random: Random, number: int, content: int) -> list[str]:
    """So many of the owners give a 4 or 5; which ones is drawn."""
    is_content = shuffled(random, [place < content for place in range(number)])
    return [str(pick(random, (5, 4, 4) if happy else (3, 3, 3, 2, 2, 1))) for happy in is_content]


def _recommend(random: Random, overall: str) -> str:
    """0 to 10, higher where the owner is content on the whole; three in a hundred leave it blank."""
    if chance(random, 3):
        return ""
    return str(pick(random, (10, 9, 9, 8, 8, 7) if overall in "45" else (8, 7, 6, 6, 5, 3)))


def _dirty(rows: list[Row]) -> list[Row]:
    """A mark beyond the scale, and a time that cannot be read."""
    rows = list(rows)
    at, estate, _, *rest = rows[30]
    rows[30] = (at, estate, "7", *rest)
    return [*rows, ("in spring", *rows[31][1:])]
