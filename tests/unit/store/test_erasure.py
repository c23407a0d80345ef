"""Names are found and replaced wherever the tables say that people are named, and every column has been thought of."""

import csv
import io
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from sqlalchemy import Text, select

from sqaudit.model.answer import AnswerKey, GivenAnswer
from sqaudit.model.dispute import Dispute, DisputedAnswer
from sqaudit.model.event import EventKind
from sqaudit.store.answers import AnswerFile
from sqaudit.store.erasure import Erasing
from sqaudit.store.naming import Names
from sqaudit.store.persons import OWNERS, PERSONAL
from sqaudit.store.tables import metadata, results

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
BY = Erasing(who="dora", when=NOW, why="asked for")
KEY = AnswerKey(programme="monthly", period="2026-10", site="north", checklist="desk", item="wait")

# What names nobody: ids of documents, records and questions, hashes, moments, codes, numbers written as texts.
IDS = "programme period site checklist item criterion dimension standard level place dataset role frame facet unit"
CODES = "kind state status severity unit formula interval rating value_reason timezone"
MADE = "hash sha256 fingerprint frame_hash payload_hash previous_hash seed id round dispute statistics"
MOMENTS = (
    "raised_at opened_at closed_at given_at began_at finished_at received_at captured_on effective_on chosen_at "
    "decided_at drawn_at taken_at rated_at recorded_at claimed_at period_start period_end earliest newest"
)
NUMBERS = "value low high target score raw_score coverage weight"
NAMELESS = {
    **{(table, name): "everywhere" for table in metadata.tables for name in f"{IDS} {CODES} {MADE} {MOMENTS}".split()},
    **{(table, name): "a number" for table in ("results", "scores", "revision_sites") for name in NUMBERS.split()},
    **{("documents", name): "kept by a hash; told" for name in ("kind", "id", "version", "content")},
    **{("events", name): "covered by a hash" for name in ("kind", "programme", "period", "thing")},
    ("events", "payload"): "blanked as a whole",
    ("due_claims", "host"): "gone with the run",
    ("revision_sites", "region"): "a place",
    ("samples", "plan"): "what the programme declares",
    ("observations", "reason"): "a code",
    ("level_observations", "reason"): "a code",
    ("scores", "reason"): "a code",
    ("sightings", "items"): "ids",
    **{("findings", name): "ids" for name in ("repeat_of", "systemic", "action", "finding")},
    **{("findings", name): "a code and a moment" for name in ("reply", "replied_at")},
    **{
        ("actions", name): "ids, codes and moments"
        for name in ("finding", "path", "parent", "due", "due_for", "verdict")
    },
    **{("actions", name): "moments" for name in ("updated_at", "implemented_on")},
    **{("action_deadlines", name): "codes and moments" for name in ("action", "step", "due", "set_at", "ended_at")},
    ("action_deadlines", "notices"): "whom to tell by rank, and moments",
    **{("action_notices", name): "ids and ranks" for name in ("action", "rung")},
    **{("concessions", name): "days and moments" for name in ("first_day", "last_day", "granted_at", "revoked_at")},
    ("sightings", "finding"): "an id",
    **{("follow_up_audits", name): "an id and a moment" for name in ("finding", "asked_at")},
    ("rescorings", "version"): "of a standard",
    **{("source_records", name): "files and columns" for name in ("files", "columns", "rejects", "unknown_sites")},
    **{(table, name): "what finer audits are about" for table in ("scores", "sightings") for name in ("group",)},
    **{
        (table, "subject"): "of what records call it; counted with the answers"
        for table in ("answer_evidence", "answer_choices", "disputes")
    },
}


def test_every_column_of_texts_is_listed_or_names_nobody():
    listed = {(place.table, place.column) for place in PERSONAL}
    texts = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, Text)
    }
    assert texts - listed - NAMELESS.keys() == set()
    assert listed - texts == set()
    assert {table for table, _ in listed} == OWNERS.keys()


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("anna", "erased-1"),
        ("Anna's, and ANNA.", "erased-1's, and erased-1."),
        ("hannah, anna_2 and Annas", "hannah, anna_2 and Annas"),
        ("anna-photo.jpg", "erased-1-photo.jpg"),
        ("由anna填写", "由erased-1填写"),
        ("张三丰说", "erased-1丰说"),
        ("Anna Li and Li", "erased-1 and Li"),
        ("", ""),
    ],
)
def test_names_are_words(text, replaced):
    assert Names(dict.fromkeys(("anna", "Anna Li", "张三"), "erased-1")).replace_words(text) == replaced


@pytest.mark.parametrize("text", ["anna", "anna; ben", "3", "-2.50", "2026-10-03"])
def test_what_may_be_an_option_a_number_or_a_day_is_no_free_text(text):
    names = Names({"anna": "erased-1", "3": "erased-2", "2026": "erased-3"})
    assert names.replace_in_answer(text) == text
    assert names.replace_in_answer("anna was here") == "erased-1 was here"


