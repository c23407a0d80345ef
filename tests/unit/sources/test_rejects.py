"""What was left out is told: masked, harmless in a spreadsheet, whole or not at all."""

import csv

import pytest
import yaml

from sqaudit.errors import CannotAccess
from sqaudit.sources.rejects import no_formula


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_of_the_file_is_a_formula(text):
    assert no_formula(text) == f"'{text}"
    assert no_formula(f"a{text}") == f"a{text}"


def test_the_file_lists_rejected_rows_and_invalid_cells_by_file_row_and_column(staging, columns, tmp_path):
    (tmp_path / "b.csv").write_text("id,phone,csat,site\nx,13800138000,7,A\n2,ok,=1+1,\n")
    (tmp_path / "a.csv").write_text('id,phone,csat,site\n1,"a,b",5,A\n1,2,3\n')
    declared = columns(
        id="integer", csat={"type": "integer?", "maximum": 5}, phone={"type": "integer?", "about_persons": True}
    )
    with staging(tmp_path, declared, paths=("*.csv",), site="site") as staged:
        assert staged.record.rejects == "out/rejects.csv"
        raw = (tmp_path / "out" / "rejects.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbffile,row,column,reason,value\n")
        assert list(csv.reader(staged.rejected())) == [
            ["a.csv", "1", "phone", "unreadable", "***"],
            ["a.csv", "2", "", "too_few_fields", "1,2,3"],
            ["b.csv", "1", "csat", "out_of_range", "7"],
            ["b.csv", "1", "id", "unreadable", "x"],
            ["b.csv", "2", "csat", "unreadable", "'=1+1"],
            ["b.csv", "2", "phone", "unreadable", "***"],
            ["b.csv", "2", "site", "missing", ""],
        ]
        assert staged.record.accepted == 1
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["rejects.csv"]


def test_nothing_left_out_leaves_no_file_behind(staging, columns, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rejects.csv").write_text("of an earlier run")
    (tmp_path / "t.csv").write_text("id\n1\n")
    with staging(tmp_path, columns(id="integer"), paths=("t.csv",)) as staged:
        assert staged.record.rejects is None
    assert not (tmp_path / "out" / "rejects.csv").exists()


def test_a_folder_that_cannot_be_written_is_named(staging, columns, tmp_path):
    (tmp_path / "out").write_text("a file, where the folder should be")
    (tmp_path / "t.csv").write_text("id\nx\n")
    with (
        pytest.raises(CannotAccess, match="SQA601") as caught,
        staging(tmp_path, columns(id="integer"), paths=("t.csv",)),
    ):
        pass
    assert "out" in str(caught.value.message)


def test_every_code_that_is_raised_is_explained_in_both_languages():
    import re
    from pathlib import Path

    import sqaudit

    package = Path(sqaudit.__file__).parent
    raised = set()
    for module in (package / "sources").glob("*.py"):
        raised |= set(re.findall(r'"(SQA5\d\d)"', module.read_text("utf-8")))
    explained = yaml.safe_load((package / "codes" / "SQA5xx.yaml").read_text("utf-8"))
    assert raised <= set(explained)
    for entry in explained.values():
        assert all(set(entry[part]) == {"en", "zh"} for part in ("title", "cause", "fix"))
