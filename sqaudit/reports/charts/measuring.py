"""How wide a text will be, and how it is broken or shortened to fit: nobody can be asked once the picture is drawn."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

FONT = 16.0  # units; on wide screens the style sheet writes smaller, so what fits here fits there
LINE = 20.0
ELLIPSIS = "…"

# Shares of the font size in DejaVu Sans and Verdana, the widest of the usual screen fonts: a bound for the others.
_NARROW, _MEDIUM, _DIGIT, _LOWER, _UPPER, _BROAD, _WIDE, _PICTURE = 0.4, 0.52, 0.64, 0.66, 0.8, 1.0, 1.03, 1.4
_CLASSES = {
    **dict.fromkeys("iljI.,:;'|! ", _NARROW),
    **dict.fromkeys('frt()[]{}-"*/\\°·', _MEDIUM),
    **dict.fromkeys("0123456789", _DIGIT),
    **dict.fromkeys("mwMW@%&—…<>=+~^#", _BROAD),
}
_OTHER_SCRIPTS = 0x0530  # above come scripts of which no bound is known; below are Latin, Greek and Cyrillic
_PICTURES = range(0x1F000, 0x20000)


class Fitted(Struct, frozen=True):
    """A text in lines that fit; ``full`` is the whole text if something of it was left out."""

    lines: tuple[str, ...]
    full: str | None = None

    @property
    def width(self) -> float:
        """Units that the longest line takes."""
        return max(map(text_width, self.lines), default=0.0)


def text_width(text: str) -> float:
    """Units that ``text`` takes on one line at most, East Asian wide characters being as wide as they are high."""
    return FONT * sum(map(_share, text))


def fit(text: str, width: float, lines: int = 1) -> Fitted:
    """``text`` in at most ``lines`` lines of ``width`` units, broken at blanks and between wide characters if possible.

    A word longer than a line is cut; what has no room ends in an ellipsis.
    """
    found: list[str] = []
    rest = text
    while rest and len(found) < lines:
        if text_width(rest[: _most(width)]) <= width and len(rest) <= _most(width):
            return Fitted((*found, rest))
        if len(found) == lines - 1:
            return Fitted((*found, _cut(rest, width - text_width(ELLIPSIS))[0].rstrip() + ELLIPSIS), text)
        line, rest = _broken(rest, width)
        found.append(line)
    return Fitted(tuple(found) or ("",))


def longest_word(text: str) -> float:
    """Units of the longest piece of ``text`` that is never broken while there is room for it on a line."""
    longest, begin = 0.0, 0
    for at in range(1, len(text) + 1):
        if _may_break(text, at):
            longest, begin = max(longest, text_width(text[begin:at].strip())), at
    return longest


def _broken(text: str, width: float) -> tuple[str, str]:
    line, rest = _cut(text, width)
    place = next((at for at in range(len(line), 0, -1) if _may_break(text, at)), len(line))
    return (text[:place].rstrip(), text[place:].lstrip()) if place else (line, rest)


def _may_break(text: str, at: int) -> bool:
    if at >= len(text):
        return True
    return text[at].isspace() or text[at - 1] in " -/" or (_share(text[at - 1]) >= _WIDE and _share(text[at]) >= _WIDE)


def _cut(text: str, width: float) -> tuple[str, str]:
    """As many characters as fit, at least one, and the rest; marks stay with the letter that carries them."""
    taken = 0.0
    for at, each in enumerate(text[: _most(width)]):
        taken += FONT * _share(each)
        if taken > width and at:
            return text[:at], text[at:]
    at = _most(width)
    return text[:at], text[at:]


def _most(width: float) -> int:
    """No line has more characters than this, whatever they are: a word of marks without letters has no width."""
    return max(1, int(width / FONT / _NARROW) + 1)


@lru_cache(maxsize=4096)
def _share(character: str) -> float:
    from wcwidth import wcwidth

    columns = wcwidth(character)
    if columns <= 0:
        return 0.0
    if character in _CLASSES:
        return _CLASSES[character]
    if columns > 1:
        return _PICTURE if ord(character) in _PICTURES else _WIDE
    if ord(character) >= _OTHER_SCRIPTS:
        return _BROAD
    return _UPPER if character.isupper() else _LOWER
