"""Languages beside ours: a plugin brings a catalogue, and everything that is said comes from it, else in English."""

import json
import sys

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

PLUGIN = """
from pathlib import Path

from sqaudit.model.ports import LanguageCatalogue
from sqaudit.plugin import hookimpl

sqaudit_api = ">=1,<2"


@hookimpl
def sqaudit_languages():
    return [LanguageCatalogue(name="de", folder=Path(__file__).parent)]
"""
GERMAN = {
    "errors: {errors}, warnings: {warnings}": "Fehler: {errors}, Warnungen: {warnings}",
    "List the cycles in the store.": "Die Zyklen auflisten.",
    "no error is called '{code}'": "kein Fehler heißt '{code}'",
    "Usage:": "Aufruf:",
    "pass": "bestanden",
}


@pytest.fixture
def german(tmp_path, monkeypatch):
    """A distribution with a German catalogue of a few sentences, installed for this test."""
    site = tmp_path / "site"
    folder = site / "deutsch" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (site / "deutsch" / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    catalogue = Catalog(locale="de", domain="sqaudit")
    for english, said in GERMAN.items():
        catalogue.add(english, said)
    with (folder / "sqaudit.mo").open("wb") as file:
        write_mo(file, catalogue)
    info = site / "sqaudit_deutsch-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sqaudit-deutsch\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[sqaudit]\ndeutsch = deutsch\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    yield
    sys.modules.pop("deutsch", None)


@pytest.mark.parametrize("wish", ["--lang", "SQAUDIT_LANG", "sqaudit.yaml"])
def test_it_is_spoken_where_it_is_asked_for(project, german, monkeypatch, wish):
    p = project()
    given = ("--lang", "de_AT") if wish == "--lang" else ()
    if wish == "SQAUDIT_LANG":
        monkeypatch.setenv(wish, "de")
    if wish == "sqaudit.yaml":
        p.edit("sqaudit.yaml", "language: en", "language: de")
    checked = p.run(*given, "check")
    assert (checked.code, checked.err) == (0, "Fehler: 0, Warnungen: 0\n")
    assert p.run(*given, "--help").out.startswith("Aufruf: ")
    p.run(*given, "run", "first-audit", "--period", "2026-10")
    shown = p.run(*given, "results", "--period", "2026-10").out
    assert "bestanden" in shown
    assert "period" in shown  # what the catalogue lacks is said in English


@pytest.mark.parametrize(("language", "title"), [("zh", "第一次审核"), ("en", "First audit"), ("fr", "First audit")])
def test_texts_fall_back_to_the_project_s_language_and_then_to_any(project, german, language, title):
    p = project()
    p.edit("sqaudit.yaml", "language: en", f"language: {language}")
    p.run("run", "first-audit", "--period", "2026-10")
    asked = p.run("--lang", "de", "report", "first-audit")
    assert (asked.code, asked.out.startswith(f"{title} · 2026-10")) == (0, True), asked.out


def test_it_is_listed_and_a_language_nobody_brings_is_refused(project, german):
    p = project()
    (plugin,) = [
        one for one in json.loads(p.run("plugins", "list", "--format", "json").out) if one["name"] == "deutsch"
    ]
    assert "de" in plugin["offers"]
    refused = p.run("--lang", "fr", "check")
    assert (refused.code, "SQA710" in refused.err, "de, en, zh" in refused.err) == (2, True, True)


def test_nobody_is_asked_for_languages_of_our_own(project, german):
    p = project()
    sys.modules.pop("deutsch", None)  # whoever makes a project asks every plugin for its templates
    for given in (("--lang", "en"), ("--lang", "zh"), ()):
        assert p.run(*given, "--help").code == 0
    assert "deutsch" not in sys.modules
