"""Secrets come from where documents say; what is not there is told by its name alone."""

import pytest

from sqaudit.errors import UnusableSource
from sqaudit.workflow.secrets import fill_secrets


def test_references_are_replaced_and_everything_else_stays(tmp_path):
    (tmp_path / "key").write_text("  from a file\n", encoding="utf-8")
    given = {
        "url": "env:URL",
        "key": "file:key",
        "host": "db:5432",
        "size": 3,
        "on": True,
        "none": None,
        "list": ["env:URL"],
    }
    filled = fill_secrets(given, {"URL": "postgresql://u:p@h/d"}, tmp_path)
    assert filled == {**given, "url": "postgresql://u:p@h/d", "key": "from a file"}


@pytest.mark.parametrize("value", ["env:ABSENT", "env:EMPTY", "env:", "file:absent", "file:.", "file:binary"])
def test_a_secret_that_is_not_there_is_told(tmp_path, value):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableSource) as told:
        fill_secrets({"password": value}, {"EMPTY": "", "OTHER": "secret"}, tmp_path)
    assert told.value.code == "SQA520"
    assert "secret'" not in str(told.value).replace("the secret's file", "")
    assert "OTHER" not in str(told.value)
