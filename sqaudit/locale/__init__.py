"""Messages and codes in the reader's language."""

from __future__ import annotations

import gettext
from collections.abc import Collection, Mapping
from pathlib import Path

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.locale.ordering import SortKey, reading_order
from sqaudit.locale.words import WORDS
from sqaudit.model.masking import mask_message
from sqaudit.model.texts import Text

DOMAIN = "sqaudit"
FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")


class CatalogueLanguage:
    """A language whose sentences come from a gettext catalogue; what it lacks, or gets wrong, is said in English."""

    def __init__(
        self, code: str, catalogue: gettext.NullTranslations, *, folder: Path = FOLDER, fallback: str = "en"
    ) -> None:
        self.code = code
        self.folder = folder
        self._catalogue = catalogue
        self._fallback = fallback

    def text(self, message: Message) -> str:
        """The message in this language; messages and texts among its values are put into the language as well.

        What people wrote is masked: whatever is told may be kept in logs.
        """
        values = {name: self._value(value) for name, value in mask_message(message).values.items()}
        own = message.texts.get(self.code)
        for template in (self._translated(message.template) if own is None else own, message.template):
            try:
                return template.format_map(values)
            except (LookupError, ValueError, AttributeError, TypeError):
                continue
        return message.template

    def word(self, code: str) -> str:
        """The word for a code such as ``no_data``; a code without a word is its own word."""
        return self.text(WORDS[code]) if code in WORDS else code

    def sort_key(self, text: str) -> SortKey:
        """A key by which texts sort as readers of this language look them up."""
        return reading_order(text, self.code)

    def said(self, text: Text) -> str:
        """A text of documents: in this language, else in the project's, else in any there is."""
        return text.in_language(self.code, self._fallback)

    def _translated(self, template: str) -> str:
        # gettext keeps the catalogue's own header under the empty string.
        return self._catalogue.gettext(template) if template else ""

    def _value(self, value: object) -> str:
        if isinstance(value, Message):
            return self.text(value)
        if isinstance(value, Text):
            return self.said(value)
        return str(value)


def open_language(code: str, folder: Path = FOLDER, fallback: str | None = None) -> CatalogueLanguage:
    """A language by its code, with its catalogue below ``folder``; one without catalogue is spoken in English.

    ``fallback`` is the language in which texts are said that are not there in this one; default: English.
    """
    catalogue = gettext.translation(DOMAIN, folder, [code], fallback=True)
    known = code if isinstance(catalogue, gettext.GNUTranslations) or code in LANGUAGES else "en"
    return CatalogueLanguage(known, catalogue, folder=folder, fallback=fallback or "en")


def choose_language(
    argument: str | None, environ: Mapping[str, str], project_language: str | None, known: Collection[str] = LANGUAGES
) -> str:
    """The code of the language to speak: the command line's, SQAUDIT_LANG, the project's, or the system's.

    Raises:
        InvalidInput: SQA710, if the command line asks for a language that there is none of.
    """
    if argument is not None:
        folded = fold_language(argument, known)
        if folded is None:
            raise InvalidInput(
                "SQA710",
                msg("no language is called '{language}'", language=argument),
                msg("the languages are {languages}", languages=", ".join(sorted(known))),
            )
        return folded
    wishes = [environ.get("SQAUDIT_LANG"), project_language]
    wishes += [environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    wish = next((wish for wish in wishes if wish), "en")
    return fold_language(wish, known) or "en"


def fold_language(code: str, known: Collection[str] = LANGUAGES) -> str | None:
    """``zh`` for ``zh_CN.UTF-8`` and the like; ``None`` for a language that is not among the ``known``."""
    folded = code.replace("-", "_").split("_")[0].split(".")[0].strip().lower()
    return folded if folded in known else None
