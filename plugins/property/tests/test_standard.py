"""The standard: both languages throughout, every criterion observed, and documents that a project may use as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import sqaudit_property

FOLDER = Path(sqaudit_property.__file__).parent / "standards" / "property-service"
STANDARD = yaml.safe_load((FOLDER / "standard.yaml").read_text(encoding="utf-8"))
CHECKLISTS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((FOLDER / "checklists").glob("*.yaml"))
}
TWINS = {"estate-walk": "estate-walk-rows", "mystery-call": "mystery-call-rows"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PEOPLE_READ = ("title", "ask", "guidance")


def texts(part, path=""):
    """All texts for people, with where they stand."""
    if isinstance(part, dict):
        if "en" in part or "zh" in part:
            yield path, part
            return
        for key, value in part.items():
            yield from texts(value, f"{path}/{key}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from texts(value, f"{path}/{value.get('id', number) if isinstance(value, dict) else number}")


@pytest.mark.parametrize("document", [STANDARD, *CHECKLISTS.values()], ids=lambda one: one["id"])
def test_every_text_is_there_in_both_languages(document):
    found = dict(texts(document))
    assert found
    for path, text in found.items():
        assert text.keys() == {"en", "zh"}, path
        assert CHINESE.search(text["zh"]), path
        assert not CHINESE.search(text["en"]), path
    for part in (document, *document.get("criteria", ()), *document.get("items", ())):
        for key in PEOPLE_READ:
            assert isinstance(part.get(key, {}), dict), (part["id"], key)


def test_every_criterion_says_where_it_is_from_and_what_helps():
    assert 25 <= len(STANDARD["criteria"]) <= 45
    for criterion in STANDARD["criteria"]:
        assert criterion.keys() >= {"title", "weight", "origin", "remedies"}, criterion["id"]
    assert {one.get("severity", "minor") for one in STANDARD["criteria"]} == {"critical", "major", "minor"}
    assert sum(one["weight"] for one in STANDARD["dimensions"].values()) == 100
    assert {one["dimension"] for one in STANDARD["criteria"]} == STANDARD["dimensions"].keys()


@pytest.mark.parametrize("leaving_out", [set(TWINS), set(TWINS.values())], ids=["by rows", "by people"])
def test_every_criterion_is_observed_whether_people_or_rows_answer(leaving_out):
    items = [item for name, one in CHECKLISTS.items() if name not in leaving_out for item in one["items"]]
    observed = {item["criterion"] for item in items if "criterion" in item}
    assert observed == {criterion["id"] for criterion in STANDARD["criteria"]}
    ids = [item["id"] for item in items]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("people", "rows"), TWINS.items())
def test_what_an_app_answers_is_what_people_are_asked(people, rows):
    def asked(checklist):
        kept = ("id", "criterion", "ask", "answer", "when")
        return [{key: item.get(key) for key in kept} for item in checklist["items"] if "criterion" in item]

    assert asked(CHECKLISTS[people]) == asked(CHECKLISTS[rows])


def test_what_is_not_in_order_on_a_walk_is_photographed():
    scored = [item for item in CHECKLISTS["estate-walk"]["items"] if "criterion" in item]
    assert all(item["evidence"] == {"photo": "on_fail"} for item in scored)


PROGRAMME = """\
kind: programme
id: visits
standard: property-service@1
checklists: [estate-walk, mystery-call]
sites: [{id: elm, title: {en: Elm, zh: 榆园}}, {id: oak, title: {en: Oak, zh: 橡园}}]
period: month
samples: {mystery-call: {size: 2, strata: [hours]}}
sources: {calls: {path: calls.csv, site: estate, time: called_at}}
"""
CALLS = "estate,call,called_at,hours\n" + "".join(
    f"{estate},{estate}-{hours}-{number},2026-10-{number:02} 10:00,{hours}\n"
    for estate in ("elm", "oak")
    for hours in ("office", "evening")
    for number in range(1, 6)
)


def test_people_fill_the_walk_and_the_drawn_calls(project):
    project.write(
        {
            "sqaudit.yaml": "project: visits\ntimezone: Asia/Shanghai\nrequires: [property >=0.1]\n",
            "audits/visits/programme.yaml": PROGRAMME,
            "audits/visits/calls.csv": CALLS,
        }
    )
    assert "errors: 0, warnings: 1" in project.run("check")  # not all criteria are observed
    drawn = project.rows(
        "sample", "draw", "visits", "mystery-call", "--period", "2026-10", "--seed", "1", "--by", "lead"
    )
    units = drawn["units"] if isinstance(drawn, dict) else drawn
    calls = [unit["subject"] for unit in units if unit["site"] == "elm"]
    assert len(calls) == 4
    walk = {
        "stairs": 3,
        "waste": "clean",
        "gate": True,
        "fire-ways": {"answer": False, "note": "bicycles"},
        "lights": "all",
    }
    heard = {"answered": True, "tone": 4, "read-back": True, "who-and-when": False, "kept-by-one": True}
    about = {"programme": "visits", "period": "2026-10", "site": "elm"}
    sheets = [{**about, "answers": walk}, *({**about, "subject": call, "answers": heard} for call in calls)]
    project.write({"forms/elm.yaml": yaml.safe_dump(sheets).replace("true", "yes").replace("false", "no")})
    project.run("form", "import", "forms/elm.yaml", "--as", "auditor")
    project.run("run", "visits", "--period", "2026-10")
    rows = {(row["site"], row["item"]): row for row in project.rows("results") if not row["subject"]}
    assert rows["elm", "stairs"]["status"] == "pass"
    exits = rows["elm", "fire-ways"]
    assert (exits["status"], exits["reason"]) == ("fail", "evidence_missing")
    assert (rows["elm", "tone"]["status"], rows["elm", "who-and-when"]["status"]) == ("pass", "fail")
    assert rows["oak", "stairs"]["status"] == "unanswered"
