"""Whatever is wrong with the place of a store is told in words, without a traceback or a password."""

import sqlite3
import subprocess
import sys

import pytest

from sqaudit.errors import CannotAccess, InvalidInput, SqauditError
from sqaudit.store import schema, sqlite
from sqaudit.store.engine import open_store

URL = "sqlite:///sqaudit.db"


def refused(url, folder, **how):
    """The error of opening, and of reading if opening goes well."""
    with pytest.raises(SqauditError) as caught, open_store(url, folder, **how) as store:
        store.list_cycles()
    return caught.value


def test_a_relative_path_starts_in_the_project(tmp_path):
    with open_store(URL, tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["sqaudit.db"]


def test_an_absolute_path_with_blanks_and_signs_is_taken_as_it_is(tmp_path):
    path = tmp_path / "a folder 50% #1" / "store 审核.db"
    path.parent.mkdir()
    with open_store(f"sqlite:///{path}", tmp_path / "elsewhere"):
        pass
    assert path.is_file()


def test_writing_ahead_and_references_are_on(tmp_path):
    with open_store(URL, tmp_path) as store, store._reading() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "postgres//anna:geheim@host/db",
        "postgresql+psycopg://anna:geheim@host/",
        "mysql://anna:geheim@host:notaport/db",
        "duckdb:///x.db",
        "sqlite://anna:geheim@host/db",
        "sqlite:///x.db?mode=ro&key=geheim",
        "",
    ],
)
def test_a_url_of_no_use_is_refused_without_its_password(tmp_path, url):
    error = refused(url, tmp_path)
    assert isinstance(error, InvalidInput)
    assert error.code == "SQA607"
    assert "geheim" not in f"{error} {error.hint}"
    assert "sqlite:///" in str(error.hint)


def test_a_missing_folder_and_a_missing_store_are_told_apart(tmp_path):
    assert "folder" in str(refused("sqlite:///not/there.db", tmp_path))
    assert "no store" in str(refused(URL, tmp_path, create=False))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_store_yet(tmp_path):
    """What an interrupted first run leaves is made into a store by the next one."""
    (tmp_path / "sqaudit.db").touch()
    assert "no store" in str(refused(URL, tmp_path, create=False))
    with open_store(URL, tmp_path) as store:
        assert store.list_cycles() == []


def test_a_path_below_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    assert refused("sqlite:///file/sqaudit.db", tmp_path).exit_code == 74


def test_a_folder_is_no_store(tmp_path):
    (tmp_path / "sqaudit.db").mkdir()
    error = refused(URL, tmp_path)
    assert (error.code, error.exit_code) == ("SQA616", 74)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_folder_that_takes_no_files_is_told(tmp_path):
    error = refused("sqlite:////proc/self/sqaudit.db", tmp_path)
    assert isinstance(error, CannotAccess)


def test_a_store_that_is_read_only_is_told_when_it_is_written(tmp_path, make):
    with open_store(URL, tmp_path) as store:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(CannotAccess, match="SQA617"):
            make.add(store)
        assert store.list_cycles() == []


def test_a_full_disk_is_told_and_nothing_is_kept(tmp_path, make):
    with open_store(URL, tmp_path) as store:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 60")
        with pytest.raises(CannotAccess, match="SQA604"):
            make.add(store, observations=[make.observation(f"s{n}") for n in range(9000)])
        assert store.list_cycles() == []


def test_a_store_in_use_is_told_and_can_still_be_read(tmp_path, make, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with open_store(URL, tmp_path) as store:
        other = sqlite3.connect(tmp_path / "sqaudit.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CannotAccess, match="SQA605"):
            make.add(store)
        assert store.list_cycles() == []
        other.close()
        make.add(store)


@pytest.mark.parametrize("content", [b"not a database, only some text" * 40, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_told(tmp_path, content):
    (tmp_path / "sqaudit.db").write_bytes(content)
    assert refused(URL, tmp_path).code == "SQA606"
    assert (tmp_path / "sqaudit.db").read_bytes() == content


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE songs (title)", "CREATE TABLE alembic_version AS SELECT 'd3adbeef' version_num"]
)
def test_a_database_of_another_program_is_left_alone(tmp_path, statement):
    with sqlite3.connect(tmp_path / "sqaudit.db") as other:
        other.execute(statement)
    other.close()
    error = refused(URL, tmp_path)
    assert (error.code, error.exit_code) == ("SQA606", 2)


def set_version(path, version):
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (version,))
    raw.close()


def test_a_newer_store_says_upgrade_sqaudit(tmp_path):
    with open_store(URL, tmp_path):
        pass
    set_version(tmp_path / "sqaudit.db", "9999")
    error = refused(URL, tmp_path)
    assert (error.code, str(error.hint)) == ("SQA609", "upgrade sqaudit")
    with open_store(URL, tmp_path, any_version=True) as store, pytest.raises(InvalidInput, match="SQA609"):
        store.upgrade()


def test_an_older_store_says_upgrade_the_store_and_upgrading_does(tmp_path):
    """Before the first step there are no tables but Alembic's own."""
    with sqlite3.connect(tmp_path / "sqaudit.db") as raw:
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    raw.close()
    error = refused(URL, tmp_path)
    assert error.code == "SQA608"
    assert "sqaudit store upgrade" in str(error.hint)
    with open_store(URL, tmp_path, create=False, any_version=True) as store:
        assert store.upgrade() is True
        assert store.upgrade() is False
    with open_store(URL, tmp_path) as store:
        assert store.list_cycles() == []


def test_a_failed_upgrade_leaves_the_store_as_it_was(tmp_path):
    with sqlite3.connect(tmp_path / "sqaudit.db") as raw:
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        raw.execute("CREATE TABLE scores (in_the_way)")
    raw.close()
    with open_store(URL, tmp_path, any_version=True) as store, pytest.raises(CannotAccess):
        store.upgrade()
    with sqlite3.connect(tmp_path / "sqaudit.db") as raw:
        tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    raw.close()
    assert tables == {"alembic_version", "scores"}


def test_upgrading_does_not_make_a_store(tmp_path):
    assert "no store" in str(refused(URL, tmp_path, any_version=True))
    assert list(tmp_path.iterdir()) == []


def test_the_migrations_make_the_tables_that_the_code_knows():
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine
    from sqlalchemy.dialects.sqlite import dialect
    from sqlalchemy.schema import CreateTable

    from sqaudit.store import migrations
    from sqaudit.store.tables import metadata

    with create_engine("sqlite://").begin() as connection:
        schema.upgrade_schema(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        made = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master")}
    for table in metadata.sorted_tables:
        wanted = str(CreateTable(table).compile(dialect=dialect()))
        assert made[table.name].split() == wanted.split()
    assert ScriptDirectory(migrations.__path__[0]).get_current_head() == schema.HEAD


def test_a_new_store_is_what_the_migrations_make():
    from sqlalchemy import create_engine

    def made(make):
        with create_engine("sqlite://").begin() as connection:
            make(connection)
            tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
            return {name: "".join((sql or "").split()) for name, sql in tables}, read(connection)

    def read(connection):
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()

    assert made(schema.make_schema) == made(schema.upgrade_schema)


def test_opening_an_up_to_date_store_does_not_load_alembic_and_the_package_not_sqlalchemy(tmp_path):
    with open_store(URL, tmp_path):
        pass
    code = (
        "import sys, pathlib, sqaudit.store; assert 'sqlalchemy' not in sys.modules\n"
        "from sqaudit.store.engine import open_store\n"
        f"with open_store({URL!r}, pathlib.Path(sys.argv[1])) as store: store.list_cycles()\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
