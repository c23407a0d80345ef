"""Secrets come from where documents say; what is not there is told by its name alone, and no error repeats one."""

import base64
from urllib.parse import quote

import pytest

from sqaudit.errors import InvalidInput, UnusableSource, msg
from sqaudit.workflow.secrets import fill_secrets, hiding_secrets


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
        "headers": {"Authorization": "env:URL", "Accept": "x"},
    }
    url = "postgresql://u:p@h/d"
    filled = fill_secrets(given, {"URL": url}, tmp_path)
    headers = {"Authorization": url, "Accept": "x"}
    assert filled == {**given, "url": url, "key": "from a file", "headers": headers}
    assert given["url"] == "env:URL"


@pytest.mark.parametrize("value", ["env:ABSENT", "env:EMPTY", "env:", "file:absent", "file:.", "file:binary"])
def test_a_secret_that_is_not_there_is_told(tmp_path, value):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableSource) as told:
        fill_secrets({"password": value}, {"EMPTY": "", "OTHER": "secret"}, tmp_path)
    assert told.value.code == "SQA520"
    assert "secret'" not in str(told.value).replace("the secret's file", "")
    assert "OTHER" not in str(told.value)


WRITTEN = {"url": "env:URL", "query": "SELECT 1", "headers": {"Authorization": "env:TOKEN"}}
URL = "postgresql://audit:p%40ss%2Fword@db.example.org/crm?options=secret%20one"
TOKEN = "Bearer abc\n123456789=="
FILLED = {"url": URL, "query": "SELECT 1", "headers": {"Authorization": TOKEN}}


@pytest.mark.parametrize(
    "repeated",
    [
        URL,
        "p%40ss%2Fword",
        "p@ss/word",
        "audit:p@ss/word",
        "secret one",
        "secret%20one",
        quote(URL, safe=""),
        TOKEN,
        "123456789==",
        quote("123456789==", safe=""),
        repr(TOKEN),
        repr(TOKEN.encode()),
        base64.b64encode(b"audit:p@ss/word").decode(),
    ],
)
def test_no_error_repeats_a_secret(repeated):
    """In whichever form a library repeats it: whole, its password alone, as it stands in a URL or a header."""
    inner = msg("line 1: {text}", text=f"cannot use <{repeated}>")
    told = UnusableSource("SQA517", msg("it failed: {reason}", reason=inner), msg("look at {what}", what=[repeated]))
    with pytest.raises(UnusableSource) as caught, hiding_secrets(WRITTEN, FILLED):
        raise told from ValueError(repeated)
    shown = f"{caught.value} {caught.value!r} {caught.value.hint}"
    assert repeated not in shown
    assert "123456789" not in shown
    assert "ss/word" not in shown
    assert "it failed: line 1: cannot use <" in shown
    assert caught.value.code == "SQA517"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "url", ["mysql://audit:pass/word@db/crm", "mysql://audit:pass@word@db/crm", "https://me:pass#word@a/"]
)
def test_a_password_that_is_not_quoted_is_hidden_too(url):
    password = "pass" + url[url.index("pass") + 4] + "word"
    with pytest.raises(UnusableSource) as caught, hiding_secrets({"url": "env:URL"}, {"url": url}):
        raise UnusableSource("SQA517", msg("no entry for {given}", given=password))
    assert password not in str(caught.value)


def test_an_error_without_secrets_stays_as_it_is():
    told = InvalidInput("SQA406", msg("no column '{name}' in {count}", name="SELECT 1", count=3))
    with pytest.raises(InvalidInput) as caught, hiding_secrets(WRITTEN, FILLED):
        raise told
    assert caught.value.message.values == {"name": "SELECT 1", "count": 3}
    with pytest.raises(InvalidInput) as caught, hiding_secrets({"file": "a"}, {"file": "a"}):
        raise told from ValueError("kept")
    assert str(caught.value.__cause__) == "kept", "nothing was secret, and the cause may help"
