"""A table of dirty rows is typed and checked in PostgreSQL by the same rules as a file is here."""

import random
import runpy
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.engines.postgresql.connecting import open_session
from sqaudit.expressions.gate import check_file_expression
from sqaudit.model.programme import Source
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.tables import lay_table

running_server = runpy.run_path(str(Path(__file__).parents[2] / "postgres.py"))["running_server"]
# Type in PostgreSQL, and what a cell may hold; in DuckDB it is inserted as the type that the session gives.
CELLS = {
    "site_name": ("text", ["A", " B ", "\u3000C", "", None, "-"]),
    "opened": ("timestamptz", ["2024-03-10 07:00Z", "2024-11-03 05:30Z", None]),
    "text_time": (
        "text",
        [
            "2024-03-10 02:30",
            "2024-11-03 01:30",
            "2024-02-30",
            "10/03/2024 5:30",
            "2024-03-10T10:00:00+02:00",
            "x",
            "-",
        ],
    ),
    "day": ("text", ["2024-01-05", "５月", "2024-01-05 10:00", " 2024-01-05 ", "05/01/2024", None]),
    "amount": ("numeric", ["1.5", "-1", "1.123456", None, "100000000000000000"]),
    "ratio": ("double precision", [1.5, 0.1, float("nan"), float("inf"), 1e300, None, 2.123456]),
    "words": ("text", [" a", "咨询", "b", "", None, "　a"]),
    "flag": ("text", ["Yes", "0", "maybe", None, " true"]),
    "count": ("text", ["12", "１２", "1.0", "1.5", "9999999999999999999", "-", None]),
    "ntext": ("text", ["1.5", "1.50000", "1,5", "１．５", "1.12345", ".5", "-", None]),
    "local": ("timestamp", ["2024-03-10 02:30", "2024-11-03 01:30", "2024-07-01 00:00", None]),
}
DECLARED = [
    Column(name="opened", type=ColumnType.TIMESTAMP),
    Column(name="text_time", type=ColumnType.TIMESTAMP, optional=True),
    Column(name="day", type=ColumnType.DATE, optional=True),
    Column(name="amount", type=ColumnType.NUMBER, optional=True, minimum=Decimal(0)),
    Column(name="ratio", type=ColumnType.NUMBER, optional=True),
    Column(name="words", type=ColumnType.TEXT, optional=True, values=("a", "咨询")),
    Column(name="flag", type=ColumnType.BOOLEAN, optional=True),
    Column(name="count", type=ColumnType.INTEGER, optional=True),
    Column(name="ntext", type=ColumnType.NUMBER, optional=True),
    Column(name="local", type=ColumnType.TIMESTAMP, optional=True),
    Column(name="twice", type=ColumnType.NUMBER, optional=True),
    Column(name="gone", type=ColumnType.TEXT, optional=True),
]
MOMENTS = ("opened", "text_time", "local")
ZONE = "America/New_York"


def test_dirty_rows_are_typed_alike():
    chance = random.Random(3)
    rows = [[chance.choice(choices) for _, choices in CELLS.values()] for _ in range(200)]
    empty = Source(dataset="calls", paths=())
    source = replace(
        empty,
        site="site_name",
        time="opened",
        nulls=("-",),
        columns={"twice": "CAST(ntext AS DECIMAL(18, 4)) * 2"},
        reading=replace(empty.reading, dates=("%d/%m/%Y", "%d/%m/%Y %H:%M")),
    )
    dataset = Dataset(id="calls", columns={column.name: column for column in DECLARED})
    prepared = PreparedSource(source=source, dataset=dataset, project=Path(), fingerprint="", originals=(), files=())
    marks = ", ".join(["%s"] * len(CELLS))
    with running_server() as server, temporary_folder() as folder, open_engine(folder=folder, zones=[ZONE]) as here:
        columns = ", ".join(f"{quote_name(name)} {kind}" for name, (kind, _) in CELLS.items())
        server.run("CREATE SCHEMA desk", f"CREATE TABLE desk.calls ({columns})")
        import psycopg

        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.cursor().executemany(f"INSERT INTO desk.calls VALUES ({marks})", rows)
        with open_session(server.url, zone=ZONE, timeout=30) as there:
            kinds = there.columns("desk.calls")
            listed = ", ".join(f"{quote_name(name)} {kind}" for name, kind in kinds.items())
            here.query(f'CREATE TABLE "desk.calls" ({listed})')
            for row in rows:
                here.query(f'INSERT INTO "desk.calls" VALUES ({marks.replace("%s", "?")})', row, zone=ZONE)
            scan = lay_table(
                here,
                prepared,
                "desk.calls",
                kinds,
                zones={"A": ZONE, "B": "Asia/Shanghai"},
                zone="UTC",
                to_sql=check_file_expression,
            )
            names = [":site", ":fate", *(name for column in dataset.columns for name in (column, f":cell {column}"))]
            shown = ", ".join(
                f"epoch_us({quote_name(name)})" if name in MOMENTS else f"CAST({quote_name(name)} AS VARCHAR)"
                for name in names
            )
            sql = f"SELECT {shown} FROM ({scan.all_rows}) AS q"
            expected, found = (sorted(map(str, engine.query(sql, zone=ZONE))) for engine in (here, there))
    assert found == expected
    assert len(set(found)) > 100
