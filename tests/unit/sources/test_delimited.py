"""CSV as people write it: encodings, newlines, headers, quotes, widths."""

import gzip

import pytest

from sqaudit.errors import UnusableSource

TEXT = "id,名称\n1,张三\n2,李四\n"
ENCODED = {
    "utf-8": TEXT,
    "utf-8-sig": TEXT,
    "gbk": TEXT,
    "gb18030": TEXT,
    "big5": "id,名稱\n1,張三\n2,李四\n",
    "utf-16": "id,名称\n1,张😀\n2,李四\n",
    "utf-16-le": TEXT,
    "cp949": "id,名称\n1,김\n2,이\n".replace("名称", "이름"),
    "cp1252": "id,name\n1,5 €\n2,Müller\n",
    "latin-1": "id,name\n1,ä\n2,ö\n",
}


def read(staging, columns, project, content, *, name="t.csv", **source):
    (project / name).write_bytes(content)
    return staging(project, columns(id="integer?", x="text?"), paths=(name,), columns={"id": 1, "x": 2}, **source)


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_an_encoding_is_declared_and_read_with_any_newline(staging, columns, tmp_path, encoding, newline):
    lines = ENCODED[encoding].splitlines()
    content = newline.join([*lines, ""]).encode(encoding)
    with read(staging, columns, tmp_path, content, read={"encoding": encoding}) as staged:
        assert [f"{number},{text}" for number, text in staged.rows("id", "x")] == lines[1:]


def test_mixed_newlines_byte_order_mark_and_gzip_together(staging, columns, tmp_path):
    content = b'\xef\xbb\xbfid,x\r\n1,"a\r\nb"\n2,c\r\n3,d'
    with read(staging, columns, tmp_path, gzip.compress(content), name="t.csv.gz") as staged:
        assert staged.rows("id", "x") == [(1, "a\nb"), (2, "c"), (3, "d")]
        assert staged.record.files[0].size == len(gzip.compress(content))


@pytest.mark.parametrize(
    ("content", "encoding", "line", "suggested"),
    [
        (b"id,x\n1,a\n2," + "张三".encode("gbk") + b"\n", "utf-8", "line 3", "gb18030"),
        (b"id,x\n" + b"1,a\n" * 2_000_000 + b"2,\xe9\n", "utf-8", "line 2000002", "cp1252"),
        (TEXT.encode("utf-16"), "utf-8", "line 1", "utf-16"),
        (b"id,x\n1,\xff\xff\n", "gbk", "line 2", "cp1252"),
        (b"id,x\n1,\xe5\xbc", "utf-8", "line 2", "cp1252"),
    ],
)
def test_a_wrong_encoding_says_where_and_what_it_may_be(staging, columns, tmp_path, content, encoding, line, suggested):
    with (
        pytest.raises(UnusableSource) as caught,
        read(staging, columns, tmp_path, content, read={"encoding": encoding}),
    ):
        pass
    assert caught.value.code == "SQA507"
    assert line in str(caught.value.message)
    assert "t.csv" in str(caught.value.message)
    assert suggested in str(caught.value.hint)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "SQA504", "empty"),
        (b"\n\n", "SQA504", "empty"),
        (b"\xef\xbb\xbf", "SQA504", "empty"),
        (b'id,"x\n1,a\n', "SQA508", "never closed"),
        (b'id,x\n1,a\n2,"b\n3,c\n', "SQA508", "in record 2"),
        (b'id,x\n1,"' + b"y" * 3_000_000 + b"\n", "SQA508", "in record 1"),
    ],
)
def test_an_unusable_file_is_refused_as_a_whole(staging, columns, tmp_path, content, code, words):
    with pytest.raises(UnusableSource) as caught, read(staging, columns, tmp_path, content):
        pass
    assert caught.value.code == code
    assert words in str(caught.value.message)


@pytest.mark.parametrize("content", [b"id,x\n", b"id,x", b"id,x\n\n\n"])
def test_a_file_with_only_its_header_has_no_rows(staging, columns, tmp_path, content):
    with read(staging, columns, tmp_path, content) as staged:
        assert (staged.record.read, staged.record.accepted, staged.rows("id")) == (0, 0, [])
        assert staged.record.rejects is None


