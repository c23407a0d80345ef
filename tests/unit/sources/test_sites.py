"""Sites from a file or a dataset."""

from decimal import Decimal

import openpyxl
import pytest

from sqaudit.errors import InvalidDocuments, InvalidInput
from sqaudit.model.programme import SiteDataset
from sqaudit.sources.sites import read_site_file, sites_from_staged

FILE = """id,title_en,title_zh,region,manager,timezone,weight,has_counter,beds,rate,code
S-1,North,北店,N,m-1,America/New_York,2,true,12,0.5,007
S-2,South,,,,,,FALSE,,-1.25,a b

"""


def test_a_site_file_with_typed_attributes(tmp_path):
    (tmp_path / "sites.csv").write_text(FILE, "utf-8-sig")
    north, south = read_site_file(tmp_path / "sites.csv", tmp_path)
    assert (north.title.in_language("zh"), south.title.in_language("zh")) == ("北店", "South")
    assert (north.region, north.manager, north.timezone, north.weight) == ("N", "m-1", "America/New_York", Decimal(2))
    assert (south.region, south.timezone, south.weight) == (None, None, Decimal(1))
    assert north.attributes == {"has_counter": True, "beds": 12, "rate": 0.5, "code": "007"}
    assert south.attributes == {"has_counter": False, "beds": None, "rate": -1.25, "code": "a b"}


def test_the_same_sites_in_a_workbook(tmp_path):
    (tmp_path / "sites.csv").write_text(FILE, "utf-8")
    book = openpyxl.Workbook()
    for row in [
        [
            "id",
            "title_en",
            "title_zh",
            "region",
            "manager",
            "timezone",
            "weight",
            "has_counter",
            "beds",
            "rate",
            "code",
        ],
        ["S-1", "North", "北店", "N", "m-1", "America/New_York", 2, True, 12, 0.5, "007"],
        ["S-2", "South", None, None, None, None, None, False, None, -1.25, "a b"],
    ]:
        book.active.append(row)
    book.save(tmp_path / "sites.xlsx")
    assert read_site_file(tmp_path / "sites.xlsx", tmp_path) == read_site_file(tmp_path / "sites.csv", tmp_path)


def test_every_problem_of_a_site_file_with_its_row(tmp_path):
    (tmp_path / "sites.csv").write_text(
        "id,timezone,weight\na,America/New_Yrok,1\na,,-1\n,,\n,UTC,1\nb,,nan\nb,America,\n"
    )
    with pytest.raises(InvalidDocuments) as caught:
        read_site_file(tmp_path / "sites.csv", tmp_path)
    said = [f"{problem.place} {problem.code} {problem.message}" for problem in caught.value.problems]
    assert said == [
        "sites.csv:2 SQA513 there is no time zone 'America/New_Yrok'",
        "sites.csv:3 SQA513 weight must be a number above 0, got '-1'",
        "sites.csv:5 SQA513 a site has no id",
        "sites.csv:6 SQA513 weight must be a number above 0, got 'nan'",
        "sites.csv:7 SQA513 there is no time zone 'America'",
    ]
    assert "America/New_York" in str(caught.value.problems[0].hint)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,region\na,b\n", "no column 'id'"),
        (b"id,x,x\na,b,c\n", "twice"),
        (b"", "no column 'id'"),
        (b"id\na\na\n", "'a'"),
    ],
)
def test_a_site_file_that_cannot_be_used(tmp_path, content, words):
    (tmp_path / "sites.csv").write_bytes(content)
    with pytest.raises(InvalidDocuments) as caught:
        read_site_file(tmp_path / "sites.csv", tmp_path)
    assert any(words in str(problem.message) for problem in caught.value.problems)


def test_a_site_file_that_is_missing_or_in_another_encoding(tmp_path):
    (tmp_path / "sites.csv").write_bytes("id\n张\n".encode("gbk"))
    for name, code in (("none.csv", "SQA501"), ("sites.csv", "SQA507")):
        with pytest.raises(InvalidInput, match=code):
            read_site_file(tmp_path / name, tmp_path)


def test_sites_of_a_dataset_know_what_all_their_rows_agree_on(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("no,name,area,beds,since\n2,B,N,1.50,2020-01-05\n1,A,S,2,\n2,B,S,1.5,2020-01-05\n")
    declared = columns(no="integer", name="text", area="text", beds="number?", since="timestamp?")
    with staging(tmp_path, declared, paths=("t.csv",), only_site=None) as staged:
        sites = sites_from_staged(
            staged.engine, staged.dataset, SiteDataset(dataset="d", id="no", title="name", region="area")
        )
        assert [(site.id, str(site.title), site.region) for site in sites] == [("1", "A", "S"), ("2", "B", None)]
        assert sites[1].attributes == {"beds": 1.5, "since": "2020-01-05T00:00:00Z"}
        with pytest.raises(InvalidInput, match="SQA512"):
            sites_from_staged(staged.engine, staged.dataset, SiteDataset(dataset="d", id="nr"))
