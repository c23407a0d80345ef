"""The standard and its checklists: complete in both languages, and nothing required that nobody observes."""

from pathlib import Path

import pytest
import yaml

import sqaudit_ecommerce

FOLDER = Path(sqaudit_ecommerce.__file__).parent / "standards" / "ecommerce"
STANDARD = yaml.safe_load((FOLDER / "standard.yaml").read_text(encoding="utf-8"))
CHECKLISTS = [
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "checklists").glob("*.yaml"))
]
TOLD = {"title", "ask", "guidance", "remedies"}


def texts(node, path=""):
    """Everything that people read, with where it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in TOLD:
                for place, one in enumerate(value if isinstance(value, list) else [value]):
                    yield f"{path}/{key}/{place}", one
            else:
                yield from texts(value, f"{path}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from texts(value, f"{path}/{place}")


@pytest.mark.parametrize("document", [STANDARD, *CHECKLISTS], ids=lambda document: document["id"])
def test_every_text_stands_in_both_languages(document):
    found = list(texts(document))
    assert found
    for place, text in found:
        assert isinstance(text, dict), place
        assert set(text) == {"en", "zh"}, place
        assert any("一" <= letter <= "鿿" for letter in text["zh"]), place
        assert not any("一" <= letter <= "鿿" for letter in text["en"]), place


def test_every_criterion_says_where_it_is_from_and_what_helps():
    criteria = STANDARD["criteria"]
    assert 25 <= len(criteria) <= 45
    for criterion in criteria:
        assert criterion["origin"], criterion["id"]
        assert criterion["remedies"], criterion["id"]
        assert criterion["dimension"] in STANDARD["dimensions"], criterion["id"]


def test_every_criterion_is_observed_by_some_checklist():
    observed = {item.get("criterion") for checklist in CHECKLISTS for item in checklist["items"]}
    assert observed - {None} == {criterion["id"] for criterion in STANDARD["criteria"]}


def test_what_is_judged_by_people_without_a_target_of_its_own_has_one_in_the_checklist():
    """A measured item needs a target to fail by: without one it would never raise a finding."""
    targets = {criterion["id"]: criterion.get("target") for criterion in STANDARD["criteria"]}
    for checklist in CHECKLISTS:
        for item in checklist["items"]:
            if "measure" in item and "criterion" in item:
                assert targets[item["criterion"]] or item.get("target"), item["id"]


def test_a_person_s_photo_or_note_is_asked_for_where_something_is_wrong():
    for checklist in CHECKLISTS:
        if "answers" in checklist:  # delivered as a table: evidence stays with the agency
            continue
        for item in checklist["items"]:
            if "answer" in item and "criterion" in item:
                assert item["evidence"], item["id"]
