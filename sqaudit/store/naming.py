"""Names in texts and JSON: found, and replaced by pseudonyms."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

# Words of these scripts stand beside each other without a blank: 张三说, 由anna填写.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WITHIN_WORD = rf"[^\W{_UNSPACED}]"
# The id of an option, or several; a number; a day: what may be an answer that no person wrote.
_CODED = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(; [A-Za-z][A-Za-z0-9_-]*)*|[-+]?[0-9.]+([eE][-+]?\d+)?|\d{4}-\d\d-\d\d")


class Names:
    """The names of a person, or of several, each with the pseudonym that takes its place."""

    def __init__(self, pseudonyms: Mapping[str, str]) -> None:
        self.pseudonyms = pseudonyms
        self._folded = {name.casefold(): pseudonym for name, pseudonym in pseudonyms.items()}
        self._any = next(iter(pseudonyms.values()), "")  # for letters that fold to several, such as İ
        self._words = _word_pattern(pseudonyms)

    def are_in(self, text: str) -> bool:
        """Whether one of them is a word of a text, in letters of any case."""
        return self._words.search(text) is not None

    def are_within(self, content: object) -> bool:
        """Whether one of them is a word of any text or key of plain JSON."""
        return any(self.are_in(text) for text in _texts(content))

    def replace_words(self, text: str) -> str:
        """A free text with pseudonyms for the names in it."""
        return self._words.sub(lambda found: self._folded.get(found[0].casefold(), self._any), text)

    def replace_in_answer(self, text: str) -> str:
        """An answer with pseudonyms; what may be the id of an option stays as it is, since it is scored by it."""
        return text if _CODED.fullmatch(text) else self.replace_words(text)

    def replace_whole(self, content: object, at: str | int | None = None, prefix: str = "") -> object:
        """JSON in which texts and keys that are a name, after ``prefix``, are pseudonyms."""
        renamed = {f"{prefix}{name}": f"{prefix}{pseudonym}" for name, pseudonym in self.pseudonyms.items()}
        return _replaced(content, lambda text: renamed.get(text, text), at, is_there=at is None)

    def replace_words_within(self, content: object, at: str | int | None = None) -> object:
        """JSON in which the free texts have pseudonyms."""
        return _replaced(content, self.replace_words, at, is_there=at is None)


def _word_pattern(names: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(_as_word, longest_first)) or r"(?!)", re.IGNORECASE)


def _as_word(name: str) -> str:
    before = f"(?<!{_WITHIN_WORD})" if re.match(_WITHIN_WORD, name[0]) else ""
    after = f"(?!{_WITHIN_WORD})" if re.match(_WITHIN_WORD, name[-1]) else ""
    return f"{before}{re.escape(name)}{after}"


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield key
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def _replaced(content: object, replace: Callable[[str], str], at: str | int | None, *, is_there: bool) -> object:
    """``content`` with ``replace`` done to its texts and keys, where they are under ``at`` if that is not ``None``."""
    if isinstance(content, str):
        return replace(content) if is_there else content
    if isinstance(content, Mapping):
        return {
            (replace(key) if is_there else key): _replaced(value, replace, at, is_there=key == at or at is None)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [
            _replaced(value, replace, at, is_there=place == at if isinstance(at, int) else is_there)
            for place, value in enumerate(content)
        ]
    return content
