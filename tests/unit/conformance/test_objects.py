"""Each check of scorers, collectors, reporters, packs and of a plugin's shape finds what it is for."""

from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest

from sqaudit.conformance.report import Outcome
from sqaudit.errors import UnusableSource, msg
from sqaudit.model.examples import Examples, ScorerExample, SourceExample
from sqaudit.model.ports import Collected, Pack
from sqaudit.testing import assert_plugin_conforms

SCHEMA = {
    "type": "object",
    "required": ["of"],
    "additionalProperties": False,
    "properties": {"of": {"type": "integer"}},
}


class Stars:
    name = "stars"
    parameters_schema = SCHEMA

    def problem(self, parameters, target):
        return msg("there are no stars") if parameters["of"] < 1 else None

    def score(self, value, target, parameters):
        return min(max(100 * Decimal(str(value)) / parameters["of"], Decimal(0)), Decimal(100))


STARS = Examples(
    scorers={"stars": [ScorerExample(parameters={"of": 5}), ScorerExample(parameters={"of": 0}, refused=True)]}
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"score": lambda self, value, target, parameters: 100 * Decimal(str(value))}, {"scorer-range"}),
        ({"score": lambda self, value, target, parameters: 50.0}, {"scorer-range"}),
        (
            {"score": lambda self, value, target, parameters: min(max(Decimal(repr(value)), Decimal(0)), Decimal(100))},
            {"scorer-foreign-numbers"},
        ),
        (
            {"score": lambda self, value, target, parameters: parameters.update(of=7) or Decimal(0)},
            {"scorer-range"},
        ),
        ({"problem": lambda self, parameters, target: None}, {"scorer-refusal"}),
        ({"problem": lambda self, parameters, target: "no stars"}, {"scorer-range", "scorer-refusal"}),
        ({"parameters_schema": {**SCHEMA, "type": "mapping"}}, {"parameters"}),
        ({"parameters_schema": {"type": "object"}}, {"parameters"}),
        ({"name": "linear"}, {"names", "scorer-examples"}),
    ],
)
def test_scorers(changed, expected, checks_of, failed):
    scorer = type("Tried", (Stars,), changed)()
    found = failed(checks_of(STARS, scorers=[scorer]))
    assert expected <= found if "mapping" in str(changed) else expected == found


FILE_SCHEMA = {"type": "object", "additionalProperties": False, "properties": {"file": {"type": "string"}}}


class Logbook:
    name = "logbook"
    parameters_schema = FILE_SCHEMA

    def collect(self, request):
        path = request.project / request.source.folder / request.source.parameters["file"]
        if not path.is_file():
            raise UnusableSource("SQA501", msg("there is no '{file}'", file=path.name))
        return self.made(path)

    def made(self, path):
        return Collected(rows=({"wait": line} for line in path.read_text().split()))


LOGBOOK = Examples(
    collectors={
        "logbook": [
            SourceExample(source={"params": {"file": "a.log"}}, files={"a.log": "1 2 3"}, gives=3),
            SourceExample(source={"params": {"file": "b.log"}}),
        ]
    }
)


def _counts(self, path):
    return Collected(rows=[{"wait": number} for number in range(next(_TURN))])


_TURN = iter(range(3, 100))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"made": lambda self, path: [1, 2, 3]}, {"collector-records"}),
        ({"made": lambda self, path: Collected(rows=[])}, {"collector-records"}),
        ({"made": lambda self, path: Collected(rows=[{"wait": {1, 2}}] * 3)}, {"collector-records"}),
        ({"made": lambda self, path: Collected(rows=[{1: 2}] * 3)}, {"collector-records"}),
        ({"made": lambda self, path: Collected(paths=(path.with_suffix(".no"),) * 3)}, {"collector-records"}),
        ({"made": _counts}, {"collector-records"}),
        (
            {"made": lambda self, path: path.with_suffix(".bak").write_text("x") and Logbook().made(path)},
            {"collector-leaves-project"},
        ),
        ({"collect": lambda self, request: Collected(rows=[{"wait": 1}] * 3)}, {"collector-nothing"}),
        ({"collect": lambda self, request: 1 / 0}, {"collector-records", "collector-nothing"}),
        ({"name": "book"}, {"collector-examples"}),
    ],
)
def test_collectors(changed, expected, checks_of, failed):
    assert failed(checks_of(LOGBOOK, collectors=[type("Tried", (Logbook,), changed)()])) == expected


class Brief:
    name = "brief"
    media_type = "text/plain"
    extension = "txt"
    turn = 0

    def render(self, view, language):
        return f"{view.period} {len(view.findings)}\n"


def _turning(self, view, language):
    Brief.turn += 1
    return str(Brief.turn)


RENDERING = {
    "no site": lambda self, view, language: view.sites[0].id,
    "no score": lambda self, view, language: f"{view.figures.score:.1f}",
    "a list": lambda self, view, language: ["a report"],
    "counting": _turning,
}