def test_records_of_a_wrong_width_or_quoting_are_rejected_by_their_number(staging, columns, tmp_path):
    content = b'id,x\n1,a\n2\n\n3,c,d\n,\n4,"x"y\n5,e\n   \n6,"f ""q""\n\ng"\n'
    with read(staging, columns, tmp_path, content) as staged:
        assert staged.rows(":row", "id", "x") == [(1, 1, "a"), (5, 5, "e"), (6, 6, 'f "q"\n\ng')]
        assert (staged.record.read, staged.record.rejected, staged.record.blank) == (6, 3, 3)
        assert [line.split(",")[:4] for line in staged.rejected()] == [
            ["t.csv", "2", "", "too_few_fields"],
            ["t.csv", "3", "", "too_many_fields"],
            ["t.csv", "4", "", "bad_quote"],
        ]


def test_quotes_mean_nothing_when_the_source_says_so(staging, columns, tmp_path):
    with read(staging, columns, tmp_path, b'id,x\n1,"a\n2,b"c\n', read={"quote": ""}) as staged:
        assert staged.column("x") == ['"a', 'b"c']


def test_other_delimiters(staging, columns, tmp_path):
    for name, content, options in (
        ("t.tsv", b"id\tx\n1\ta,b\n", {}),
        ("t.csv", b"id|x\n1|a,b\n", {"delimiter": "|"}),
        ("t.dat", b'id,x\n1,"a,b"\n', {"format": "csv"}),
    ):
        with read(staging, columns, tmp_path, content, name=name, read=options) as staged:
            assert staged.rows("id", "x") == [(1, "a,b")]


def refused(staging, declare, project, header, **source):
    (project / "t.csv").write_text(f"{header}\n1,2,3\n")
    with (
        pytest.raises(UnusableSource) as caught,
        staging(project, declare(score="integer"), paths=("t.csv",), **source),
    ):
        pass
    return caught.value.code, f"{caught.value.message} | {caught.value.hint}"


def test_a_column_that_is_not_there_is_named_with_what_was_meant(staging, columns, tmp_path):
    code, said = refused(staging, columns, tmp_path, "id,Score,x")
    assert code == "SQA505"
    assert "'t.csv'" in said
    assert "did you mean 'Score'?" in said
    assert "delimiter ';'" in refused(staging, columns, tmp_path, "id;score;x")[1]
    assert "from 1 to 3" in refused(staging, columns, tmp_path, "a,b,c", columns={"score": 4})[1]
    code, said = refused(staging, columns, tmp_path, "a,b,c", columns={"score": "b + d"})
    assert code.startswith("SQA3")
    assert "'d'" in said


def test_a_header_that_stands_there_twice_needs_a_position_if_it_is_wanted(staging, columns, tmp_path):
    assert refused(staging, columns, tmp_path, "id,score,score")[0] == "SQA506"
    (tmp_path / "t.csv").write_text("id,x,score,x\n1,2,3,4\n")
    with staging(tmp_path, columns(score="integer", last="integer"), paths=("t.csv",), columns={"last": 4}) as staged:
        assert staged.rows("score", "last") == [(3, 4)]


def test_an_optional_column_that_is_not_there_is_missing_everywhere(staging, columns, tmp_path):
    (tmp_path / "a.csv").write_text("id,csat\n1,5\n")
    (tmp_path / "b.csv").write_text("csat2,id\n4,2\n")
    with staging(tmp_path, columns(id="integer", csat="integer?", never="date?"), paths=("*.csv",)) as staged:
        assert staged.rows(":file", "id", "csat", "never") == [(1, 1, 5, None), (2, 2, None, None)]
        assert staged.record.columns["never"].missing == 2


def test_files_of_one_source_may_order_their_columns_differently(staging, columns, tmp_path):
    (tmp_path / "a.csv").write_text("id,x\n1,a\n2,b\n")
    (tmp_path / "b.csv").write_text("x,id\nc,3\n")
    with staging(tmp_path, columns(id="integer", x="text"), paths=("*.csv",)) as staged:
        assert staged.rows(":file", ":row", "id", "x") == [(1, 1, 1, "a"), (1, 2, 2, "b"), (2, 1, 3, "c")]


def test_without_header_columns_have_positions_and_made_up_names(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("1,a\n2,b\n")
    declared, read = columns(id="integer", x="text", y="text"), {"header": False}
    with staging(
        tmp_path, declared, paths=("t.csv",), columns={"id": 1, "x": "column2", "y": "upper(column2)"}, read=read
    ) as s:
        assert s.rows("id", "x", "y") == [(1, "a", "A"), (2, "b", "B")]
    with pytest.raises(UnusableSource, match="SQA505"), staging(tmp_path, declared, paths=("t.csv",), read=read):
        pass
