import csv
import io
import json

import pytest
from wcwidth import wcswidth

from sqaudit.reports.tables import aligned_table, csv_table, json_table, markdown_table, markdown_text, one_line


def test_lines_are_equally_wide_with_wide_characters():
    text = aligned_table(
        ["站点", "score"], [["北京朝阳店", "87.50"], ["Soho", "9.00"], ["ａｂｃ混合", "100.00"]], right=[False, True]
    )
    assert len({wcswidth(line) for line in text.splitlines()}) == 1
    assert text.splitlines()[3].endswith("  9.00")


def test_cells_stay_on_their_line_and_move_no_cursor():
    text = aligned_table(["a"], [["one\ntwo\x1b[31m\r"]])
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
    assert one_line("one\n two\t\x07") == "one two"


def test_a_number_like_text_is_left_as_it_is():
    assert "007" in aligned_table(["id"], [["007"]])
    assert "1e3" in aligned_table(["id"], [["1e3"]])


def test_csv_disarms_formulas_and_keeps_numbers():
    rows = [{"text": text, "number": -1.5} for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", 'say "hi", now', None)]
    back = list(csv.DictReader(io.StringIO(csv_table(["text", "number"], rows))))
    assert [row["text"] for row in back] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\nx", 'say "hi", now', ""]
    assert {row["number"] for row in back} == {"-1.5"}


def test_csv_without_rows_has_its_headings():
    assert csv_table(["a", "b"], []) == "a,b\n"
    assert csv_table(["a"], [{"a": True}, {"a": False}]) == "a\ntrue\nfalse\n"


def test_json_has_every_field_and_null_for_what_is_absent():
    text = json_table(["a", "b"], [{"b": "审核", "c": 1}])
    assert json.loads(text) == [{"a": None, "b": "审核"}]
    assert "审核" in text
    assert json_table(["a"], []) == "[]\n"


def test_json_refuses_what_is_no_number():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_table(["a"], [{"a": float("nan")}])


def test_markdown_shows_markup_as_written():
    assert markdown_text("a|b <b>x</b> & `c` *d* [e](f)\n# g") == (
        r"a\|b &lt;b&gt;x&lt;/b&gt; &amp; \`c\` \*d\* \[e\](f) \# g"
    )
    table = markdown_table(["a|b", "n"], [["x|y", "1"]], right=[False, True])
    assert table.splitlines() == [r"| a\|b | n |", "| --- | ---: |", r"| x\|y | 1 |"]
