"""A table of another engine: typed and checked by the rules of files, in a query that is asked where the rows are."""

from datetime import UTC, datetime

import pytest

from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.errors import UnusableSource
from sqaudit.expressions.gate import check_file_expression
from sqaudit.model.measuring import SITE_COLUMN
from sqaudit.model.programme import Source
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.scanning import Window
from sqaudit.sources.tables import lay_table

COLUMNS = {
    "at": Column(name="at", type=ColumnType.TIMESTAMP),
    "mark": Column(name="mark", type=ColumnType.INTEGER, optional=True),
    "twice": Column(name="twice", type=ColumnType.NUMBER, optional=True),
}
TABLE = 'service."calls'
THERE = {"office": "VARCHAR", "at": "TIMESTAMP", "mark": "INTEGER", "file": "VARCHAR"}


@pytest.fixture
def laid(tmp_path):
    """Lays a table, and asks its queries of the same engine, where the rows are put under the table's name."""

    def lay(rows, columns=THERE, window=None, **source):
        wanted = Source(dataset="d", paths=(), site="office", time="at", columns={"twice": "mark * 2"}, **source)
        prepared = PreparedSource(
            source=wanted,
            dataset=Dataset(id="d", columns=COLUMNS),
            project=tmp_path,
            fingerprint="",
            originals=(),
            files=(),
        )
        with temporary_folder() as folder, open_engine(folder=folder, threads=1) as engine:
            scan = lay_table(
                engine,
                prepared,
                TABLE,
                columns,
                zones={"b": "Asia/Tokyo"},
                zone="UTC",
                to_sql=check_file_expression,
                window=window,
            )
            assert engine.query(f"SELECT count(*) FROM {scan.shape}") == [(0,)]
            declared = ", ".join(f"{quote_name(name)} {kind}" for name, kind in columns.items())
            engine.query(f"CREATE TABLE {quote_name(TABLE)} ({declared})")
            for row in rows:
                engine.query(f"INSERT INTO {quote_name(TABLE)} VALUES ({', '.join('?' * len(row))})", row)
            own = f'{quote_name(SITE_COLUMN)}, epoch("at"), mark, twice'
            accepted = engine.query(f"SELECT {own} FROM {scan.staged.relation} AS rows ORDER BY 1, 2")
            return scan, accepted, engine.query(f"SELECT count(*) FROM ({scan.all_rows}) AS rows")[0][0]

    return lay


def test_rows_are_typed_and_rejected_like_those_of_files(laid):
    """Sites lose their blanks, moments are the site's own, expressions and names like our own work."""
    rows = [
        (" a ", "2024-03-05 00:00", 4, "x"),
        ("b", "2024-03-05 09:00", None, "x"),
        (None, "2024-03-05", 1, "x"),
        ("a", None, 1, "x"),
    ]
    scan, accepted, everything = laid(rows)
    midnight = datetime(2024, 3, 5, tzinfo=UTC).timestamp()
    assert [(site, moment, mark, None if twice is None else int(twice)) for site, moment, mark, twice in accepted] == [
        ("a", midnight, 4, 8),
        ("b", midnight, None, None),
    ]
    assert everything == 4
    assert scan.staged.relation.startswith("(")


def test_only_rows_of_the_window_are_asked_for(laid):
    window = Window(times=("at",), start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
    times = ["2024-02-29 23:59", "2024-03-01", "2024-03-31 23:59", "2024-04-01", None]
    _, accepted, everything = laid([("a", time, 1, "") for time in times], window=window)
    assert (len(accepted), everything) == (2, 3)


def test_a_column_that_is_not_there_is_told(laid):
    with pytest.raises(UnusableSource) as told:
        laid([], {"office": "VARCHAR", "mark": "INTEGER"})
    assert told.value.code == "SQA505"
