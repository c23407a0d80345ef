"""Texts of documents, in as many languages as their author wrote."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Text(Struct, frozen=True):
    """A text by language code; the key ``""`` holds a text written without a language."""

    by_language: Mapping[str, str]

    def in_language(self, language: str, fallback: str = "en") -> str:
        """The text in ``language``, else in ``fallback``, else in the first language by code."""
        for code in (language, fallback, ""):
            if code in self.by_language:
                return self.by_language[code]
        return self.by_language[min(self.by_language)]

    def __str__(self) -> str:
        return self.in_language("en")


def plain(text: str) -> Text:
    """A text that is the same in every language, such as an id standing in for a title."""
    return Text({"": text})
