"""What ``sqaudit check`` finds in expressions, beyond the shape of documents."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sqaudit.plugin.host import open_host
from sqaudit.workflow.check import check_documents

CASES = Path(__file__).parents[2] / "cases" / "documents"
RECORDS = "standards/desk/checklists/desk-records.yaml"
MONTHLY = "audits/monthly/programme.yaml"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "kind: checklist\nid: desk-records\nstandard: desk@1\ndataset: tickets\n"
ITEMS = """items:
  - {criterion: SP-1, measure: share(mark > 3)}
  - {criterion: SP-2, measure: p90(replied_at - opened_at)}
  - {criterion: CO-1, dataset: visits, measure: share(greeted)}
"""


@pytest.fixture
def checked(tmp_path):
    """The problems of the sound project with some files written anew."""

    def check(files):
        folder = Path(shutil.copytree(CASES / "project", tmp_path / "project"))
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        problems = check_documents(folder, open_host(disabled=True), NOW)
        assert all(problem.hint is not None for problem in problems), problems
        return [(str(problem.place), problem.code, str(problem.message), str(problem.hint)) for problem in problems]

    return check


def test_a_plan_with_all_its_parts_is_fine(checked):
    head = HEAD + "subject: [topic, mark]\nsummary: share(score >= 80 AND SP_1 > 0.5)\nsample: {population: staff}\n"
    extra = (
        "  - {id: slow, derive: 'difference(SP_2, half) / INTERVAL 1 HOUR'}\n"
        "  - {id: half, derive: SP_2 / 2}\n"
        "  - {id: slowest, measure: p95(replied_at - opened_at), interval: true, by: [topic]}\n"
    )
    programme = (CASES / "project" / MONTHLY).read_text(encoding="utf-8").replace("counter: true", "staff: 12")
    programme += "summary: share(score >= 80 AND half < 9000)\nlevels: [region]\n"
    assert checked({RECORDS: head + ITEMS + extra, MONTHLY: programme}) == []


def test_derived_items_are_looked_at_to_the_column(checked):
    extra = "  - {id: late, derive: 'rate(SP_1, SP_3) * 1000'}\n  - {id: odd, derive: sum(SP_1)}\n"
    assert [(place, code, hint) for place, code, _, hint in checked({RECORDS: HEAD + ITEMS + extra})] == [
        (f"{RECORDS}:9:36", "SQA303", "did you mean 'SP_2'?"),
        (f"{RECORDS}:10:23", "SQA304", "known here: difference, rate, ratio"),
    ]


def test_an_interval_is_for_quantiles(checked):
    extra = (
        "  - {id: a, measure: mean(mark), interval: true}\n"
        "  - {id: b, measure: sum(mark) / count(*), interval: true}\n"
        "  - {id: c, measure: median(mark), interval: true}\n"
        "  - {id: d, measure: mean(mark), interval: false}\n"
    )
    assert [(place, code) for place, code, _, _ in checked({RECORDS: HEAD + ITEMS + extra})] == [
        (f"{RECORDS}:9:34", "SQA319"),
        (f"{RECORDS}:10:44", "SQA319"),
    ]


def test_a_broken_measure_is_told_once_with_or_without_interval(checked):
    extra = "  - {id: a, measure: p90(marks), interval: true}\n"
    assert [code for _, code, _, _ in checked({RECORDS: HEAD + ITEMS + extra})] == ["SQA303"]


def test_a_population_is_an_attribute_of_sites(checked):
    head = HEAD + "sample: {population: weight}\n"
    extra = "  - {id: a, measure: mean(mark), sample: {population: countr}}\n"
    assert checked({RECORDS: head + ITEMS + extra}) == [
        (f"{RECORDS}:5:22", "SQA303", "no site has an attribute 'weight'", "known here: counter"),
        (f"{RECORDS}:10:55", "SQA303", "no site has an attribute 'countr'", "did you mean 'counter'?"),
    ]


def test_a_population_may_be_in_a_file_of_sites(checked):
    head = HEAD + "sample: {population: staff}\n"
    programme = (CASES / "valid" / "programme-site-file.yaml").read_text(encoding="utf-8").split("timezone")[0]
    programme += "sources: {tickets: {path: a.csv, site: q}}\n"
    told = {"sites.csv": "id,team\na,3\n"}
    files = {RECORDS: head + ITEMS, MONTHLY: programme, **{f"audits/monthly/{name}": t for name, t in told.items()}}
    assert [(place, code, hint) for place, code, _, hint in checked(files)] == [
        (f"{RECORDS}:5:22", "SQA303", "known here: team")
    ]


def test_conditions_of_summaries_are_looked_at_to_the_column(checked):
    head = HEAD + "subject: topic\nsummary: share(CO_1 > 0.5)\n"
    programme = (CASES / "project" / MONTHLY).read_text(encoding="utf-8") + "summary: share(scor >= 80)\n"
    assert [(place, code) for place, code, _, _ in checked({RECORDS: head + ITEMS, MONTHLY: programme})] == [
        (f"{MONTHLY}:19:16", "SQA303"),
        (f"{RECORDS}:6:16", "SQA303"),
    ]