def test_reporters(checks_of):
    sound = type("Sound", (Brief,), {})()
    dotted = type("Dotted", (Brief,), {"name": "dotted", "extension": ".txt"})()
    broken = [type("Broken", (Brief,), {"name": name, "render": render})() for name, render in RENDERING.items()]
    faults = checks_of(reporters=[sound, dotted, *broken])["reporter-views"].faults
    assert {fault.where.partition(",")[0] for fault in faults} == {"dotted", *RENDERING}
    assert {fault.where for fault in faults if fault.where.startswith("no ")} == {
        f"{name}, {language}, empty" for name in ("no site", "no score") for language in ("en", "zh")
    }


def test_packs(checks_of, failed, tmp_path):
    standard = tmp_path / "spa" / "standard.yaml"
    standard.parent.mkdir()
    checks = checks_of(packs=[Pack(name="spa", standards=tmp_path)])
    assert failed(checks) == {"pack-documents"}
    standard.write_text('kind: standard\nid: spa\nversion: "1"\ntitle: Spa\ndimensions: {}\n')
    checks = checks_of(packs=[Pack(name="spa", standards=tmp_path)])
    assert "pack-documents" in failed(checks)
    assert all("pack:spa/" in fault.where for fault in checks["pack-documents"].faults)
    standard.write_text(
        'kind: standard\nid: spa\nversion: "1.0"\ntitle: Spa\n'
        "dimensions: {calm: {title: {en: Calm, zh: 安静}}}\n"
        "criteria: [{id: quiet, dimension: calm, title: {en: Quiet}}]\n"
    )
    checks = checks_of(packs=[Pack(name="spa", standards=tmp_path)])
    assert failed(checks) == {"pack-texts"}
    checks = checks_of(Examples(languages=("en",)), packs=[Pack(name="spa", standards=tmp_path)])
    assert failed(checks) == set()


class Template:
    name = "spa"
    programme = "first-audit"
    periods = ("2026-10",)

    def __init__(self, spoilt=None):
        self.spoilt = spoilt

    def files(self, language):
        from sqaudit.builtin.templates import TEMPLATES

        files = dict(TEMPLATES["minimal"].files(language))
        return files if self.spoilt is None else self.spoilt(files)


def _without_records(files):
    return {name: text for name, text in files.items() if not name.endswith(".csv")}


def _with_a_typo(files):
    return {name: text.replace("share(solved)", "share(sloved)") for name, text in files.items()}


@pytest.mark.parametrize(
    ("spoilt", "expected"), [(None, set()), (_without_records, {"pack-templates"}), (_with_a_typo, {"pack-documents"})]
)
def test_templates(spoilt, expected, checks_of, failed):
    pack = Pack(name="spa", templates={"spa": Template(spoilt)})
    assert failed(checks_of(Examples(languages=("zh",)), packs=[pack])) == expected


def test_hooks_that_are_not_hooks_are_told(checks_of, failed):
    assert failed(checks_of()) == {"hooks"}
    assert failed(checks_of(scorer=[])) == {"hooks"}
    assert failed(checks_of(scorers=7)) == {"hooks"}


def test_sentences_without_chinese_are_told_with_their_place(tmp_path, monkeypatch):
    package = tmp_path / "sqaudit_wordy"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from sqaudit.errors import msg, told\n"
        "from sqaudit.plugin import hookimpl\n"
        'sqaudit_api = ">=1"\n'
        "@hookimpl\n"
        "def sqaudit_scorers():\n"
        '    return [] or msg("the spa is {state}", state=told({"en": "shut", "zh": "关闭"})) and []\n'
        'SAID = {"en": "open"}\n'
        'KNOWN = msg("there is nothing to show")\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(AssertionError) as told:
        assert_plugin_conforms(import_module("sqaudit_wordy"))
    said = str(told.value)
    assert "__init__.py:6: there is no 'zh' of the sentence 'the spa is {state}'" in said
    assert "__init__.py:7: there is no 'zh' of the sentence 'open'" in said
    assert "there is nothing to show" not in said
    assert said.count("messages:") == 2


def test_examples_that_cannot_be_imported_are_told(tmp_path, monkeypatch):
    package = tmp_path / "sqaudit_halved"
    package.mkdir()
    Path(package / "__init__.py").write_text(
        "from sqaudit.plugin import hookimpl\nsqaudit_api = '>=1'\n@hookimpl\ndef sqaudit_scorers():\n    return []\n"
    )
    Path(package / "examples.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(AssertionError, match="no_such_module"):
        assert_plugin_conforms(import_module("sqaudit_halved"))


def test_a_plugin_that_cannot_be_loaded_is_told_and_nothing_else_tried(checks_of):
    from datetime import UTC, datetime

    from sqaudit.conformance.checking import CHECKS, check_plugin
    from sqaudit.conformance.subject import own_plugin
    from sqaudit.plugin.discovery import Found

    def load():
        raise ImportError("no module called magic")

    report = check_plugin(Found(name="magic", load=load), (own_plugin(),), now=datetime.now(UTC))
    assert [check.name for check in report.checks] == [*CHECKS]
    assert "no module called magic" in str(report.checks[0].faults[0].message)
    assert {check.outcome for check in report.checks[1:]} == {Outcome.NOT_APPLICABLE}
