import gettext
from collections import defaultdict

import pytest

from sqaudit.errors import InvalidInput, Message, msg, told
from sqaudit.locale import CatalogueLanguage, choose_language, fold_language, open_language
from sqaudit.model.score import Level, Status
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text


class _Catalogue(gettext.NullTranslations):
    def __init__(self, **sentences):
        super().__init__()
        self.sentences = sentences

    def gettext(self, message):
        return self.sentences.get(message, message)


@pytest.mark.parametrize(
    ("code", "folded"),
    [
        ("en", "en"), ("zh", "zh"), ("zh_CN", "zh"), ("zh-Hans", "zh"), ("ZH_cn.UTF-8", "zh"), ("en_GB.UTF-8", "en"),
        ("C.UTF-8", None), ("POSIX", None), ("fr", None), ("", None),
    ],
)  # fmt: skip
def test_codes_fold_to_the_languages_there_are(code, folded):
    assert fold_language(code) == folded


def test_the_nearest_wish_counts():
    wishes = {"SQAUDIT_LANG": "zh", "LANG": "en_GB.UTF-8"}
    assert choose_language("en", wishes, "zh") == "en"
    assert choose_language(None, wishes, "en") == "zh"
    assert choose_language(None, {"LANG": "en"}, "zh_CN") == "zh"
    assert choose_language(None, {"LANG": "en", "LC_MESSAGES": "zh_CN"}, None) == "zh"
    assert choose_language(None, {"LC_ALL": "C", "LANG": "zh_CN"}, None) == "en"
    assert choose_language(None, {"LANG": "fr_FR"}, None) == "en"
    assert choose_language(None, {}, None) == "en"


def test_an_unknown_language_on_the_command_line_is_refused():
    with pytest.raises(InvalidInput) as caught:
        choose_language("fr", {}, "zh")
    assert caught.value.code == "SQA710"
    assert "'fr'" in str(caught.value)


def test_an_unknown_language_is_spoken_in_english():
    assert open_language("fr").code == "en"


def test_messages_and_texts_among_the_values_are_translated():
    inner = msg("no language is called '{language}'", language="fr")
    outer = msg("hint: {hint}", hint=inner)
    assert open_language("zh").text(outer) == "提示：没有名为“fr”的语言"
    assert open_language("en").text(outer) == "hint: no language is called 'fr'"
    titled = msg("hint: {hint}", hint=Text({"en": "soap", "zh": "肥皂"}))
    assert open_language("zh").text(titled) == "提示：肥皂"


@pytest.mark.parametrize("broken", ["{nosuch}", "{", "{0}", "{count.x}", "{count[x]}", "{count:d}"])
def test_a_broken_translation_is_said_in_english(broken):
    language = CatalogueLanguage("zh", _Catalogue(**{"{count} rows": broken}))
    assert language.text(msg("{count} rows", count=3)) == "3 rows"


def test_a_message_that_lacks_a_value_is_still_said():
    assert open_language("en").text(Message("{a} and {b}", {"a": 1})) == "{a} and {b}"


def test_nothing_is_nothing_in_every_language():
    """gettext keeps a catalogue's header under the empty string."""
    assert open_language("zh").text(msg("")) == ""


def test_every_code_of_the_model_has_a_word():
    chinese = open_language("zh")
    for code in (*Status, *Severity, *Level):
        assert chinese.word(code.value) != code.value
    assert open_language("en").word("no_data") == "no data"


def test_a_code_without_a_word_is_its_own_word():
    assert open_language("zh").word("RS-2") == "RS-2"


def test_no_word_has_two_meanings():
    """The words of all rooms go by one name: what two of them call alike has to read alike."""
    from sqaudit.locale import words

    meanings = defaultdict(set)
    for name, part in vars(words).items():
        if name.startswith("_") and isinstance(part, dict) and not name.startswith("__"):
            for word, message in part.items():
                meanings[word].add(str(message))
    assert len(meanings) == len(words.WORDS)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


def test_a_message_of_a_plugin_brings_its_own_languages():
    message = told({"en": "no bed {bed}", "zh": "没有{bed}号床"}, bed="13812345678")
    assert open_language("zh").text(message) == "没有138****5678号床"
    assert open_language("en").text(message) == str(told({"en": "no bed {bed}"}, bed="138****5678"))
    assert open_language("zh").text(told({"en": "no bed"})) == "no bed"
    assert open_language("zh").text(msg("{why}", why=message)) == "没有138****5678号床"
