"""What people write is read as one of the answers there are, in either language, or refused with what would be one."""

import pytest

from sqaudit.documents.answers import build_form
from sqaudit.forms.labels import NoAnswer, labels_of, read_answer, show_answer
from sqaudit.locale import open_language

FORMS = {
    "yes_no": build_form("yes_no"),
    "number": build_form("number"),
    "some": build_form({"number": {"min": 0, "max": 5}}),
    "scale": build_form({"scale": {"min": 1, "max": 5}}),
    "times": build_form("deduction"),
    "day": build_form("date"),
    "choice": build_form(
        {
            "choice": {
                "clean": {"title": {"en": "Clean", "zh": "干净"}, "points": 100},
                "dirty": {"title": {"en": "Dirty", "zh": "脏"}, "points": 0},
            }
        }
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "values"), [("yes_no", ["yes", "no"]), ("choice", ["clean", "dirty"])])
def test_what_is_shown_is_read_again(name, values, language):
    spoken = open_language(language)
    shown = [show_answer(FORMS[name], value, spoken) for value in values]
    assert shown == labels_of(FORMS[name], spoken)
    assert [read_answer(FORMS[name], label) for label in shown] == values


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("number", "7.50", "7.5"),
        ("number", "1e3", "1000"),
        ("number", "-0.25", "-0.25"),
        ("scale", "5.0", "5"),
        ("times", " 2 ", "2"),
        ("day", "2026-10-31 00:00:00", "2026-10-31"),
        ("yes_no", "是", "yes"),
    ],
)
def test_answers_are_kept_in_one_form(name, text, kept):
    assert read_answer(FORMS[name], text) == kept


@pytest.mark.parametrize("text", ["NaN", "sNaN", "inf", "1e15", "1e999999", "", "many", "１e400"])
@pytest.mark.parametrize("name", ["number", "some", "scale", "times"])
def test_what_is_no_number_or_too_long_for_one_is_refused(name, text):
    with pytest.raises(NoAnswer):
        read_answer(FORMS[name], text)


@pytest.mark.parametrize(
    ("name", "text"),
    [("some", "5.1"), ("some", "-1"), ("scale", "0"), ("scale", "2.5"), ("times", "-1"), ("day", "31.10.")],
)
def test_what_is_out_of_range_is_refused(name, text):
    with pytest.raises(NoAnswer):
        read_answer(FORMS[name], text)
