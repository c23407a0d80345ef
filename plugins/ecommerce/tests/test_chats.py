"""Exported chats become rows: whose answer was the first, and nothing of what was said."""

import json
from datetime import UTC, datetime

import pytest
from sqaudit.errors import UnusableSource
from sqaudit.model.ports import CollectRequest
from sqaudit.model.programme import Period, Source

from sqaudit_ecommerce.chats import ChatCollector

PERIOD = Period(label="2026-09", start=datetime(2026, 9, 1, tzinfo=UTC), end=datetime(2026, 10, 1, tzinfo=UTC))


def collect(folder, *lines, **parameters):
    (folder / "chats.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    source = Source(dataset="chats", paths=(), parameters={"path": "chats*.jsonl", **parameters})
    return list(ChatCollector().collect(CollectRequest(source=source, project=folder, period=PERIOD)).rows)


def chat(*messages, **more):
    said = [{"at": f"2026-09-01 10:{at}", "by": by, "text": "a secret"} for at, by in messages]
    return json.dumps({"chat_id": "c1", "shop": "s", **more, "messages": said})


def test_bot_and_people_have_first_answers_of_their_own(tmp_path):
    line = chat(
        ("00:00", "customer"), ("00:01", "notice"), ("00:09", "bot"), ("01:30", "person"), ("02:00", "customer")
    )
    assert collect(tmp_path, line) == [
        {
            "chat_id": "c1",
            "shop": "s",
            "started_at": "2026-09-01 10:00:00",
            "first_bot_at": "2026-09-01 10:00:09",
            "first_person_at": "2026-09-01 10:01:30",
            "ended_at": "2026-09-01 10:02:00",
            "ended_by": "customer",
            "handled_by": "both",
            "messages": 4,
            "line": 1,
        }
    ]


@pytest.mark.parametrize(
    ("messages", "handled", "first_bot", "first_person"),
    [
        ([("00:00", "customer")], "nobody", None, None),
        (
            [("00:00", "bot"), ("00:10", "customer")],
            "nobody",
            None,
            None,
        ),  # a greeting before the question is no answer
        ([("00:10", "person"), ("00:00", "customer")], "person", None, "10"),  # messages in any order
        ([("00:00", "customer"), ("00:05", "robot")], "nobody", None, None),
    ],
)
def test_what_counts_as_an_answer(tmp_path, messages, handled, first_bot, first_person):
    (row,) = collect(tmp_path, chat(*messages))
    assert row["handled_by"] == handled
    assert (row["first_bot_at"] or "")[-2:] == (first_bot or "")
    assert (row["first_person_at"] or "")[-2:] == (first_person or "")


def test_speakers_go_by_the_words_of_the_platform(tmp_path):
    speakers = {"customer": ["买家"], "person": ["客服甲", "客服乙"]}
    (row,) = collect(tmp_path, chat(("00:00", "买家"), ("00:03", "bot"), ("00:40", "客服乙")), speakers=speakers)
    assert (row["first_bot_at"], row["handled_by"]) == (None, "person")


@pytest.mark.parametrize(
    "line",
    [
        "export ended",
        "[1, 2]",
        '"text"',
        json.dumps({"messages": "none"}),
        json.dumps({"messages": [1]}),
        json.dumps({"messages": [{"by": ["customer"], "at": "2026-09-01"}]}),
        json.dumps({"messages": [{"by": "customer"}]}),
        json.dumps({"messages": [{"by": "customer", "at": "yesterday"}]}),
        json.dumps({"messages": [{"by": "customer", "at": 5}]}),
        chat(("00:00", "bot")),
        json.dumps(
            {
                "messages": [
                    {"by": "customer", "at": "2026-09-01 10:00"},
                    {"by": "bot", "at": "2026-09-01T10:00:00+08:00"},
                ]
            }
        ),
    ],
)
def test_what_cannot_be_understood_is_a_row_without_a_beginning(tmp_path, line):
    rows = collect(tmp_path, chat(("00:00", "customer")), line)
    assert [row["started_at"] for row in rows] == ["2026-09-01 10:00:00", None]
    assert rows[1]["line"] == 2


def test_texts_and_nested_things_stay_outside_and_own_columns_are_not_overwritten(tmp_path):
    (row,) = collect(tmp_path, chat(("00:00", "customer"), stars=4, solved=True, note=None, tags=["a"], ended_by="who"))
    assert "a secret" not in str(row)
    assert (row["stars"], row["solved"], row["note"], row["ended_by"]) == (4, True, None, "customer")
    assert "tags" not in row


def test_no_file_and_an_unreadable_one_are_told(tmp_path):
    source = Source(dataset="chats", paths=(), parameters={"path": "none.jsonl"})
    with pytest.raises(UnusableSource, match=r"none\.jsonl"):
        ChatCollector().collect(CollectRequest(source=source, project=tmp_path, period=PERIOD))
    (tmp_path / "none.jsonl").write_bytes("{'买': 1}".encode("gbk"))
    with pytest.raises(UnusableSource, match="cannot be read"):
        ChatCollector().collect(CollectRequest(source=source, project=tmp_path, period=PERIOD))
