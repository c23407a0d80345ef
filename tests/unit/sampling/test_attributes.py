"""Plans by attributes against printed tables.

The tables are those of a guide of the US National Institute of Building Sciences, "developed from MIL-STD-105E", tables
1-A (level II, normal) and 1-B (level III, tightened): rejection numbers; arrows lead down or up, and || continues one.
In 1-A the arrow in row A at 10 is printed upwards, where there is nothing.
"""

from decimal import Decimal

import pytest

from sqaudit.documents.validation import schema_of
from sqaudit.sampling.attributes import AQLS, SinglePlan, Strictness, code_letter, plan_of_letter, single_plan

COLUMNS = ["0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10", "15"]
NORMAL = r"""
A 2     || || || || \/ 1  \/ \/
B 3     || || || \/ 1  /\ \/ 2
C 5     || || \/ 1  /\ \/ 2  3
D 8     || \/ 1  /\ \/ 2  3  4
E 13    \/ 1  /\ \/ 2  3  4  6
F 20    1  /\ \/ 2  3  4  6  8
G 32    /\ \/ 2  3  4  6  8  11
H 50    \/ 2  3  4  6  8  11 15
J 80    2  3  4  6  8  11 15 22
K 125   3  4  6  8  11 15 22 /\
L 200   4  6  8  11 15 22 /\ ||
M 315   6  8  11 15 22 /\ || ||
N 500   8  11 15 22 /\ || || ||
P 800   11 15 22 /\ || || || ||
Q 1250  15 22 /\ || || || || ||
"""
TIGHTENED = r"""
A 2     || || || || || \/ || ||
B 3     || || || || \/ 1  || \/
C 5     || || || \/ 1  || \/ 2
D 8     || || \/ 1  || \/ 2  3
E 13    || \/ 1  || \/ 2  3  4
F 20    \/ 1  || \/ 2  3  4  6
G 32    1  || \/ 2  3  4  6  9
H 50    || \/ 2  3  4  6  9  13
J 80    \/ 2  3  4  6  9  13 19
K 125   2  3  4  6  9  13 19 /\
L 200   3  4  6  9  13 19 /\ ||
"""


def printed(table):
    """Letter, AQL, and the plan in the cell or the one to which its arrow leads: sample size and rejection number."""
    rows = [line.split() for line in table.split("\n") if line]
    for number, (letter, _, *cells) in enumerate(rows):
        for column, cell in enumerate(cells):
            above = [row for row in rows[:number] if row[column + 2].isdigit()]
            below = [row for row in rows[number:] if row[column + 2].isdigit()]
            follows_up = cell == "/\\" or (cell == "||" and not below)
            if cell.isdigit() or below or above:
                row = above[-1] if follows_up else below[0]
                yield letter, COLUMNS[column], int(row[1]), int(row[column + 2])


@pytest.mark.parametrize(("table", "strictness"), [(NORMAL, Strictness.NORMAL), (TIGHTENED, Strictness.TIGHTENED)])
def test_every_cell_leads_to_the_printed_plan(table, strictness):
    cells = list(printed(table))
    assert len(cells) == len(table.split("\n")[1:-1]) * len(COLUMNS)
    found = [(letter, aql, plan_of_letter(letter, Decimal(aql), strictness)) for letter, aql, _, _ in cells]
    assert [(letter, aql, plan.size, plan.reject) for letter, aql, plan in found] == cells


# From the legible transcription of MIL-STD-105E, tables II-A and II-B: the ends of the rows.
@pytest.mark.parametrize(
    ("letter", "aql", "strictness", "plan"),
    [
        ("A", "1000", Strictness.NORMAL, ("A", 2, 30)),
        ("B", "1000", Strictness.NORMAL, ("B", 3, 44)),
        ("E", "1000", Strictness.NORMAL, ("B", 3, 44)),
        ("F", "1000", Strictness.NORMAL, ("B", 3, 44)),
        ("E", "250", Strictness.NORMAL, ("E", 13, 44)),
        ("F", "150", Strictness.NORMAL, ("E", 13, 30)),
        ("R", "0.025", Strictness.NORMAL, ("R", 2000, 1)),
        ("R", "0.010", Strictness.NORMAL, ("Q", 1250, 0)),
        ("A", "0.010", Strictness.NORMAL, ("Q", 1250, 0)),
        ("A", "0.010", Strictness.TIGHTENED, ("R", 2000, 0)),
        ("R", "0.025", Strictness.TIGHTENED, ("S", 3150, 1)),
        ("B", "1000", Strictness.TIGHTENED, ("B", 3, 41)),
        ("A", "10", Strictness.TIGHTENED, ("D", 8, 1)),
    ],
)
def test_the_edges_of_the_tables(letter, aql, strictness, plan):
    found = plan_of_letter(letter, Decimal(aql), strictness)
    assert (found.letter, found.size, found.accept) == plan


# MIL-STD-105E, table I.
@pytest.mark.parametrize(
    ("lots", "letters"),
    [
        ((2, 8), "AAAAAAB"),
        ((9, 15), "AAAAABC"),
        ((16, 25), "AABBBCD"),
        ((26, 50), "ABBCCDE"),
        ((51, 90), "BBCCCEF"),
        ((91, 150), "BBCDDFG"),
        ((151, 280), "BCDEEGH"),
        ((281, 500), "BCDEFHJ"),
        ((501, 1200), "CCEFGJK"),
        ((1201, 3200), "CDEGHKL"),
        ((3201, 10_000), "CDFGJLM"),
        ((10_001, 35_000), "CDFHKMN"),
        ((35_001, 150_000), "DEGJLNP"),
        ((150_001, 500_000), "DEGJMPQ"),
        ((500_001, 10**9), "DEHKNQR"),
    ],
)
def test_the_letter_of_a_lot(lots, letters):
    levels = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
    for lot in lots:
        assert "".join(code_letter(lot, level) for level in levels) == letters


def test_a_plan_decides():
    plan = single_plan(1000, "1.0")
    assert plan == SinglePlan(letter="J", size=80, accept=2)
    assert [plan.accepts(faults) for faults in (0, 2, 3)] == [True, True, False]


def test_tightened_is_never_easier():
    for aql in AQLS:
        for letter in "ABCDEFGHJKLMNPQR":
            normal, tightened = (plan_of_letter(letter, aql, strictness) for strictness in Strictness)
            assert tightened.accept * normal.size <= normal.accept * tightened.size


def test_a_sample_larger_than_the_lot_is_all_of_it():
    assert single_plan(20, "0.65").size == 20
    assert single_plan(21, "0.65").size == 20


@pytest.mark.parametrize(
    "refused",
    [
        lambda: single_plan(100, "1.1"),
        lambda: single_plan(1, "1.0"),
        lambda: single_plan(100, "1.0").accepts(-1),
    ],
)
def test_what_cannot_be_is_refused(refused):
    with pytest.raises(ValueError, match=r"\w"):
        refused()


def test_documents_may_name_every_aql_that_counts_units_and_every_level():
    plan = schema_of("programme")["$defs"]["acceptance"]["properties"]
    assert {Decimal(str(aql)) for aql in plan["aql"]["enum"]} == {aql for aql in AQLS if aql <= 10}
    assert all(code_letter(1000, level) for level in plan["level"]["enum"])
    assert len(plan["level"]["enum"]) == 7
