"""What a server can do to a store is told in words; what it keeps is what SQLite keeps, in the same order."""

import json
import sys
from datetime import UTC, datetime

import pytest

from sqaudit.errors import CannotAccess, InvalidInput, SqauditError
from sqaudit.model.answer import AnswerKey, GivenAnswer
from sqaudit.store import postgresql, schema
from sqaudit.store.answers import AnswerFile
from sqaudit.store.engine import open_store

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PASSWORD = "geheim!"


def refused(url, folder, **how):
    """The error of opening, and of reading if opening goes well; never with a password."""
    with pytest.raises(SqauditError) as caught, open_store(url, folder, **how) as store:
        store.list_cycles()
    assert PASSWORD not in f"{caught.value} {caught.value.hint}"
    assert "only for tests" not in f"{caught.value} {caught.value.hint}"
    return caught.value


@pytest.fixture
def reader(database):
    """The URL of a user who may read, and nothing else."""
    database.run(
        f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'",
        "GRANT USAGE ON SCHEMA public TO reader",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader",
    )
    yield database.changed(user="reader", password=PASSWORD)
    database.run("DROP OWNED BY reader", "DROP ROLE reader")


@pytest.fixture
def another(server):
    """Make a database of one's own, gone afterwards."""
    made = []

    def make(name, how):
        server.run(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
        made.append(name)
        return server.changed(database=name)

    yield make
    for name in made:
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"port": 1}, "cannot be reached"),
        ({"host": "no-such-host.invalid"}, "cannot be reached"),
        ({"password": PASSWORD}, "does not let 'postgres' in"),
        ({"user": "nobody-here", "password": PASSWORD}, "does not let 'nobody-here' in"),
        ({"database": "not-there"}, "has no database 'not-there'"),
    ],
)
def test_a_server_that_lets_nobody_in_is_told(server, tmp_path, parts, words):
    error = refused(server.changed(**parts), tmp_path)
    assert isinstance(error, CannotAccess)
    assert (error.code, error.exit_code) == ("SQA616", 74)
    assert words in str(error)
    assert "URL" in str(error.hint)


def test_without_psycopg_it_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refused(f"postgresql+psycopg://anna:{PASSWORD}@host/audits", tmp_path)
    assert error.exit_code == 74
    assert "sqaudit[postgres]" in str(error.hint)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_both_ways_of_writing_the_url_lead_to_the_store(database, tmp_path, make, scheme):
    with open_store(database.url.replace("postgresql", scheme, 1), tmp_path) as store:
        make.add(store)
    with open_store(database.url, tmp_path, create=False) as store:
        assert len(store.list_cycles()) == 1


def test_an_empty_database_is_no_store_yet(database, tmp_path):
    assert "there is no store 'postgresql://127.0.0.1:" in str(refused(database.url, tmp_path, create=False))
    with open_store(database.url, tmp_path, any_version=True) as store, pytest.raises(CannotAccess, match="SQA616"):
        store.upgrade()
    assert database.run("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'") == [(0,)]


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE songs (title text)", "CREATE TABLE alembic_version AS SELECT 'd3adbeef' version_num"]
)
def test_a_database_of_another_program_is_left_alone(database, tmp_path, statement):
    database.run(statement)
    error = refused(database.url, tmp_path)
    assert (error.code, error.exit_code) == ("SQA606", 2)
    assert "empty database" in str(error.hint)


def test_older_and_newer_stores_say_what_to_upgrade(database, tmp_path):
    with open_store(database.url, tmp_path):
        pass
    for version, code in (("0001", "SQA608"), ("9999", "SQA609")):
        database.run(f"UPDATE alembic_version SET version_num = '{version}'")
        assert refused(database.url, tmp_path).code == code


def test_a_user_who_may_only_read_reads_and_is_told(database, reader, tmp_path, make):
    error = refused(reader, tmp_path)
    assert (error.code, error.exit_code) == ("SQA617", 74)
    with open_store(database.url, tmp_path) as store:
        make.add(store)
    with open_store(reader, tmp_path) as store:
        assert len(store.list_cycles()) == 1
        with pytest.raises(CannotAccess, match="SQA617"):
            make.add(store, number=2)
        assert store.verify() == []
    database.run("REVOKE SELECT ON cycles FROM reader")
    with open_store(reader, tmp_path) as store, pytest.raises(CannotAccess, match=r"SQA617 .*cycles"):
        store.list_cycles()


def test_no_schema_is_told(database, tmp_path):
    database.run("DROP SCHEMA public")
    assert refused(database.url, tmp_path).code == "SQA616"


