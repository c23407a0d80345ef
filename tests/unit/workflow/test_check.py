"""What ``sqaudit check`` finds in expressions, beyond the shape of documents."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sqaudit.plugin.host import open_host
from sqaudit.workflow.check import check_documents, check_programme
from sqaudit.workflow.context import read_documents

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
        "  - {id: slowest, measure: p95(replied_at - opened_at), interval: true}\n"
        "  - {id: by-day, dataset: visits, measure: count(*), by: [day]}\n"
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


def test_an_expression_with_an_old_id_is_told_the_new_one(checked):
    items = ITEMS + "  - {id: mean-mark, was: [average-mark], measure: mean(mark)}\n"
    extra = "  - {id: half, derive: average_mark / 2}\n"
    ((place, code, message, hint),) = checked({RECORDS: HEAD + items + extra})
    assert (place, code, message) == (f"{RECORDS}:10:24", "SQA303", "nothing is called 'average_mark' here")
    assert hint == "'average_mark' is called 'mean_mark' now"


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


def test_weights_are_for_what_they_change(checked):
    extra = (
        "  - {id: a, measure: p90(mark), sample: {weight: mark}}\n"
        "  - {id: b, measure: distinct(topic), sample: {weight: mark}}\n"
        "  - {id: c, measure: max(mark) - min(mark), sample: {weight: mark}}\n"
        "  - {id: d, measure: mean(mark), sample: {weight: mark}}\n"
        "  - {id: e, measure: p90(mark), sample: {population: 20}}\n"
    )
    assert [(place, code) for place, code, _, _ in checked({RECORDS: HEAD + ITEMS + extra})] == [
        (f"{RECORDS}:9:42", "SQA320"),
        (f"{RECORDS}:10:48", "SQA320"),
        (f"{RECORDS}:11:54", "SQA320"),
    ]


def test_weights_of_a_checklist_are_told_where_they_are_written(checked):
    head = HEAD + "sample: {weight: mark}\n"
    assert [(place, code, text) for place, code, text, _ in checked({RECORDS: head + ITEMS})] == [
        (f"{RECORDS}:5:10", "SQA320", "'p90(replied_at - opened_at)' takes no weights: they would change nothing")
    ]


OPEN = HEAD + ITEMS.replace("p90(replied_at - opened_at)", "'p90(business(opened_at, replied_at))'")


@pytest.mark.parametrize("where", ["", "where: business(opened_at, replied_at) > INTERVAL 1 HOUR\n"])
def test_open_time_takes_a_calendar_at_every_site(checked, where):
    items = OPEN if not where else HEAD + where + ITEMS
    place = f"{RECORDS}:5:8" if where else f"{RECORDS}:7:33"
    name = "where" if where else "SP-2"
    lacking = f"'{name}' counts open time, and site '{{}}' of programme 'monthly' has no calendar"
    assert [found[:3] for found in checked({RECORDS: items})] == [(place, "SQA332", lacking.format("north"))]


@pytest.mark.parametrize(
    ("more", "lacking"),
    [
        ("calendar: {open: always}\n", None),
        ("calendars: {day: {open: always}}\n", "south"),
    ],
)
def test_a_calendar_is_the_projects_or_the_sites(checked, more, lacking):
    monthly = (CASES / "project" / MONTHLY).read_text(encoding="utf-8")
    monthly = monthly.replace("{id: north,", "{id: north, calendar: day,") if lacking else monthly
    project = (CASES / "project" / "sqaudit.yaml").read_text(encoding="utf-8") + more
    found = checked({RECORDS: OPEN, "sqaudit.yaml": project, MONTHLY: monthly})
    assert [code for _, code, _, _ in found] == (["SQA332"] if lacking else [])
    assert all(f"site '{lacking}'" in text for _, _, text, _ in found)


def test_another_programmes_sites_do_not_stop_one_that_has_calendars(tmp_path):
    folder = Path(shutil.copytree(CASES / "project", tmp_path / "project"))
    monthly = (folder / MONTHLY).read_text(encoding="utf-8")
    (folder / RECORDS).write_text(OPEN, encoding="utf-8")
    (folder / "audits/other").mkdir()
    other = monthly.replace("id: monthly", "id: other") + "calendar: {open: always}\n"
    (folder / "audits/other/programme.yaml").write_text(other, encoding="utf-8")
    host = open_host(disabled=True)
    library = read_documents(folder, host, NOW)
    assert check_programme(library, host, "other") == ()
    assert [problem.code for problem in check_programme(library, host, "monthly")] == ["SQA332"]


OPENED = "\"strptime(OPEN_DT, '%d/%m/%Y')\""


def test_a_column_of_a_file_may_be_called_like_a_clock(checked):
    monthly = (CASES / "project" / MONTHLY).read_text(encoding="utf-8")
    assert OPENED in monthly
    assert checked({MONTHLY: monthly.replace(OPENED, "Business (hours)")}) == []


def test_clocks_of_sites_are_refused_where_records_are_read(checked):
    monthly = (CASES / "project" / MONTHLY).read_text(encoding="utf-8")
    ((place, code, text, _),) = checked({MONTHLY: monthly.replace(OPENED, '"strptime(business(a, b))"')})
    assert (place.startswith(MONTHLY), code) == (True, "SQA302")
    assert text == "'business', which needs a site's calendar, is not allowed here"


def test_a_query_cannot_count_open_time_of_sites(checked):
    monthly = (CASES / "project" / MONTHLY).read_text(encoding="utf-8")
    query = (
        "SELECT a.opened_at AS day, business(a.opened_at, a.replied_at) > INTERVAL 1 HOUR AS greeted FROM tickets AS a"
    )
    monthly += f"  visits: {{query: '{query}', site: day}}\n"
    assert ("SQA302", "'business', which needs a site's calendar, is not allowed here") in [
        found[1:3] for found in checked({MONTHLY: monthly})
    ]


def test_what_is_wrong_with_an_interval_is_told_where_it_is_written(checked):
    project = (CASES / "project" / "sqaudit.yaml").read_text(encoding="utf-8") + "calendar: {open: always}\n"
    extra = (
        "  - {id: a, measure: 'share(replied_at < business_after(opened_at, INTERVAL 2 DAY))'}\n"
        "  - {id: b, measure: 'share(replied_at > opened_at + INTERVAL 3 FORTNIGHT)'}\n"
    )
    found = checked({RECORDS: HEAD + ITEMS + extra, "sqaudit.yaml": project})
    wanted = [line.index("INTERVAL") + 1 for line in extra.splitlines()]
    assert [(place, code) for place, code, _, _ in found] == [
        (f"{RECORDS}:9:{wanted[0]}", "SQA331"),
        (f"{RECORDS}:10:{wanted[1]}", "SQA311"),
    ]
