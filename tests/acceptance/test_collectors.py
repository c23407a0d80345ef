"""Programmes whose records come from a database, a web service and returned forms, from documents to results."""

import json
import runpy
import sqlite3
from pathlib import Path
from statistics import fmean

import pytest

TESTS = Path(__file__).parents[1]
running_service = runpy.run_path(str(TESTS / "web_service.py"))["running_service"]
running_server = runpy.run_path(str(TESTS / "postgres.py"))["running_server"]
fill = runpy.run_path(str(TESTS / "filling.py"))["fill"]

SECRET = "hunter2 and/more"
PROJECT = "project: desk\n"
STANDARD = """
kind: standard
id: desk
version: "1.0"
dimensions: {care: {}}
datasets:
  tickets: {columns: {id: integer, opened_at: timestamp, minutes: {type: number, min: 0}}}
criteria: [{id: C-1, dimension: care, target: "<= 30"}]
"""
CHECKLIST = """
kind: checklist
id: speed
standard: desk@1
dataset: tickets
items: [{criterion: C-1, measure: mean(minutes)}]
"""
PROGRAMME = """
kind: programme
id: tickets
standard: desk@1
checklists: [speed]
sites: [{id: north}, {id: south}]
period: month
timezone: Asia/Shanghai
sources:
  tickets:
    site: site
    time: opened_at
    key: [id]
    collector: COLLECTOR
    params: PARAMS
"""
# id, moment, minutes, site; the first and the last lie beside October in Shanghai
TICKETS = [
    (1, "2026-09-30 23:59:00", 99, "north"),
    (2, "2026-10-01 00:00:00", 10.5, "north"),
    (3, "2026-10-15 12:00:00", 20, "north"),
    (4, "2026-10-31 23:59:00", 60, "south"),
    (5, "2026-11-01 00:00:00", 99, "south"),
]


@pytest.fixture
def desk(project):
    """A project of tickets, fetched by a collector with these parameters."""

    def make(collector, parameters, files=None):
        programme = PROGRAMME.replace("COLLECTOR", collector).replace("PARAMS", json.dumps(parameters))
        documents = {
            "sqaudit.yaml": PROJECT,
            "standards/desk/standard.yaml": STANDARD,
            "standards/desk/checklists/speed.yaml": CHECKLIST,
            "audits/tickets/programme.yaml": programme,
        }
        made = project(files={**documents, **(files or {})})
        for name in list(made.files()):
            if name not in {*documents, *(files or {})}:
                made.remove(name)
        return made

    return make


def _results(project):
    done = project.run("results", "--programme", "tickets", "--format", "json")
    assert done.code == 0, done.text
    return {row["site"]: (row["status"], row["value"], row["n"]) for row in json.loads(done.out)}


def _expected():
    minutes = {site: [row[2] for row in TICKETS[1:4] if row[3] == site] for site in ("north", "south")}
    return {
        site: ("pass" if fmean(found) <= 30 else "fail", fmean(found), len(found)) for site, found in minutes.items()
    }


def _fill_database(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE tickets (id INTEGER, opened_at TEXT, minutes REAL, site TEXT)")
        database.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?)", TICKETS)
    database.close()


QUERY = "SELECT * FROM tickets WHERE opened_at >= :period_start AND opened_at < :period_end"


def test_a_database_is_asked_for_the_period(desk, monkeypatch):
    made = desk("sql", {"url": "env:CRM_URL", "query": QUERY})
    _fill_database(made.folder / "audits" / "tickets" / "crm.db")
    monkeypatch.setenv("CRM_URL", "sqlite:///crm.db")
    assert made.run("check").code == 0
    assert made.run("run", "tickets", "--period", "2026-10").code == 0
    assert _results(made) == _expected()
    again = made.run("run", "tickets", "--period", "2026-10")
    assert "revision 1" in again.out, "the same rows are the same revision"
    with sqlite3.connect(made.folder / "audits" / "tickets" / "crm.db") as database:
        database.execute("UPDATE tickets SET minutes = 12.5 WHERE id = 2")
    database.close()
    changed = made.run("run", "tickets", "--period", "2026-10")
    assert "revision 2" in changed.out
    assert _results(made)["north"][1] == fmean([12.5, 20])