def test_another_encoding_is_refused(another, tmp_path):
    error = refused(another("latin", "ENCODING 'LATIN1' LOCALE 'C'"), tmp_path)
    assert "LATIN1" in str(error)


def test_a_store_in_use_is_told_and_can_still_be_read(database, tmp_path, make, monkeypatch):
    import psycopg

    monkeypatch.setattr(postgresql, "BUSY_SECONDS", 0.05)
    with open_store(database.url, tmp_path) as store, psycopg.connect(database.url) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({postgresql._WRITERS})")
        with pytest.raises(CannotAccess, match="SQA605"):
            make.add(store)
        assert store.list_cycles() == []
        other.rollback()
        make.add(store)


def fail_with(database, state):
    """Let the server fail when observations are written."""
    database.run(
        "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$",
        "CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON observations FOR EACH ROW EXECUTE FUNCTION fail()",
    )


@pytest.mark.parametrize(
    ("state", "code"), [("53100", "SQA604"), ("25006", "SQA617"), ("40P01", "SQA605"), ("57014", "SQA616")]
)
def test_what_fails_while_it_is_written_is_told_and_nothing_is_kept(database, tmp_path, make, state, code):
    with open_store(database.url, tmp_path) as store:
        fail_with(database, state)
        with pytest.raises(CannotAccess, match=code):
            make.add(store)
        assert store.list_cycles() == []
        database.run("DROP TRIGGER fail ON observations")
        make.add(store)


def test_a_server_that_goes_away_is_told_and_nothing_is_kept(database, tmp_path, make):
    def leaving():
        yield make.observation()
        database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'sqaudit'"
        )
        for number in range(200_000):
            yield make.observation(f"s{number}")

    with open_store(database.url, tmp_path) as store, pytest.raises(CannotAccess, match="SQA616"):
        make.add(store, observations=leaving())
    with open_store(database.url, tmp_path) as store:
        assert store.list_cycles() == []


def test_a_text_with_nul_is_told_and_nothing_is_kept(database, tmp_path, make):
    with open_store(database.url, tmp_path) as store:
        for parts in ({"observations": [make.observation("a\0b")]}, {"programme": "a\0b"}):
            with pytest.raises(InvalidInput, match="SQA618"):
                make.add(store, **parts)
        assert store.list_cycles() == []


def test_a_copy_is_left_to_the_servers_own_tools(database, tmp_path):
    with open_store(database.url, tmp_path) as store, pytest.raises(InvalidInput, match="SQA619") as caught:
        store.backup(tmp_path / "copy.db")
    assert "pg_dump" in str(caught.value.hint)
    assert not (tmp_path / "copy.db").exists()


def test_texts_are_sorted_by_code_points_whatever_language_the_server_speaks(another, tmp_path):
    names = ["ben", "Anna", "_x", "élan", "anna", "Zoe", "审核"]
    key = AnswerKey(programme="p", period="2026-10", site="north", checklist="desk", item="polite")
    answer = GivenAnswer(key=key, value="yes", given_by="anna", given_at=NOW)
    with open_store(another("spoken", "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"), tmp_path) as store:
        store.add_answers(
            [answer], [AnswerFile(sha256="c", name="f.xlsx", given_by=name, given_at=NOW) for name in names]
        )
        assert [file.given_by for file in store.find_answer_files("c")] == sorted(names)


def test_a_store_may_have_a_schema_of_its_own(database, tmp_path, make):
    database.run("CREATE TABLE songs (title text)", "DROP SCHEMA IF EXISTS audits CASCADE", "CREATE SCHEMA audits")
    url = f"{database.url}?options=-csearch_path%3Daudits"
    for number in (1, 2):
        with open_store(url, tmp_path) as store:
            make.add(store, number=number)
            assert store.verify() == []
    assert database.run("SELECT count(*) FROM audits.revisions") == [(2,)]


def test_more_rows_than_a_statement_takes_parameters(database, tmp_path, make):
    with open_store(database.url, tmp_path) as store:
        make.add(store, observations=[make.observation(f"s{number}") for number in range(9_000)])
        assert len(store.read_observations("monthly", "2026-10", 1)) == 9_000


