"""Answers come back as they were given, in every version, and a process that dies loses or halves none."""

import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from sqaudit.model.answer import AnswerKey, Evidence, GivenAnswer
from sqaudit.store.answers import AnswerFile
from sqaudit.store.engine import open_store

NOW = datetime(2026, 11, 2, 9, 30, 0, 125, tzinfo=UTC)
PHOTO = Evidence(
    sha256="a" * 64,
    name="desk 照片.jpg",
    size=2_000_000_000,
    received_at=NOW,
    captured_on=date(2026, 10, 3),
    effective_on=date(2026, 10, 4),
)
LETTER = Evidence(sha256="b" * 64, name="letter.pdf", size=1, received_at=NOW)


def given(value="yes", site="north", item="polite", **more):
    key = AnswerKey(programme="visits", period="2026-10", site=site, checklist="desk", item=item)
    return GivenAnswer(key=key, value=value, given_by="anna", given_at=NOW, **more)


def test_answers_come_back_as_they_were_given(store):
    kept = [
        given("否; ' OR 1=1 --\n=cmd", item="remark", note="@note\ttab"),
        given(None, item="pool", not_applicable="no pool"),
        given("no", evidence=(LETTER, PHOTO)),
        given("yes", item="timed", began_at=NOW - timedelta(minutes=20), finished_at=NOW),
        given("yes", item="ended", finished_at=NOW),
    ]
    assert store.add_answers(kept) == kept
    assert store.read_answers("visits", "2026-10") == sorted(kept, key=lambda one: one.key.item)
    assert store.read_answers("visits", "2026-09") == []


def test_a_correction_is_a_new_version_and_the_older_stays(store):
    store.add_answers([given("yes")])
    later = replace(given("no"), given_by="ben", given_at=NOW + timedelta(hours=1))
    assert [one.version for one in store.add_answers([later])] == [2]
    versions = store.read_answers("visits", "2026-10")
    assert [(one.version, one.value, one.given_by) for one in versions] == [(1, "yes", "anna"), (2, "no", "ben")]
    assert [one.value for one in store.read_latest_answers("visits", "2026-10")] == ["no"]


def test_the_same_answer_is_no_new_version_whoever_gives_it(store):
    store.add_answers([given("no", note="rude", evidence=(PHOTO, LETTER))])
    again = replace(given("no", note="rude", evidence=(LETTER, PHOTO)), given_by="ben")
    assert store.add_answers([again]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"note": "rude"},
        {"evidence": (LETTER,)},
        {"evidence": (replace(PHOTO, captured_on=None),)},
        {"value": None, "not_applicable": "closed"},
    ],
)
def test_whatever_changes_beside_the_value_is_a_new_version(store, change):
    store.add_answers([given("no", evidence=(PHOTO,))])
    (new,) = store.add_answers([replace(given("no", evidence=(PHOTO,)), **change)])
    assert new.version == 2


def test_times_that_are_told_make_a_new_version_and_none_say_nothing(store):
    begun = {"began_at": NOW - timedelta(minutes=20), "finished_at": NOW - timedelta(minutes=1)}
    for answer, versions in [
        (given(), [1]),
        (given(**begun), [2]),
        (given(**begun), []),
        (given(), []),
        (given(began_at=begun["began_at"]), []),
        (given(**{**begun, "finished_at": NOW}), [3]),
        (given("no"), [4]),
    ]:
        assert [one.version for one in store.add_answers([answer])] == versions


def test_sites_and_items_have_answers_of_their_own(store):
    store.add_answers([given("yes"), given("no", site="south"), given("no", item="quick")])
    values = {(one.key.site, one.key.item): one.value for one in store.read_latest_answers("visits", "2026-10")}
    assert values == {("north", "polite"): "yes", ("south", "polite"): "no", ("north", "quick"): "no"}


def test_it_is_known_where_a_file_stands_beside_answers(store):
    store.add_answers([given("no", evidence=(PHOTO,)), given("no", site="south", evidence=(PHOTO, LETTER))])
    uses = store.find_uses([PHOTO.sha256])
    assert [(use.key.site, use.evidence) for use in uses] == [("north", PHOTO), ("south", PHOTO)]
    assert store.find_uses([]) == []


def test_files_of_answers_are_known_by_their_content(store):
    file = AnswerFile(sha256="c" * 64, name="north.xlsx", given_by="anna", given_at=NOW)
    store.add_answers([given()], [file])
    store.add_answers([given()], [replace(file, given_by="ben")])
    store.add_answers([given()], [replace(file, given_at=NOW + timedelta(hours=1))])
    assert store.find_answer_files(file.sha256) == [file, replace(file, given_by="ben")]
    assert store.find_answer_files("d" * 64) == []


def test_a_revision_keeps_the_version_it_was_made_with(store, make):
    (first,) = store.add_answers([given("yes")])
    seen = make.observation(item="polite", n=1, answer=first)
    make.add(store, programme="visits", observations=[seen, make.observation(item="quick")])
    store.add_answers([given("no")])
    found = store.read_observations("visits", "2026-10", 1)
    assert [(one.item, one.answer) for one in found] == [("polite", first), ("quick", None)]
    assert store.verify() == []
    with store._writing() as connection:
        connection.exec_driver_sql("DELETE FROM answers WHERE version = 1")
    (problem,) = store.verify()
    assert problem.code == "SQA623"
    assert "answers that it was made with are gone" in str(problem.message)


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sqaudit.model.answer import AnswerKey, Evidence, GivenAnswer
from sqaudit.store import answers
from sqaudit.store.engine import open_store

folder, last = Path(sys.argv[1]), int(sys.argv[2])
now = datetime(2026, 11, 3, tzinfo=UTC)
insert, done = answers.insert_rows, 0

def insert_and_die(*arguments):
    global done
    insert(*arguments)
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

answers.insert_rows = insert_and_die
photo = Evidence(sha256="e" * 64, name="e.jpg", size=1, received_at=now)
new = [
    GivenAnswer(
        key=AnswerKey(programme="visits", period="2026-10", site="north", checklist="desk", item=f"q{number}"),
        value="yes", given_by="ben", given_at=now, evidence=(photo,),
    )
    for number in range(20_000)
]
file = answers.AnswerFile(sha256="f" * 64, name="f.xlsx", given_by="ben", given_at=now)
with open_store(sys.argv[3], folder) as store:
    store.add_answers(new, [file])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("last", "expected"), [(1, 1), (2, 1), (3, 1), (4, 20_001)])
def test_a_killed_process_leaves_all_answers_or_none(tmp_path, url, last, expected):
    """Killed after the answers, their evidence or their file are written; then after the end of the transaction."""
    with open_store(url, tmp_path) as store:
        store.add_answers([given("yes")])
    script = [sys.executable, "-c", DIES, str(tmp_path), str(last), url]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with open_store(url, tmp_path) as store:
        assert len(store.read_answers("visits", "2026-10")) == expected
        assert len(store.find_uses(["e" * 64])) == expected - 1
        assert len(store.find_answer_files("f" * 64)) == (expected > 1)
        assert store.verify() == []
        assert store.add_answers([given("no")])[0].version == 2