def test_in_json_only_what_stands_there_is_replaced():
    names = Names({"anna": "erased-1"})
    content = {"flagged": {"anna": {"anna": "anna"}}, "anna": ["anna"]}
    assert names.replace_whole(content, "flagged") == {"flagged": {"erased-1": {"anna": "anna"}}, "anna": ["anna"]}
    assert names.replace_whole(["x:anna", "anna"], prefix="x:") == ["x:erased-1", "anna"]
    assert names.replace_words_within([["anna", "anna", "of anna"]], 2) == [["anna", "anna", "of erased-1"]]
    assert names.replace_whole([["anna", 1, "annas"]]) == [["erased-1", 1, "annas"]]


def give(store, *who, value="yes", **more):
    given = [GivenAnswer(key=replace(KEY, auditor=one), value=value, given_by=one, given_at=NOW, **more) for one in who]
    store.add_answers(given, [AnswerFile(sha256=one[-1] * 64, name="f.csv", given_by=one, given_at=NOW) for one in who])
    return store.read_latest_answers("monthly", "2026-10")


def fill(store, make):
    answers = give(store, "anna", "ben", note="anna and ben")
    observations = [make.observation(item="wait", auditor=one.key.auditor, answer=one) for one in answers]
    make.add(store, observations=observations, sites=[make.site(manager="anna")])
    make_result = [make.result(), *(make.result(auditor=one.key.auditor) for one in answers)]
    store.save_scored("monthly", "2026-10", 1, make_result, [make.score()], make.following(make.finding()))
    disputed = DisputedAnswer(auditor="anna", version=1, given_by="anna")
    store.add_dispute(Dispute(id="d-1", key=KEY, answers=(disputed,), opened_by="ben", opened_at=NOW, reason="no"))


def test_the_same_in_every_database(store, make):
    fill(store, make)
    head = store.read_head().hash
    erased = store.erase_person(["anna"], BY)
    assert store.verify(head) == []
    assert [one.auditor for one in store.read_answers("monthly", "2026-10")] == ["ben", "erased-1"]
    assert {one.note for one in store.read_answers("monthly", "2026-10")} == {"erased-1 and ben"}
    assert [one.answer.given_by for one in store.read_observations("monthly", "2026-10", 1)] == ["ben", "erased-1"]
    assert [one.manager for one in store.read_sites("monthly", "2026-10", 1)] == ["erased-1"]
    assert store.find_dispute("d-1").answers[0].given_by == "erased-1"
    assert erased.rows["answers"] == 4  # two names, two notes
    assert erased.events == (1, 3)
    assert store.erase_person(["anna"], BY).is_empty


def test_a_result_has_the_id_that_it_would_be_saved_with(store, make):
    """Else the hash of the name would stay, by which a name could be found out."""
    fill(store, make)
    store.erase_person(["anna"], BY)

    def ids():
        with store._reading() as connection:
            return sorted(connection.execute(select(results.c.id, results.c.auditor)).all(), key=str)

    before = ids()
    concluded = [result for _, result in store.read_results("monthly", "2026-10")]
    store.save_scored("monthly", "2026-10", 1, concluded, [], make.following())
    assert ids() == before
    assert len({one for one, _ in before}) == 3


def test_two_names_of_one_person_stay_two_series(store):
    give(store, "anna", "anna01")
    store.erase_person(["anna", "anna01", "Anna"], BY)
    assert [one.auditor for one in store.read_answers("monthly", "2026-10")] == ["erased-1", "erased-2"]


def test_what_may_be_an_option_is_left_and_told(store):
    give(store, "ben", value="anna")
    erased = store.erase_person(["anna"], BY)
    assert erased.is_empty
    assert erased.left == {"answers.value": 1}
    assert store.read_head().number == 1


def test_free_numbers_go_on_after_those_in_use(store):
    give(store, "anna", "ben", "erased-7")
    store.erase_person(["anna"], BY)
    store.erase_person(["ben"], BY)
    assert {one.auditor for one in store.read_answers("monthly", "2026-10")} == {"erased-7", "erased-8", "erased-9"}


def test_an_event_that_answers_for_others_hands_them_on(store):
    for who in ("anna", "ben", "carl"):
        give(store, who)
    store.erase_person(["anna"], BY)
    store.erase_person(["ben"], replace(BY, who="carl"))
    store.erase_person(["dora"], replace(BY, who="carl"))
    store.erase_person(["carl"], replace(BY, who="eve"))
    assert store.verify() == []
    *_, last = store.list_events()
    assert last.deed.kind == EventKind.PAYLOADS_ERASED
    assert last.deed.after["events"] == [3, 5, 6]
    assert last.deed.after["erased_before"] == {"4": [1], "5": [2], "6": [4]}


def test_a_dump_of_every_table_does_not_hold_the_name(store, make):
    fill(store, make)
    assert "anna" in dump(store)
    store.erase_person(["anna"], BY)
    assert "anna" not in dump(store)
    assert "ben" in dump(store)


def dump(store):
    """All tables as CSV."""
    written = io.StringIO()
    with store._reading() as connection:
        for table in metadata.sorted_tables:
            csv.writer(written).writerows(connection.execute(select(table)).all())
    return written.getvalue()
