"""Documents told under the ids that their parts have now."""

from __future__ import annotations

import pytest

from sqaudit.documents.renaming import Renames, renames_between, under_new_ids
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.model.ids import renamed_ids


def made(*items, criteria=(), ratings=(), summary="mean"):
    checklist = {"id": "visit", "items": list(items), "summary": summary}
    return ResolvedProgramme(
        id="p",
        standard={"id": "s", "criteria": list(criteria), "ratings": list(ratings)},
        checklists=(checklist,),
        programme={"id": "p", "checklists": ["visit"]},
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("a", "b"), {"c": ["a"], "b": []}, {"a": "c"}),
        (("a",), {"c": ["b", "a"]}, {"a": "c"}),
        (("a", "b"), {"c": ["a", "b"]}, {}),  # two became one
        (("a", "c"), {"c": ["a"]}, {}),  # one joined another
        (("a",), {"c": ["a"], "a": []}, {}),  # the old id lives
        (("b", "a"), {"a": ["b"]}, {}),
    ],
)
def test_an_old_id_is_followed_where_one_thing_took_it_over(before, after, expected):
    assert renamed_ids(before, after) == expected


def test_ids_change_wherever_they_are_named():
    before = made(
        {"id": "A-1", "criterion": "C-1", "answer": "yes_no"},
        {"id": "ask", "answer": "yes_no", "when": "A_1 = 'A_1' and region = 'x'"},
        {"id": "count", "measure": "count(*)", "when": "A_1 = true"},
        {"id": "sum", "derive": "rate(A_1, count) * a_1"},
        criteria=[{"id": "C-1"}],
        ratings=[{"rating": "bad", "when": 'A_1 < 1 or "A_1" = 2'}, {"rating": "good"}],
        summary="share(score >= 80 and A_1 > 0)",
    )
    after = made(
        {"id": "B-2", "was": ["A-1"]}, {"id": "rate", "was": ["count"]}, criteria=[{"id": "C-9", "was": ["C-1"]}]
    )
    renames = renames_between(before, after)
    assert renames == Renames(items={"A-1": "B-2", "count": "rate"}, criteria={"C-1": "C-9"})
    renamed = under_new_ids(before, renames)
    first, asked, counted, derived = renamed.checklists[0]["items"]
    assert (first["id"], first["criterion"]) == ("B-2", "C-9")
    assert asked["when"] == "B_2 = 'A_1' and region = 'x'"
    assert (counted["id"], counted["when"]) == ("rate", "A_1 = true")  # an attribute of the site
    assert derived["derive"] == "rate(B_2, rate) * B_2"
    assert renamed.standard["ratings"][0]["when"] == 'B_2 < 1 or "A_1" = 2'
    assert renamed.checklists[0]["summary"] == "share(score >= 80 and B_2 > 0)"
    assert renamed.standard["criteria"] == [{"id": "C-9"}]


def test_nothing_renamed_is_nothing_changed():
    before = made({"id": "a"})
    assert under_new_ids(before, renames_between(before, before)) is before
