"""A store made by an older version is upgraded, and nothing in it is lost."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sqaudit.errors import InvalidInput
from sqaudit.model.duty import Claim
from sqaudit.model.evidence import Observation
from sqaudit.model.sample import DrawMethod, SamplePlan, Stratum, Unit
from sqaudit.model.score import Level
from sqaudit.store import migrations
from sqaudit.store.engine import open_store


def migrate(path, version):
    """Bring a store to an older version."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "sqaudit.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def make_old(path):
    """A store as the first migration left it."""
    migrate(path, "0001")
    with sqlite3.connect(path) as old:
        old.execute(
            "INSERT INTO cycles VALUES (1, 'm', '2026-10', '2026-10-01', '2026-11-01', 'open', '2026-11-01', NULL)"
        )
        old.execute(
            "UPDATE cycles SET period_start = '2026-10-01T00:00:00+00:00', period_end = '2026-11-01T00:00:00+00:00'"
        )
        old.execute("INSERT INTO revisions VALUES (1, 1, 1, 'f', '2026-11-01T00:00:00+00:00', '{}', '[]', 1)")
        old.execute(
            "INSERT INTO observations VALUES (1, 'a', 'c', 'i', '', '', '', '', 5, 4, 1, 0, '{\"n\":4}', 0, 0, NULL)"
        )
        old.execute(
            "INSERT INTO results VALUES (1, 'a', 'c', 'i', '', '', '', '', 'r-1', NULL, NULL, 'pass', 'minor', '0.5',"
            " 'share', 'share/1', '0.1', '0.9', 'wilson', NULL, 4, 1, 0, NULL, NULL, '1', 0, NULL)"
        )
    old.close()


def test_answers_of_an_older_store_stay_with_their_evidence(tmp_path):
    """What was given before auditors were told apart is in the series of all."""
    path = tmp_path / "old.db"
    make_old(path)
    migrate(path, "0004")
    with sqlite3.connect(path) as old:
        for version, value in ((1, "no"), (2, "yes")):
            old.execute(
                "INSERT INTO answers VALUES ('m', '2026-10', 'a', 'c', 'q', '', ?, ?, NULL, 'a note', 'anna', ?)",
                (version, value, f"2026-11-0{version}T00:00:00.000000+00:00"),
            )
        old.execute(
            "INSERT INTO answer_evidence VALUES ('m', '2026-10', 'a', 'c', 'q', '', 2, 'ab', 0, 'p.jpg', 7,"
            " '2026-11-02T00:00:00.000000+00:00', NULL, NULL)"
        )
        old.execute("INSERT INTO answer_files VALUES ('cd', 'f.xlsx', 'anna', '2026-11-02T00:00:00.000000+00:00')")
        old.execute(
            "INSERT INTO observations VALUES (1, 'a', 'c', 'q', '', '', '', '', 0, 1, 0, 0, '{}', 0, 0, NULL, 1)"
        )
    old.close()
    with open_store("sqlite:///old.db", tmp_path, any_version=True) as store:
        assert store.upgrade()
    with open_store("sqlite:///old.db", tmp_path) as store:
        assert store.verify() == []
        versions = store.read_answers("m", "2026-10")
        assert [(one.version, one.value, one.note, one.key.auditor) for one in versions] == [
            (1, "no", "a note", ""),
            (2, "yes", "a note", ""),
        ]
        assert [len(one.evidence) for one in versions] == [0, 1]
        assert [one.given_by for one in store.find_answer_files("cd")] == ["anna"]
        assert [use.evidence.name for use in store.find_uses(["ab"])] == ["p.jpg"]
        (seen,) = [one for one in store.read_observations("m", "2026-10", 1) if one.item == "q"]
        assert seen.answer == versions[0]


def test_an_older_store_is_upgraded_by_the_command_alone(tmp_path):
    make_old(tmp_path / "old.db")
    with pytest.raises(InvalidInput, match="older"), open_store("sqlite:///old.db", tmp_path):
        pass
    with open_store("sqlite:///old.db", tmp_path, any_version=True) as store:
        assert store.upgrade()
        assert not store.upgrade()
    with open_store("sqlite:///old.db", tmp_path) as store:
        assert [(one.site, one.n, one.level) for one in store.read_observations("m", "2026-10", 1)] == [
            ("a", 4, Level.AUDIT)
        ]
        assert [result.value.value for _, result in store.read_results("m")] == [0.5]
        assert store.list_samples() == []
        assert store.list_rounds() == []
        (first,) = store.list_events()
        assert (first.number, first.deed.kind) == (1, "store_upgraded")
        assert first.deed.before == {
            "version": "0001",
            "recorded": {"revisions": 1, "answers": 0, "samples": 0, "disputes": 0, "calibration_rounds": 0},
        }
        assert abs(first.deed.when - datetime.now(UTC)) < timedelta(minutes=5)
        assert [(one.period, one.is_done) for one in store.list_progress("m")] == [("2026-10", True)]
        claim = Claim(host="h", pid=1, claimed_at=datetime(2026, 11, 1, tzinfo=UTC))
        assert store.claim_due("m", "2026-09", claim, lambda _held: False) == claim
        assert store.verify() == []
        assert store.read_answers("m", "2026-10") == []
        assert store.read_choices("m", "2026-10") == store.list_disputes() == []


