"""What a text may be, by declared type: cases in a table, expectations by hand."""

from datetime import date
from decimal import Decimal

import pytest

MISSING, VALID, UNREADABLE, OUT_OF_RANGE = 0, 1, 2, 3

CASES = {
    "integer": {
        "3": 3, " 3 ": 3, "+3": 3, "-0": 0, "007": 7, "4.0": 4, "３": 3, "　１２　": 12,
        "9223372036854775807": 2**63 - 1,
        "3.7": None, "1_000": None, "0x1F": None, "1e3": None, "1,000": None, "nan": None, "- 3": None, "three": None,
        "9223372036854775808": None, "": "missing", "  ": "missing",
    },
    "number": {
        "3": Decimal(3), "3.5": Decimal("3.5"), "-.5": Decimal("-0.5"), "5.": Decimal(5),
        "1.23450000": Decimal("1.2345"),
        "１．５": Decimal("1.5"), "99999999999999.9999": Decimal("99999999999999.9999"),
        "1.23456": None, "100000000000000": None, "1e3": None, "inf": None, "NaN": None, "3,5": None, ".": None,
        "+": None, "": "missing",
    },
    "boolean": {
        "true": True, "TRUE": True, "Yes": True, "1": True, "１": True, "false": False, "no": False, "0": False,
        "t": None, "on": None, "y": None, "2": None, "": "missing",
    },
    "date": {
        "2024-02-29": date(2024, 2, 29), "2024-01-05 10:00": date(2024, 1, 5), "２０２４-０１-０５": date(2024, 1, 5),
        "2023-02-29": None, "2024-1-5": None, "05/01/2024": None, "20240105": None, "today": None, "": "missing",
    },
    "text": {" two words ": "two words", "　全角　": "全角", "１": "１", "\u00a0x": "x", "": "missing", " ": "missing"},
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_a_text_is_its_value_or_unreadable_never_something_near(staging, columns, tmp_path, kind):
    cases = CASES[kind]
    (tmp_path / "t.csv").write_text("n,x\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(cases)))
    with staging(tmp_path, columns(n="integer", x=f"{kind}?"), paths=("t.csv",)) as staged:
        got = dict(zip(cases, staged.rows("x", ":cell x"), strict=True))
    for text, expected in cases.items():
        if expected == "missing":
            assert got[text] == (None, MISSING), text
        elif expected is None:
            assert got[text] == (None, UNREADABLE), text
        else:
            assert got[text] == (expected, VALID), text
            assert type(got[text][0]) is type(expected)


def test_a_decimal_comma_is_declared_and_then_a_point_is_no_number(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("x;n\n3,5;4,0\n3.5;4.0\n-,25;3,7\n1;1\n")
    read = {"delimiter": ";", "decimal": ","}
    with staging(tmp_path, columns(x="number?", n="integer?"), paths=("t.csv",), read=read) as staged:
        assert staged.column("x") == [Decimal("3.5"), None, Decimal("-0.25"), Decimal(1)]
        assert staged.column("n") == [4, None, None, 1]


def test_null_words_of_the_source_and_of_a_column_are_missing_not_invalid(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\nNA,NA,NA\n0,0,0.0\n?,?,?\n5,5,5\n")
    declared = columns(
        a={"type": "integer?", "nulls": ("0",), "minimum": 1},
        b={"type": "integer?"},
        c={"type": "number?", "nulls": ("0",)},
    )
    with staging(tmp_path, declared, paths=("t.csv",), nulls=("", "NA")) as staged:
        assert staged.cells("a") == [MISSING, MISSING, UNREADABLE, VALID]
        assert staged.cells("b") == [MISSING, VALID, UNREADABLE, VALID]
        assert staged.cells("c") == [MISSING, MISSING, UNREADABLE, VALID]


def test_values_outside_bounds_are_out_of_range_and_never_clamped(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text(
        "n,low,high,kind,start,end\n1,0,1,a,2024-01-02,2024-01-03\n0,1,1,A,2024-01-02,2024-01-01\n"
        "6,1,,b,2024-01-02,\n5,9,8,z,,2024-01-01\n"
    )
    declared = columns(
        n={"type": "integer?", "minimum": 1, "maximum": 5},
        low={"type": "integer?", "maximum": "high"},
        high="integer?",
        kind={"type": "text?", "values": ("a", "b")},
        start="timestamp?",
        end={"type": "timestamp?", "minimum": "start"},
    )
    with staging(tmp_path, declared, paths=("t.csv",)) as staged:
        assert staged.column("n") == [1, None, None, 5]
        assert staged.cells("n") == [VALID, OUT_OF_RANGE, OUT_OF_RANGE, VALID]
        assert staged.cells("low") == [VALID, VALID, VALID, OUT_OF_RANGE]
        assert staged.cells("kind") == [VALID, OUT_OF_RANGE, VALID, OUT_OF_RANGE]
        assert staged.cells("end") == [VALID, OUT_OF_RANGE, MISSING, VALID]


def test_declared_date_formats_come_after_iso_in_their_order(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("at\n2024-01-05\n03/04/2024\n13/04/2024\n04/13/2024\n31/02/2024\n")
    with staging(tmp_path, columns(at="date?"), paths=("t.csv",), read={"dates": ("%d/%m/%Y", "%m/%d/%Y")}) as staged:
        days = [day and day.isoformat() for day in staged.column("at")]
    assert days == ["2024-01-05", "2024-04-03", "2024-04-13", "2024-04-13", None]


def test_an_expression_that_cannot_be_worked_out_is_unreadable_and_one_without_input_missing(
    staging, columns, tmp_path
):
    (tmp_path / "t.csv").write_text("D,A,B\n05/01/2024,1,2\nsoon,1,x\n,1,\n", "utf-8")
    mapping = {"at": "strptime(D, '%d/%m/%Y')", "n": "CAST(A AS INTEGER) + CAST(B AS INTEGER)", "m": "nullif(A, '1')"}
    with staging(
        tmp_path, columns(at="timestamp?", n="integer?", m="integer?"), paths=("t.csv",), columns=mapping
    ) as staged:
        assert staged.cells("at") == [VALID, UNREADABLE, MISSING]
        assert staged.cells("n") == [VALID, UNREADABLE, MISSING]
        assert staged.cells("m") == [MISSING] * 3
        assert "t.csv,2,at,unreadable,soon" in staged.rejected()


def test_a_cast_over_a_csv_file_never_makes_rows_vanish(staging, columns, tmp_path):
    """The engine would move the cast into its reader and drop whole rows; see engines/duckdb.py."""
    (tmp_path / "t.csv").write_text("n\n" + "".join(f"{'x' if n % 10 == 0 else n}\n" for n in range(5_000)))
    with staging(tmp_path, columns(n="integer?"), paths=("t.csv",)) as staged:
        assert staged.record.accepted == 5_000
        assert staged.record.columns["n"].invalid == 500
        path = staged.prepared.files[0].path
        query = (
            f"SELECT count(*), count(n) FROM (SELECT TRY_CAST(c AS INTEGER) AS n FROM read_csv('{path}',"
            " columns = {'c': 'VARCHAR'}, header = true, auto_detect = false, store_rejects = true))"
        )
        assert staged.engine.query(query) == [(5_001, 4_500)]  # and the record that seals the file