def shape(database):
    """Every column with its type, collation and whether it may be absent, every key, reference and index."""
    columns = database.run(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
    )
    rules = database.run(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
    )
    indexes = database.run("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    guards = database.run("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
    return sorted(columns, key=str), sorted(rules), sorted(indexes), sorted(guards)


def test_the_migrations_make_what_a_new_store_is(database, tmp_path):
    from sqlalchemy import make_url

    with open_store(database.url, tmp_path):
        pass
    new = shape(database)
    assert {row[3] for row in new[0] if row[2] == "text"} == {"C"}
    assert "integer" not in {row[2] for row in new[0] if row[1] != "id"}
    database.run("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public")
    engine = postgresql.make_engine(make_url(database.url), "store")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        schema.upgrade_schema(connection)
    engine.dispose()
    assert shape(database) == new


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE events SET kind = 'cycle_closed'", "events are never changed"),
        ("UPDATE events SET payload = NULL", "events are never changed"),
        ("UPDATE events SET payload = NULL, erased_by = 1, programme = NULL", "events are never changed"),
        ("DELETE FROM events", "events are never deleted"),
        ("TRUNCATE events", "events are never deleted"),
    ],
)
def test_the_server_itself_refuses_to_change_the_log(database, tmp_path, make, statement, words):
    import psycopg

    with open_store(database.url, tmp_path) as store:
        make.add(store)
        before = store.list_events()
        with pytest.raises(psycopg.errors.RaiseException, match=words):
            database.run(statement)
        assert store.list_events() == before
        assert store.verify() == []


def test_a_payload_can_be_blanked_and_the_chain_holds(database, tmp_path, make):
    with open_store(database.url, tmp_path) as store:
        make.add(store)
        database.run("UPDATE events SET payload = NULL, erased_by = 2 WHERE number = 1")
        (event,) = store.list_events()
        assert (event.deed.who, event.erased_by) == (None, 2)
        # Nobody has said that it was erased.
        assert [problem.code for problem in store.verify()] == ["SQA632"]


def test_a_failed_upgrade_leaves_the_store_as_it_was(database, tmp_path, make):
    """The step of before is done again, and finds in its way what it made."""
    with open_store(database.url, tmp_path) as store:
        make.add(store)
    before = shape(database)
    database.run("UPDATE alembic_version SET version_num = '0007'")
    with open_store(database.url, tmp_path, any_version=True) as store, pytest.raises(CannotAccess, match="SQA616"):
        store.upgrade()
    assert shape(database) == before
    assert database.run("SELECT version_num FROM alembic_version") == [("0007",)]


def test_an_audit_comes_to_the_same_in_both_databases(database, project, monkeypatch):
    made = project()
    made.edit("sqaudit.yaml", "project:", "store: env:AUDITS\nproject:")
    programme = next(made.folder.glob("audits/*/programme.yaml")).parent.name
    seen = []
    for url in ("sqlite:///sqaudit.db", database.url):
        monkeypatch.setenv("AUDITS", url)
        ran = made.run("run", programme)
        assert ran.code in {0, 1}, ran.text
        assert made.run("store", "verify").code == 0
        seen.append([made.run(name, "list", "--format", "json").out for name in ("results", "scores", "findings")])
    assert database.run("SELECT count(*) FROM revisions WHERE scored") == [(1,)]
    assert json.loads(seen[0][0])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("written", [f"anna:{PASSWORD}@127.0.0.1:1/audits", f"127.0.0.1:1/audits?password={PASSWORD}"])
def test_a_password_in_the_project_file_is_refused_and_never_shown(project, monkeypatch, written):
    made = project()
    made.edit("sqaudit.yaml", "project:", f"store: postgresql+psycopg://{written}\nproject:")
    for command in (["check"], ["store", "verify"], ["results", "list"], ["run", "first-audit"]):
        told = made.run(*command)
        assert told.code == 2, told.text
        assert "sqaudit.yaml" in told.text
        assert "'store' holds a password" in told.text
        assert PASSWORD not in told.text
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    monkeypatch.setenv("SQAUDIT_STORE", f"postgresql://{written}")
    told = made.run("store", "verify")
    assert told.code == 74
    assert "cannot be reached" in told.err
    assert PASSWORD not in told.text


def test_a_url_that_is_kept_nowhere_is_told(project):
    made = project()
    made.edit("sqaudit.yaml", "project:", "store: env:NOT_SET\nproject:")
    told = made.run("store", "verify")
    assert told.code == 74
    assert "NOT_SET" in told.err


def test_a_url_may_lie_in_a_file(database, project):
    made = project(files={"secrets/store-url": f"{database.url}\n"})
    made.edit("sqaudit.yaml", "project:", "store: file:secrets/store-url\nproject:")
    told = made.run("store", "verify")
    assert told.code == 74
    assert "there is no store 'postgresql://127.0.0.1:" in told.err
    assert "only" not in told.text.replace("read-only", "")
