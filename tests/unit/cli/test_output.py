import csv
import io
import json

import pytest
from wcwidth import wcswidth

from sqaudit.cli.fields import FINDINGS, RESULTS, SCORES, Fields
from sqaudit.cli.output import render_rows, render_table, write_file, write_rows
from sqaudit.errors import CannotAccess, msg
from sqaudit.locale import open_language
from sqaudit.model.texts import Text

RESULT = {
    "id": "r-1", "programme": "monthly", "period": "2026-10", "site": "北京朝阳店", "criterion": "RS-2", "item": "=cmd",
    "status": "no_data", "value": None, "unit": "share", "n": 0, "score": None, "reason": "missing_value",
    "conceded": False,
}  # fmt: skip
MEASURED = RESULT | {
    "id": "r-2", "site": "Soho", "status": "fail", "value": 0.8055, "n": 1200, "score": 59.995, "reason": None,
}  # fmt: skip


def test_people_get_words_and_rounded_figures():
    text = render_rows([RESULT, MEASURED], RESULTS, "table", open_language("zh"))
    heading, _, first, second = text.splitlines()
    assert heading.split()[:4] == ["编号", "期间", "站点", "准则"]
    assert "无数据" in first
    assert "评级所需的值缺失" in first
    assert " 0 " in first
    assert "0.00" not in first
    assert ("80.6%" in second, "60.00" in second, "1200" in second) == (True, True, True)
    assert {wcswidth(line) for line in text.splitlines()} == {wcswidth(heading)}


@pytest.mark.parametrize("code", ["en", "zh"])
def test_programs_get_the_same_in_every_language(code):
    back = json.loads(render_rows([RESULT, MEASURED], RESULTS, "json", open_language(code)))
    assert [list(row) for row in back] == [RESULTS.all] * 2
    assert (back[0]["status"], back[0]["value"], back[0]["reason"]) == ("no_data", None, "missing_value")
    assert back[1]["score"] == 59.995
    rows = list(csv.DictReader(io.StringIO(render_rows([RESULT], RESULTS, "csv", open_language(code)))))
    assert list(rows[0]) == RESULTS.all
    assert (rows[0]["status"], rows[0]["value"], rows[0]["conceded"], rows[0]["item"]) == (
        "no_data",
        "",
        "false",
        "'=cmd",
    )


def test_a_site_called_like_a_status_keeps_its_name():
    text = render_table([{"site": "pass", "status": "pass"}], ["site", "status"], open_language("zh"))
    assert text.splitlines()[2].split() == ["pass", "合格"]


def test_sentences_and_lists_become_flat_text():
    row = {"id": "f-1", "items": ["a", "b"], "statement": msg("hint: {hint}", hint=Text({"en": "soap", "zh": "肥皂"}))}
    (back,) = json.loads(render_rows([row], FINDINGS, "json", open_language("zh")))
    assert (back["items"], back["statement"], back["repeat_of"]) == ("a b", "提示：肥皂", None)
    changes = render_table([{"changes": (msg("one"), msg("two"))}], ["changes"], open_language("en"))
    assert changes.splitlines()[2].rstrip() == "one; two"


def test_no_rows_are_a_sentence_for_people_and_valid_for_programs(capsys):
    write_rows([], SCORES, "table")
    assert capsys.readouterr() == ("", "there is nothing to show\n")
    write_rows([], SCORES, "json")
    assert capsys.readouterr() == ("[]\n", "")
    write_rows([], Fields(all=["a", "b"], shown=[]), "csv")
    assert capsys.readouterr() == ("a,b\n", "")


def test_lists_hold_the_fields_that_were_promised():
    promised = (
        "programme period revision site standard version dimension criterion item status value unit n missing invalid "
        "low high interval formula target score weight coverage conceded checklist subject group facet auditor reason"
    )
    assert set(promised.split()) <= set(RESULTS.all)
    promised = "programme period site level id score raw_score coverage rating items critical_failed"
    assert set(promised.split()) <= set(SCORES.all)
    promised = "id programme period site criterion items severity repeat_of repeats statement status action"
    assert set(promised.split()) <= set(FINDINGS.all)
    for fields in (RESULTS, SCORES, FINDINGS):
        assert set(fields.shown) <= set(fields.all)


def test_a_file_is_written_with_its_folder_or_refused(tmp_path):
    write_file(tmp_path / "a" / "b.txt", "审核\n")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "审核\n".encode()
    with pytest.raises(CannotAccess, match="SQA601"):
        write_file(tmp_path / "a" / "b.txt" / "c.txt", "")


def test_subjects_and_groups_read_like_words_in_a_table_and_stay_json_elsewhere():
    rows = [{"subject": '["phone", "new"]', "group": '["a b", null]'}]
    fields = Fields(all=("subject", "group"), shown=("subject", "group"))
    assert render_table(rows, fields.shown, open_language("en")).splitlines()[2].split("  ") == [
        "phone, new",
        "a b, - ",
    ]
    assert json.loads(render_rows(rows, fields, "json", open_language("en"))) == rows
