"""Reading YAML: YAML 1.2 scalars, true positions, and a problem instead of a traceback for anything at all."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.documents.reading import read_document, read_yaml

_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=20)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4), max_leaves=20
)


def data_of(text):
    document, problems = read_yaml(text.encode(), "f.yaml")
    assert problems == []
    return document.data


@given(st.dictionaries(_TEXTS, _JSON, min_size=1, max_size=4), st.sampled_from([None, 2]))
def test_json_is_read_as_json(content, indent):
    assert data_of(json.dumps(content, ensure_ascii=False, indent=indent)) == content


@given(st.dictionaries(_TEXTS, _JSON, min_size=1, max_size=4))
def test_block_style_with_quotes_is_read_back(content):
    text = yaml.safe_dump(json.loads(json.dumps(content)), default_style='"', allow_unicode=True)
    # Quoted everywhere and tagged where not text: only texts are compared.
    document, problems = read_yaml(text.encode(), "f.yaml")
    if "!!" not in text:
        assert problems == []
        assert document.data == content


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_give_a_document_or_one_problem_at_least(content):
    document, problems = read_yaml(content, "f.yaml")
    assert document is not None or problems


@given(st.text("ab:-{}[],&*!|>'\"%@`#()? \n\t0", max_size=60))
def test_yaml_signs_in_any_order_give_a_document_or_a_problem_with_a_place(text):
    document, problems = read_yaml(text.encode(), "f.yaml")
    assert document is not None or problems
    assert all(problem.place.line >= 1 and problem.place.column >= 1 for problem in problems)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("on", "on"), ("Yes", "Yes"), ("10:30", "10:30"), ("0123", "0123"), ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"), (".nan", ".nan"), (".inf", ".inf"), ("1e999", "1e999"), ("9" * 40, "9" * 40),
        ("0x1F", "0x1F"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("12", 12), ("-3", -3), ("+4", 4),
        ("1.10", 1.1), (".5", 0.5), ("1e3", 1000.0), ("'12'", "12"), ('"true"', "true"), ("=", "="), ("-", None),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(written, meant):
    if written == "-":
        assert data_of("- \n- 1") == [None, 1]
    else:
        assert data_of(f"key: {written}") == {"key": meant}


def test_keys_are_text_as_written():
    assert data_of("1: a\ntrue: b\nno: c\n1.10: d") == {"1": "a", "true": "b", "no": "c", "1.10": "d"}


def test_an_alias_is_the_value_of_its_anchor():
    assert data_of("a: &x {k: [1, 2]}\nb: *x\nc: [*x]") == {
        "a": {"k": [1, 2]},
        "b": {"k": [1, 2]},
        "c": [{"k": [1, 2]}],
    }


def test_marks_hold_places_of_keys_and_values():
    document, _ = read_yaml("a:\n  - b: 1\n    c:  [x, y]\n".encode("utf-8-sig"), "f.yaml")
    assert str(document.place(("a", 0, "c", 1))) == "f.yaml:3:13"
    assert str(document.key_place(("a", 0, "c"))) == "f.yaml:3:5"
    assert str(document.place(("a", 0, "absent"))) == "f.yaml:2:5"
    assert document.marks[("a", 0, "b")] == (2, 8)
    assert dict(document.marks)[()] == (1, 1)
    assert len(document.marks) == 7
    with pytest.raises(KeyError):
        document.marks[("z",)]


@pytest.mark.parametrize(
    ("line", "offset", "column"),
    [
        ("x: abc + d", 4, 8), ("x: 'abc + d'", 4, 9), ("x: 'it''s + d'", 5, 11), ('x: "abc + d"', 4, 9),
        ('x: "a\\tc + d"', 4, 4), ("x: abc +\n  d", 6, 4), ("x: >\n  abc + d", 4, 4),
    ],
)  # fmt: skip
def test_an_offset_counts_only_where_the_file_shows_the_text_one_to_one(line, offset, column):
    document, _ = read_yaml(line.encode(), "f.yaml")
    assert str(document.place(("x",), offset)) == f"f.yaml:1:{column}"


@pytest.mark.parametrize(
    ("line", "offset", "place"),
    [
        ("x: |\n  abc + d", 6, "2:9"), ("x: |-\n    a\n    bc\n", 3, "3:6"), ("x: |\n\n   ab\n     c\n", 6, "4:6"),
        ("- x: | # why\n    a b", 2, "2:7"),
    ],
)  # fmt: skip
def test_an_offset_in_a_block_of_lines_is_a_line_and_column(line, offset, place):
    document, _ = read_yaml(line.encode(), "f.yaml")
    path = (0, "x") if line.startswith("-") else ("x",)
    assert str(document.place(path, offset)) == f"f.yaml:{place}"


@pytest.mark.parametrize(
    "written", ["f(a, b)", "f(a, b, c)", "f((a), (b, c))", "f(A, '%d')", 'f(A, "x")', "f(a, b: 1)"]
)
def test_an_expression_cut_at_a_comma_is_told_to_use_quotes(written):
    _, problems = read_yaml(f"columns: {{x: {written}}}".encode(), "f.yaml")
    assert [(problem.code, str(problem.place)) for problem in problems] == [("SQA120", "f.yaml:1:14")]
    assert data_of("columns: {x: " + json.dumps(written) + "}") == {"columns": {"x": written}}


@pytest.mark.parametrize("fine", ["{x: f(a), y: g(b)}", "[Smile (a), b]", "{x: (, y: 1}", "{x: (open, y, z: 1}"])
def test_parentheses_that_close_or_stay_open_are_no_cut(fine):
    data_of(f"key: {fine}")


def test_an_open_parenthesis_elsewhere_is_not_blamed():
    _, problems = read_yaml(b"a: {b: ':(', c: oh (}\nd: 'x", "f.yaml")
    assert [problem.code for problem in problems] == ["SQA110"]


def test_an_unreadable_file_is_one_problem(tmp_path):
    document, problems = read_document(tmp_path / "absent.yaml", "absent.yaml")
    assert document is None
    assert [(str(problem.place), problem.code) for problem in problems] == [("absent.yaml", "SQA117")]
    assert read_document(tmp_path, "folder")[1][0].code == "SQA117"


def test_the_place_of_a_wrong_byte_is_told():
    _, problems = read_yaml("a: 1\nb: é".encode("latin-1"), "f.yaml")
    assert [str(problem.place) for problem in problems] == ["f.yaml:2:4"]