def test_a_web_service_is_asked_page_by_page(desk, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("DESK_TOKEN", f"Bearer {SECRET}")
    records = [dict(zip(("id", "opened_at", "minutes", "site"), row, strict=True)) for row in TICKETS]

    def answer(handler, query):
        if handler.headers["Authorization"] != f"Bearer {SECRET}":
            return handler.send({"error": "who are you?"}, 401)
        period = [one for one in records if query["from"] <= one["opened_at"].replace(" ", "T") < query["to"]]
        start = int(query.get("after", 0))
        rest = {"next": start + 2} if start + 2 < len(period) else {}
        return handler.send({"data": period[start : start + 2], "total": len(period), **rest})

    with running_service() as service:
        service.answer = answer
        made = desk(
            "http",
            {
                "url": service.url,
                "headers": {"Authorization": "env:DESK_TOKEN"},
                "query": {"from": "{period_start:%Y-%m-%dT%H:%M:%S}", "to": "{period_end:%Y-%m-%dT%H:%M:%S}"},
                "records": "data",
                "total": "total",
                "paging": {"cursor": {"name": "after", "field": "next"}},
            },
        )
        assert made.run("run", "tickets", "--period", "2026-10").code == 0
        assert _results(made) == _expected()
        assert [query.get("after") for query in service.queries] == [None, "2"]
        monkeypatch.setenv("DESK_TOKEN", "Bearer out of date")
        done = made.run("run", "tickets", "--period", "2026-10")
    kept = made.run("--lang", "zh", "score", "tickets", "--period", "2026-10")
    assert "应答为 401" in kept.text, "what the store keeps is said in every language"
    assert done.code == 3
    assert "SQA523" in done.text
    assert "401" in done.text
    assert {status for status, _, _ in _results(made).values()} == {"error"}, "never a smaller set"
    assert SECRET.encode() not in b"".join(made.files().values())


ASKING = """
kind: checklist
id: visit
standard: rooms@1
title: Room visit
items:
  - {id: clean, criterion: R-1, ask: Is it clean?, answer: yes_no}
  - {id: warm, criterion: R-2, ask: Is it warm?, answer: yes_no}
  - {id: quiet, criterion: R-2, ask: Is it quiet?, answer: yes_no}
"""
JUDGING = """
kind: checklist
id: partner
standard: rooms@1
dataset: returned
answers: {dataset: returned, item: item, value: answer}
items:
  - {criterion: R-1, code: clean, answer: yes_no}
  - {criterion: R-2, code: warm, answer: yes_no}
"""
ROOMS = """
kind: standard
id: rooms
version: "1.0"
dimensions: {care: {}}
datasets:
  returned: {columns: {file: text, item: text, answer: {type: text, optional: true}}}
criteria: [{id: R-1, dimension: care}, {id: R-2, dimension: care}]
"""
VISITS = """
kind: programme
id: CALLED
standard: rooms@1
checklists: [LIST]
sites: [{id: north}, {id: south}]
period: month
"""


def test_forms_that_partners_return_answer_a_checklist(project):
    source = "sources: {returned: {collector: forms, params: {folder: returned}, site: site}}\n"
    made = project(
        files={
            "standards/rooms/standard.yaml": ROOMS,
            "standards/rooms/checklists/visit.yaml": ASKING,
            "standards/rooms/checklists/partner.yaml": JUDGING,
            "audits/asked/programme.yaml": VISITS.replace("CALLED", "asked").replace("LIST", "visit"),
            "audits/judged/programme.yaml": VISITS.replace("CALLED", "judged").replace("LIST", "partner") + source,
        }
    )
    said = {("north", "clean"): "yes", ("north", "warm"): "no", ("north", "quiet"): "yes", ("south", "clean"): "no"}
    returned = made.folder / "audits" / "judged" / "returned"
    for period in ("2026-09", "2026-10"):
        done = made.run("form", "export", "asked", "--period", period, "--dir", str(returned))
        assert done.code == 0, done.text
        answers = said if period == "2026-10" else dict.fromkeys(said, "no")
        for path in returned.glob(f"*{period}*.xlsx"):
            fill(path, lambda key, told=answers: {"answer": told.get((key[2], key[4]))})
    assert len(list(returned.iterdir())) == 4
    assert made.run("check").code == 0
    done = made.run("run", "judged", "--period", "2026-10")
    rows = json.loads(made.run("results", "--programme", "judged", "--format", "json").out)
    told = {(row["site"], row["item"]): (row["status"], row["reason"]) for row in rows}
    assert told == {
        ("north", "R-1"): ("pass", None),
        ("north", "R-2"): ("fail", None),
        ("south", "R-1"): ("fail", None),
        ("south", "R-2"): ("unanswered", None),
    }, done.text
    (returned / "damaged.xlsx").write_bytes(b"not a form")
    done = made.run("run", "judged", "--period", "2026-10")
    assert done.code == 3
    assert "SQA526" in done.text
    assert "damaged.xlsx" in done.text


# Secrets


@pytest.fixture(scope="module")
def server():
    with running_server() as started:
        yield started


def _everything_told(made):
    """All that commands print in both languages, and all that lies in the project."""
    page = ("report", "tickets", "--format", "html", "--output", str(made.folder / "report.html"))
    run, status = ("run", "tickets", "--period", "2026-10"), ("status", "tickets")
    others = (("results", "--format", "json"), ("explain", "C-1"), ("report", "tickets", "--format", "json"))
    said = []
    for command in (run, status, *others, page, ("--lang", "zh", *run), ("--lang", "zh", *status)):
        done = made.run(*command)
        assert done.code in {0, 1, 2, 3}, done.text
        said.append(done.text)
    return "\n".join(said) + b"\n".join(made.files().values()).decode("latin-1")


@pytest.mark.parametrize("case", ["works", "wrong password", "no such option", "broken query"])
def test_a_password_is_nowhere_to_be_found(desk, monkeypatch, server, case):
    server.run(
        "DROP TABLE IF EXISTS tickets",
        "CREATE TABLE tickets (id integer, opened_at timestamp, minutes numeric, site text)",
        *(f"INSERT INTO tickets VALUES {row}" for row in TICKETS),
    )
    url = {
        "wrong password": server.changed(password="hunter2-wrong"),
        "no such option": f"{server.url}?hunter2-wrong=hunter2-wrong",
        "broken query": server.url,
        "works": server.url,
    }[case]
    query = "SELECT none FROM tickets" if case == "broken query" else QUERY
    monkeypatch.setenv("CRM_URL", url)
    made = desk("sql", {"url": "env:CRM_URL", "query": query})
    told = _everything_told(made)
    assert ("SQA517" in told or "SQA522" in told) is (case != "works")
    assert "CRM_URL" in told, "what is looked for would be found"
    for secret in ("hunter2", "only for tests", "only%20for%20tests", url):
        assert secret not in told


LOUD = '''
from sqaudit.plugin import hookimpl
from sqaudit.errors import UnusableSource, msg

sqaudit_api = ">=1,<2"


class Loud:
    """A collector whose driver repeats what it was given."""

    name = "loud"
    parameters_schema = {"type": "object"}

    def collect(self, request):
        url = request.source.parameters["url"]
        try:
            raise ConnectionError(f"cannot connect to {url!r} with {request.source.parameters}")
        except ConnectionError as error:
            if request.source.parameters["polite"]:
                raise UnusableSource("SQA517", msg("no: {error}", error=error), msg("{url}", url=url)) from error
            raise


@hookimpl
def sqaudit_collectors():
    return [Loud()]
'''


@pytest.mark.parametrize("polite", [True, False])
def test_a_driver_that_repeats_its_url_tells_nobody(desk, monkeypatch, tmp_path, polite):
    site = tmp_path / "site"
    (site / "loud-1.dist-info").mkdir(parents=True)
    (site / "loud.py").write_text(LOUD)
    (site / "loud-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1\n")
    (site / "loud-1.dist-info" / "entry_points.txt").write_text("[sqaudit]\nloud = loud\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("SQAUDIT_DEBUG", "1")
    monkeypatch.setenv("CRM_URL", f"mysql://audit:{SECRET}@db.example.org/crm")
    made = desk("loud", {"url": "env:CRM_URL", "polite": polite, "headers": {"X": "env:CRM_URL"}})
    told = _everything_told(made)
    assert "cannot connect to" in told
    for secret in (SECRET, SECRET.replace("/", "%2F"), "hunter2"):
        assert secret not in told


@pytest.mark.parametrize(
    ("collector", "parameters", "told"),
    [
        ("sql", {"url": "mysql://audit:hunter2@db/crm", "query": "SELECT 1"}, ["'url' holds a password", "env:NAME"]),
        ("sql", {"url": "crm:hunter2", "query": "SELECT 1"}, ["'url' is not written as it must be", "postgresql://"]),
        ("http", {"url": "https://me:hunter2@desk/"}, ["'url' holds a password", "env:NAME"]),
        ("http", {"url": "https://desk/?api_key=hunter2"}, ["'url' is not written as it must be", "env:NAME"]),
        ("http", {"url": "env:X", "headers": {"Authorization": "Bearer hunter2"}}, ["is a secret", "env:NAME"]),
        ("http", {"url": "env:X", "pagign": {}}, ["unknown key 'pagign' of params", "did you mean 'paging'?"]),
        (
            "http",
            {"url": "env:X", "paging": {"curser": {}}},
            ["unknown key 'curser' of paging", "did you mean 'cursor'?"],
        ),
        ("forms", {"pattern": "*.xlsx"}, ["'folder' is missing"]),
    ],
)
def test_check_points_to_the_line_and_shows_no_secret(desk, collector, parameters, told):
    made = desk(collector, parameters)
    for language in ("en", "zh"):
        done = made.run("--lang", language, "check")
        assert done.code == 2
        assert "hunter2" not in done.text
        assert "programme.yaml:15" in done.text
    done = made.run("check")
    for words in told:
        assert words in done.text
