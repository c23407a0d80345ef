"""Every file below ``cases/documents`` is told exactly the problems that its first lines expect."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sqaudit.codes import all_codes, explain_code

CASES = Path(__file__).parents[2] / "cases" / "documents"
_PLACES = {
    "standard": "standards/desk/standard.yaml",
    "checklist": "standards/desk/checklists/desk-records.yaml",
    "programme": "audits/monthly/programme.yaml",
    "project": "sqaudit.yaml",
    "extra": "standards/extra/standard.yaml",
}
_EXPECTED = re.compile(rb"# expect: (\S+ SQA\d+)")
_INVALID = sorted((CASES / "invalid").glob("*.yaml"))
_VALID = sorted((CASES / "valid").glob("*.yaml"))
# Codes that no document of its own can show; each has a test by name elsewhere.
_SHOWN_ELSEWHERE = {"SQA100", "SQA117", "SQA132", "SQA133", "SQA225", "SQA233", "SQA238", "SQA271"}
# What overlays come to depends on the sites: ``tests/acceptance/test_overlays.py``.
_SHOWN_ELSEWHERE |= {"SQA265", "SQA266", "SQA267"}


def told(library):
    """Problems as people see them."""
    return [f"{problem.place} {problem.code} {problem.message}" for problem in library.problems]


def expected(case):
    return [found.decode() for found in _EXPECTED.findall(case.read_bytes())]


def problems_of(case, project, read):
    """The problems of a case in the place of its kind in the sound project (``extra``: beside what is there)."""
    place = _PLACES[case.name.split("-", 1)[0]]
    (project / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(case, project / place)
    library = read(project)
    assert all(problem.hint is not None and str(problem.hint) for problem in library.problems), told(library)
    return [problem for problem in library.problems if problem.place.file == place]


@pytest.mark.parametrize("case", _INVALID, ids=lambda case: case.stem)
def test_problems_are_those_expected_and_no_others(case, project, read):
    found = problems_of(case, project, read)
    shown = [f"{problem.place.line}:{problem.place.column} {problem.code}" for problem in found]
    assert shown == expected(case), [f"{problem.message} / {problem.hint}" for problem in found]


@pytest.mark.parametrize("case", _VALID, ids=lambda case: case.stem)
def test_valid_documents_have_no_problems(case, project, read):
    assert problems_of(case, project, read) == []


def test_the_sound_project_has_no_problems(read):
    assert told(read(CASES / "project")) == []


def test_every_code_of_documents_is_shown_by_a_case():
    shown = {line.split()[1] for case in _INVALID for line in expected(case)}
    ours = {code for code in all_codes() if code[3] in "12"}
    assert ours - shown == _SHOWN_ELSEWHERE
    assert shown <= ours


def test_every_code_is_explained_in_both_languages():
    for code in all_codes():
        explanation = explain_code(code)
        for text in (explanation.title, explanation.cause, explanation.fix):
            assert set(text.by_language) == {"en", "zh"}, code
