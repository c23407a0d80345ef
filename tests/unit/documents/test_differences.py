"""What changed between two states of a programme's documents."""

from __future__ import annotations

import copy

import pytest

from sqaudit.documents.differences import differences
from sqaudit.documents.resolving import ResolvedProgramme

STANDARD = {
    "id": "s",
    "criteria": [{"id": "C-1", "target": ">= 0.9", "title": {"en": "One"}}, {"id": "C-2", "remedies": ["ask"]}],
    "ratings": [{"rating": "A", "from": 90}, {"rating": "B", "from": 0}],
    "dimension_order": ["care"],
    "overrides": [],
}
CHECKLIST = {
    "id": "visit",
    "items": [
        {"id": "own", "criterion": "C-1", "target": ">= 0.8", "title": {"en": "Own"}},
        {"id": "asked", "ask": {"en": "How?"}, "title": {"en": "How?"}},
        {"id": "taken", "criterion": "C-1", "target": ">= 0.9", "title": {"en": "One"}},
    ],
}


def made(edit=None):
    documents = copy.deepcopy({"standard": STANDARD, "checklist": CHECKLIST})
    if edit:
        edit(documents["standard"], documents["checklist"])
    return ResolvedProgramme(
        id="p",
        standard=documents["standard"],
        checklists=(documents["checklist"],),
        programme={"id": "p", "checklists": ["visit"]},
    )


def changes(edit):
    return [(one.document, one.path, one.before, one.after) for one in differences(made(), made(edit))]


def retarget(standard, checklist):
    standard["criteria"][0]["target"] = ">= 0.95"
    checklist["items"][2]["target"] = ">= 0.95"


def reword(_, checklist):
    for key in ("ask", "title"):
        checklist["items"][1][key] = {"en": "How so?"}


def rename(standard, checklist):
    standard["criteria"][0].update(id="C-3", was=["C-1"])
    for item in (checklist["items"][0], checklist["items"][2]):
        item["criterion"] = "C-3"
    checklist["items"][0].update(id="mine", was=["own"])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda *_: None, []),
        (reword, [("checklist:visit", "items.asked.ask.en", "How?", "How so?")]),
        (retarget, [("standard", "criteria.C-1.target", ">= 0.9", ">= 0.95")]),
        (
            lambda _, checklist: checklist["items"][0].update(target=">= 0.7"),
            [("checklist:visit", "items.own.target", ">= 0.8", ">= 0.7")],
        ),
        (lambda standard, _: standard["ratings"][0].update({"from": 85}), [("standard", "ratings.A.from", "90", "85")]),
        (
            lambda standard, _: standard["criteria"][1].update(remedies=["ask", "train"]),
            [("standard", "criteria.C-2.remedies", '["ask"]', '["ask","train"]')],
        ),
        (
            lambda _, checklist: checklist["items"].append({"id": "new"}),
            [("checklist:visit", "items.new", None, '{"id":"new"}')],
        ),
        (
            lambda _, checklist: checklist["items"].pop(0),
            [
                (
                    "checklist:visit", "items.own",
                    '{"criterion":"C-1","id":"own","target":">= 0.8","title":{"en":"Own"}}', None,
                )
            ],
        ),
        (
            lambda _, checklist: checklist["items"].reverse(),
            [("checklist:visit", "items", "own asked taken", "taken asked own")],
        ),
        (rename, [("standard", "criteria.C-3.id", "C-1", "C-3"), ("checklist:visit", "items.mine.id", "own", "mine")]),
        (
            lambda standard, _: standard["criteria"][1].update(was=["C-0"]),
            [("standard", "criteria.C-2.was", None, '["C-0"]')],
        ),
        (lambda standard, _: standard.update(dimension_order=["x"], overrides=[{"criterion": "C-1"}]), []),
    ],
)  # fmt: skip
def test_one_row_for_each_change(edit, expected):
    assert changes(edit) == expected


def test_a_checklist_that_came_is_told_as_a_whole():
    before = ResolvedProgramme(id="p", standard=STANDARD, checklists=(), programme={"id": "p", "checklists": []})
    found = {one.path: one.after for one in differences(before, made()) if one.document == "checklist:visit"}
    assert list(found) == ["id", "items"]
