import pytest

from sqaudit.locale import catalogues
from sqaudit.locale.catalogues import catalogue_path, complaints, extract, main


@pytest.fixture
def project(tmp_path):
    """A package with one message and one numbered sentence, its catalogues just extracted."""
    package, folder = tmp_path / "package", tmp_path / "locale"
    package.mkdir()
    source = package / "words.py"
    source.write_text('msg("{count} rows of " "{file}", count=1)\nplural("{n} cat", "{n} cats")\nother("not ours")\n')
    extract(folder, package)
    return folder, package


def _translate(folder, **changes):
    path = catalogue_path("zh", folder)
    text = path.read_text(encoding="utf-8")
    for old, new in {"rows": '"{file} 的 {count} 行"', "cat": '"{n} 只猫"'}.items():
        text = text.replace(_OPEN[old], _OPEN[old].replace('""', changes.get(old, new)))
    path.write_text(text, encoding="utf-8")


_OPEN = {
    "rows": 'msgid "{count} rows of {file}"\nmsgstr ""',
    "cat": 'msgid "{n} cat"\nmsgid_plural "{n} cats"\nmsgstr[0] ""',
}


def test_what_is_not_translated_is_told(project):
    told = list(complaints(*project))
    assert told == ["zh: untranslated: '{count} rows of {file}'", "zh: untranslated: '{n} cat'"]


def test_a_whole_catalogue_has_no_complaints(project):
    _translate(project[0])
    assert list(complaints(*project)) == []


@pytest.mark.parametrize(
    ("translation", "kind"),
    [
        ('"{datei} 的 {count} 行"', "unknown holes"),
        ('"{count} 行"', "forgotten holes"),
        ('"{count!r} {file}"', "holes"),
    ],
)
def test_holes_must_be_those_of_the_message(project, translation, kind):
    _translate(project[0], rows=translation)
    told = list(complaints(*project))
    assert len(told) == 1
    assert kind in told[0]


def test_uncertain_and_left_over_translations_are_told(project):
    folder, package = project
    _translate(folder)
    path = catalogue_path("zh", folder)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('msgid "{n} cat"', '#, fuzzy\nmsgid "{n} cat"') + '\n#~ msgid "old"\n#~ msgstr "旧"\n', "utf-8"
    )
    told = list(complaints(folder, package))
    assert [line.split(":")[1] for line in told] == [" obsolete", " fuzzy"]


def test_new_and_lost_messages_are_told_until_extracted(project):
    folder, package = project
    _translate(folder)
    (package / "words.py").write_text('msg("{count} rows of {file}")\nmsg("new")\n')
    assert {line.split(": ", 1)[1] for line in complaints(folder, package)} == {
        "not extracted: 'new'", "no longer in the code: '{n} cat'",
    }  # fmt: skip
    extract(folder, package)
    assert list(complaints(folder, package)) == ["zh: untranslated: 'new'"]


def test_extracting_twice_writes_the_same_bytes(project):
    folder, package = project
    _translate(folder)
    extract(folder, package)
    before = {path: path.read_bytes() for path in folder.rglob("*.po*")}
    extract(folder, package)
    assert before == {path: path.read_bytes() for path in folder.rglob("*.po*")}
    assert len(before) == 3


def test_our_own_catalogues_are_complete():
    assert list(complaints()) == []


def test_the_command_refuses_what_it_does_not_know(capsys, monkeypatch):
    assert main(["translate"]) == 2
    monkeypatch.setattr(catalogues, "complaints", lambda: iter(["zh: untranslated: 'x'"]))
    assert main(["check"]) == 1
    assert capsys.readouterr().out == "zh: untranslated: 'x'\n"