VERSIONS = sorted(path.stem[1:5] for path in Path(migrations.__file__).parent.joinpath("versions").glob("v*.py"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_every_earlier_version_becomes_like_a_new_one(tmp_path, version):
    migrate(tmp_path / "old.db", version)
    with open_store("sqlite:///old.db", tmp_path, any_version=True) as store:
        assert store.upgrade() is (version != VERSIONS[-1])
        assert store.verify() == []
    with open_store("sqlite:///new.db", tmp_path):
        pass
    assert columns_of(tmp_path / "old.db") == columns_of(tmp_path / "new.db")


def columns_of(path):
    """Every table with its columns, their types and what may be absent, and every index."""
    with sqlite3.connect(path) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {
            name: sorted(row[1:] for row in raw.execute(f"PRAGMA table_info({name})"))
            for name in tables
            if not name.startswith(("sqlite_", "alembic"))
        }
        indexes = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    raw.close()
    return columns, {name for name in indexes if not name.startswith("sqlite_")}


def test_findings_of_an_older_store_are_there_with_the_cycles_that_show_them(tmp_path):
    make_old(tmp_path / "old.db")
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("INSERT INTO findings VALUES (1, 'a', 'C-1', '', '', '', '', 'f-1', '[\"i\"]', 'minor')")
    old.close()
    with open_store("sqlite:///old.db", tmp_path, any_version=True) as store:
        assert store.upgrade()
        (seen,) = store.read_findings("m")
        assert (seen.finding.id, seen.finding.period, seen.finding.site, seen.state) == ("f-1", "2026-10", "a", None)
        assert (seen.sighting.items, seen.sighting.criterion) == (("i",), "C-1")
        assert store.find_finding("f-1") == seen.finding


def test_samples_of_before_there_were_plans_come_back(tmp_path):
    migrate(tmp_path / "old.db", "0004")
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute(
            "INSERT INTO samples VALUES ('s-1', 'm', 'c', '2026-10', 'records', '[2,null,[\"agent\"],\"systematic\"]',"
            ' \'7\', \'h\', 5, \'[]\', \'[["a",["ann"],5,2]]\', \'[["a","[\\"1\\"]",["ann"]]]\','
            " '2026-11-01T00:00:00.000000+00:00', NULL)"
        )
    old.close()
    with open_store("sqlite:///old.db", tmp_path, any_version=True) as store:
        assert store.upgrade()
        (kept,) = store.list_samples()
    assert kept.draw.plan == SamplePlan(size=2, strata=("agent",), method=DrawMethod.SYSTEMATIC)
    assert kept.draw.strata == (Stratum(site="a", values=("ann",), units=5, drawn=2),)
    assert kept.draw.units == (Unit(site="a", id='["1"]', stratum=("ann",)),)


def test_answers_of_an_older_store_have_no_times(tmp_path):
    migrate(tmp_path / "old.db", "0003")
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute(
            "INSERT INTO answers VALUES"
            " ('m', '2026-10', 'a', 'c', 'i', '', 1, 'yes', NULL, NULL, 'anna', '2026-10-05T09:00:00+00:00')"
        )
    old.close()
    with open_store("sqlite:///old.db", tmp_path, any_version=True) as store:
        assert store.upgrade()
    with open_store("sqlite:///old.db", tmp_path) as store:
        (answer,) = store.read_answers("m", "2026-10")
        assert (answer.value, answer.began_at, answer.finished_at) == ("yes", None, None)
        assert store.verify() == []


def test_parts_of_sites_and_levels_above_them_come_back(store, make):
    kept = [
        Observation(site="a", checklist="c", item="i", n=1, statistics={"n": 1}),
        Observation(site="a", checklist="c", item="i", n=1, subject='["one"]', statistics={":latest": 3}),
        Observation(site="a", checklist="c", item="i", n=1, group='["x", null]'),
        Observation(site="all", level=Level.PROGRAMME, checklist="c", item="i", statistics={"quantile": 0.5}),
        Observation(site="a", level=Level.REGION, checklist="c", item="i", failed=True, reason="why"),
    ]
    make.add(store, observations=kept[::-1])
    back = store.read_observations("monthly", "2026-10", 1)
    assert sorted(back, key=str) == sorted(kept, key=str)
    assert [one.level for one in back[:3]] == [Level.AUDIT] * 3


def test_results_and_scores_of_subjects_have_keys_and_ids_of_their_own(store, make):
    make.add(store)
    results = [make.result(), make.result(subject='["a"]'), make.result(group='["a"]')]
    scores = [make.score(), make.score(Level.SUBJECT, "desk", subject='["a"]'), make.score(Level.SUBJECT, "desk")]
    store.save_scored("monthly", "2026-10", 1, results, scores, make.following())
    back = [result for _, result in store.read_results()]
    assert sorted((one.subject, one.group) for one in back) == [("", ""), ("", '["a"]'), ('["a"]', "")]
    assert sorted(score.subject for _, score in store.read_scores()) == ["", "", '["a"]']
