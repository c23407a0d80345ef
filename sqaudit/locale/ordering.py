"""The order in which people look names up: Chinese by its sound, numbers by what they count, accents and case aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# A class of signs (numbers, Chinese characters, all others), a length or tone, and a word.
Part = tuple[int, int, str]
SortKey = tuple[tuple[Part, ...], str]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PARTS = re.compile(rf"\d+|[{_HAN}]+|[^\d{_HAN}]+")
_NUMBER, _CHINESE, _OTHER = range(3)


def reading_order(text: str, language: str) -> SortKey:
    """A key by which texts sort as readers of ``language`` look them up; different texts have different keys.

    For Chinese readers characters sort by their pinyin, with the readings that words give them (重庆 under C), as the
    collation "pinyin" of the Unicode CLDR does, and before Latin letters; for others by their code.
    """
    plain = unicodedata.normalize("NFKD" if language != "zh" else "NFKC", text).casefold()
    found = _PARTS.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))
    return tuple(part for words in found for part in _parts(words, language)), text


def _parts(words: str, language: str) -> Iterator[Part]:
    if words[0].isdigit():
        significant = words.lstrip("0")
        yield _NUMBER, len(significant), significant
    elif language == "zh" and re.match(f"[{_HAN}]", words):
        from pypinyin import Style, lazy_pinyin

        for syllable in lazy_pinyin(words, style=Style.TONE3, neutral_tone_with_five=True):
            sound, tone = (syllable[:-1], int(syllable[-1])) if syllable[-1:].isdigit() else (syllable, 0)
            yield _CHINESE, 0, f"{sound} {tone}"
    else:
        yield _OTHER, 0, words
