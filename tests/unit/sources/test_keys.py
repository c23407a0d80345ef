"""Rows that share a key: equal ones count once, contradicting ones are told."""

import itertools

import pytest

CONTRADICTING = 4
LINES = ["1,A,5,a", "1,A,5,a", "2,A,3,b", "2,A,4,b", "3,B,,c", "3,B,2,c", ",A,1,d", ",A,1,d", "4,A,9,e"]


def stage(staging, columns, project, lines, **source):
    (project / "t.csv").write_text("id,site,csat,note\n" + "\n".join(lines) + "\n")
    declared = columns(id="integer?", csat={"type": "integer?", "maximum": 5}, note="text?")
    return staging(project, declared, paths=("t.csv",), site="site", key=("id",), **source)


def test_equal_rows_count_once_and_differing_cells_contradict(staging, columns, tmp_path):
    with stage(staging, columns, tmp_path, LINES) as staged:
        assert staged.rows("id", "csat", ":cell csat", "note") == [
            (1, 5, 1, "a"),
            (2, None, CONTRADICTING, "b"),
            (3, None, CONTRADICTING, "c"),
            (None, 1, 1, "d"),  # no key, so nothing says that they are one
            (None, 1, 1, "d"),
            (4, None, 3, "e"),
        ]
        record = staged.record
        assert (record.read, record.accepted, record.rejected, record.duplicates) == (9, 6, 3, 3)
        assert record.columns["csat"].invalid == 3
        assert "t.csv,2,,duplicate,1" in staged.rejected()
        assert "t.csv,3,csat,contradicting,3" in staged.rejected()


def test_the_order_of_contradicting_rows_changes_no_value(staging, columns, tmp_path):
    seen = set()
    for lines in itertools.permutations(LINES[2:6]):
        with stage(staging, columns, tmp_path, lines) as staged:
            seen.add(tuple(sorted(staged.rows("id", "csat", ":cell csat", "note"))))
    assert len(seen) == 1


def test_rows_of_one_key_at_two_sites_belong_to_neither(staging, columns, tmp_path):
    with stage(staging, columns, tmp_path, ["1,A,5,a", "1,B,5,a", "2,A,5,a"]) as staged:
        assert staged.rows(":site", "id") == [("A", 2)]
        assert (staged.record.rejected, staged.record.duplicates) == (2, 1)
        assert "t.csv,1,site,contradicting," in staged.rejected()


@pytest.mark.parametrize("key", [("no", "line"), ("no", "note")])
def test_a_key_may_be_columns_of_the_file_that_the_standard_does_not_know(staging, columns, tmp_path, key):
    (tmp_path / "t.csv").write_text("no,line,note\n1,1,a\n1,1,a\n1,2,b\n")
    with staging(tmp_path, columns(note="text?"), paths=("t.csv",), key=key) as staged:
        assert staged.column("note") == ["a", "b"]
        assert staged.engine.query("SELECT * FROM d LIMIT 0") == []
        names = [row[0] for row in staged.engine.query("DESCRIBE d")]
        assert names == [":site", ":file", ":row", "note", ":cell note"]


def test_a_contradicting_required_cell_rejects_the_row(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("id,at\n1,2024-01-05\n1,2024-01-06\n2,2024-01-05\n")
    with staging(tmp_path, columns(id="integer", at="timestamp?"), paths=("t.csv",), key=("id",), time="at") as staged:
        assert staged.column("id") == [2]
        assert (staged.record.read, staged.record.rejected, staged.record.duplicates) == (3, 2, 1)
