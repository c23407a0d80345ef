"""A whole run gives the same results wherever the records lie."""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sqaudit.builtin.measures import MEASURES

pytestmark = pytest.mark.thorough

TESTS = Path(__file__).parents[1]
agreeing = SimpleNamespace(**runpy.run_path(str(TESTS / "agreeing.py")))
servers = runpy.run_path(str(TESTS / "postgres.py"))


def test_every_named_measure_is_tried():
    named = {re.match(r"\w+", text)[0] for text in agreeing.MEASURED.values()}
    assert {measure.name for measure in MEASURES} <= named


@pytest.fixture(scope="module")
def server():
    with servers["running_server"]() as started:
        yield started


def test_a_postgresql_table_gives_what_files_give(project, server, monkeypatch):
    import psycopg

    types = {"VARCHAR": "text", "DOUBLE": "double precision", "DECIMAL(9,3)": "numeric(9,3)"}
    rows = agreeing.rows_of(7)
    columns = ", ".join(f"{name} {types.get(kind, kind)}" for name, (kind, _) in agreeing.COLUMNS.items())
    server.run("CREATE SCHEMA service", f"CREATE TABLE service.tickets ({columns})")
    with psycopg.connect(server.url) as connection, connection.cursor() as cursor:
        names = ", ".join(["%s"] * len(agreeing.COLUMNS))
        cursor.executemany(f"INSERT INTO service.tickets VALUES ({names})", rows)
    monkeypatch.setenv("TICKETS_URL", server.url)
    there = "engine: {postgresql: {url: 'env:TICKETS_URL'}}\n    table: service.tickets"
    places = ("path: data/tickets.parquet", there)
    made = project(agreeing.documents({"tickets": places, "slices": places}))
    agreeing.write_files(made.folder / "audits" / "here" / "data", rows)
    here = agreeing.results_of(made, "here")
    agreeing.assert_measured(here)
    agreeing.assert_same(here, agreeing.results_of(made, "there"))
    agreeing.assert_same_records(agreeing.records_of(made, "here"), agreeing.records_of(made, "there"))
