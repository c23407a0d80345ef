"""The standards: complete, in two languages, and every criterion observed by some checklist."""

import re
from pathlib import Path

import pytest
import yaml
from sqaudit.model.ids import ID_PATTERN

import sqaudit_hotel

STANDARDS = Path(sqaudit_hotel.__file__).parent / "standards"
DOCUMENTS = {
    name: [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((STANDARDS / name).rglob("*.yaml"))]
    for name in ("hotel-service", "hotel-on-site")
}
TEXTS = {"title", "ask", "guidance", "remedies"}
DEPARTMENTS = {
    "housekeeping", "front-desk", "food-beverage", "safety", "facilities", "digital", "guest-relations",
}  # fmt: skip
SERVQUAL = {"tangibles", "reliability", "responsiveness", "assurance", "empathy"}
by_standard = pytest.mark.parametrize("name", DOCUMENTS)


def standard(name):
    (found,) = [document for document in DOCUMENTS[name] if document["kind"] == "standard"]
    return found


def checklists(name):
    return [document for document in DOCUMENTS[name] if document["kind"] == "checklist"]


def texts(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in TEXTS:
                yield from value if isinstance(value, list) else [value]
            else:
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


@by_standard
def test_every_text_is_there_in_english_and_chinese(name):
    found = [text for document in DOCUMENTS[name] for text in texts(document)]
    assert len(found) > 40
    for text in found:
        assert set(text) == {"en", "zh"}, text
        assert re.search(r"[\u4e00-\u9fff]", text["zh"]), text
        assert not re.search(r"[\u4e00-\u9fff]", text["en"]), text


@by_standard
def test_every_criterion_says_where_it_comes_from_what_helps_and_whose_it_is(name):
    for criterion in standard(name)["criteria"]:
        assert re.fullmatch(ID_PATTERN, criterion["id"]), criterion
        assert {"origin", "remedies", "weight", "tags"} <= set(criterion), criterion
        assert criterion["tags"]["department"] in DEPARTMENTS, criterion
        assert criterion["dimension"] in SERVQUAL, criterion
        assert "ISO" not in criterion["origin"], criterion


@by_standard
def test_every_criterion_is_observed(name):
    observed = {item.get("criterion") for checklist in checklists(name) for item in checklist["items"]}
    assert {criterion["id"] for criterion in standard(name)["criteria"]} == observed - {None}


def test_each_department_and_each_dimension_has_its_share():
    criteria = standard("hotel-service")["criteria"]
    assert 25 <= len(criteria) <= 45
    assert {criterion["tags"]["department"] for criterion in criteria} == DEPARTMENTS
    assert {criterion["dimension"] for criterion in criteria} == SERVQUAL
    critical = {criterion["tags"]["department"] for criterion in criteria if criterion.get("severity") == "critical"}
    assert critical == {"safety", "food-beverage"}


def test_what_people_answer_on_site_names_its_evidence():
    (audit,) = checklists("hotel-on-site")
    judged = [item for item in audit["items"] if "criterion" in item]
    assert len(judged) >= 10
    assert all(item["evidence"]["note"] == "on_fail" for item in judged)


def test_the_door_offers_what_the_trade_needs(project):
    project.write("sqaudit.yaml", "project: door\nrequires: [hotel >=1.0]\n")
    (line,) = [line for line in project.run("plugins", "--format", "csv").splitlines() if line.startswith("hotel,")]
    assert "loaded" in line
    for offered in (
        "collectors: nights",
        "cancellation_rate",
        "no_show_rate",
        "review_index",
        "room_kept",
        "packs: hotel",
    ):
        assert offered in line


def test_nights_know_leap_days_and_the_clocks(project):
    """A night is a date: that the clocks change makes none longer, and February has 29 in a leap year."""
    project.write("sqaudit.yaml", "project: nights\ntimezone: Europe/Berlin\n")
    project.write(
        "standards/own/standard.yaml",
        "kind: standard\nid: own\nversion: '1.0'\ndimensions: {all: {}}\ndatasets: {nights: {columns: {night: date}}}\n"
        "criteria: [{id: any, dimension: all, target: '>= 0'}]\n",
    )
    project.write(
        "standards/own/checklists/own.yaml",
        "kind: checklist\nid: own\nstandard: own@1\ndataset: nights\n"
        "items: [{criterion: any, measure: distinct(night)}, {id: last, measure: max(day(night))}]\n",
    )
    project.write(
        "audits/own/programme.yaml",
        "kind: programme\nid: own\nstandard: own@1\nchecklists: [own]\nsites: [{id: house}]\nperiod: month\n"
        "sources: {nights: {collector: nights, time: night}}\n",
    )
    for period, nights in (("2024-02", 29), ("2025-02", 28), ("2026-03", 31), ("2026-10", 31)):
        project.run("run", "own", "--period", period)
        results = project.results("--period", period)
        assert (results["house", "any", None]["value"], results["house", "last", None]["value"]) == (nights, nights)


def test_nights_from_a_file_are_refused_in_the_words_of_the_reader(project):
    project.write("sqaudit.yaml", "project: nights\n")
    project.write(
        "standards/own/standard.yaml",
        "kind: standard\nid: own\nversion: '1.0'\ndimensions: {all: {}}\ndatasets: {nights: {columns: {night: date}}}\n"
        "criteria: [{id: any, dimension: all, target: '>= 0'}]\n",
    )
    project.write(
        "standards/own/checklists/own.yaml",
        "kind: checklist\nid: own\nstandard: own@1\ndataset: nights\nitems: [{criterion: any, measure: distinct(night)}]\n",
    )
    project.write(
        "audits/own/programme.yaml",
        "kind: programme\nid: own\nstandard: own@1\nchecklists: [own]\nsites: [{id: house}]\nperiod: month\n"
        "sources: {nights: {collector: nights, path: nights.csv, time: night}}\n",
    )
    assert "not read from 'nights.csv'" in project.incomplete("run", "own", "--period", "2026-03")
    assert "不从 'nights.csv' 读取" in project.incomplete("--lang", "zh", "run", "own", "--period", "2026-03")
