"""Every code is explained, used and provoked."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

import sqaudit

TESTS = Path(__file__).resolve().parents[1]
CATALOGUES = sorted((Path(sqaudit.__file__).parent / "codes").glob("SQA?xx.yaml"))
_CODE = re.compile(r"SQA\d{3}")


def _explained() -> dict[str, dict[str, dict[str, str]]]:
    return {
        code: entry for file in CATALOGUES for code, entry in yaml.safe_load(file.read_text(encoding="utf-8")).items()
    }


def _used(sources: list[Path]) -> set[str]:
    """The codes that stand alone in a text of the code; those in docstrings do not count."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    texts = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and _CODE.fullmatch(text)}


def test_every_used_code_is_explained(sources):
    assert sorted(_used(sources) - _explained().keys()) == []


def test_no_explained_code_is_dead(sources):
    assert sorted(_explained().keys() - _used(sources)) == []


def test_every_code_is_provoked_by_a_test():
    """Cases may lie in files of any kind."""
    own = Path(__file__).parent
    files = (path for path in TESTS.rglob("*") if path.suffix in {".py", ".yaml", ".txt", ".json", ".csv"})
    provoked = {
        code
        for path in files
        if not path.is_relative_to(own)
        for code in _CODE.findall(path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert sorted(_explained().keys() - provoked) == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_codes_stand_in_the_file_of_their_hundred_in_order(file):
    codes = list(yaml.safe_load(file.read_text(encoding="utf-8")))
    assert codes == sorted(codes)
    assert all(re.fullmatch(file.stem.replace("xx", r"\d\d"), code) for code in codes)


def test_every_explanation_has_all_parts_in_both_languages():
    lacking = [
        f"{code} {part} {language}"
        for code, entry in _explained().items()
        for part in ("title", "cause", "fix")
        for language in ("en", "zh")
        if not entry.get(part, {}).get(language, "").strip()
    ]
    assert lacking == []
    assert all(set(entry) == {"title", "cause", "fix"} for entry in _explained().values())


def test_chinese_explanations_are_chinese():
    english = [
        f"{code} {part}"
        for code, entry in _explained().items()
        for part, texts in entry.items()
        if not re.search(r"[\u4e00-\u9fff]", texts["zh"])
    ]
    assert english == []
