import json

import pytest

from sqaudit.cli.problems import render_problems
from sqaudit.errors import Gravity, Place, Problem, msg
from sqaudit.locale import open_language

HINT = msg("no language is called '{language}'", language="x")
PROBLEMS = [
    Problem(Place("a,b.yaml", 9, 5), "SQA101", msg("100% odd: {x}", x="a\nb"), HINT),
    Problem(Place("c.yaml"), "SQA102", msg("xyzzy"), gravity=Gravity.WARNING),
]  # fmt: skip


def test_text_stands_by_file_line_and_column():
    assert render_problems(PROBLEMS, "text", open_language("zh")).splitlines() == [
        "a,b.yaml:9:5: SQA101 100% odd: a", "b", "  提示：没有名为“x”的语言", "c.yaml: SQA102 警告：xyzzy",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["en", "zh"])
def test_json_has_english_codes(code):
    first, second = json.loads(render_problems(PROBLEMS, "json", open_language(code)))
    assert list(first) == ["file", "line", "column", "code", "message", "hint", "gravity"]
    assert (first["line"], first["column"], first["gravity"]) == (9, 5, "error")
    assert (second["line"], second["hint"], second["gravity"]) == (None, None, "warning")


def test_github_gets_annotations_that_cannot_break_out():
    first, second = render_problems(PROBLEMS, "github", open_language("en")).splitlines()
    assert first == (
        "::error file=a%2Cb.yaml,line=9,col=5,title=SQA101::100%25 odd: a%0Ab%0Ahint: no language is called 'x'"
    )
    assert second == "::warning file=c.yaml,title=SQA102::xyzzy"


def test_no_problems_are_no_lines():
    assert render_problems([], "text", open_language("en")) == ""
    assert render_problems([], "json", open_language("en")) == "[]\n"
