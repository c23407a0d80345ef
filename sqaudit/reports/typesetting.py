"""Data as a PDF, by a template of typst. The template is ours, and what it is about reaches it as data only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqaudit.errors import NotInstalled, msg

_TEMPLATES = Path(__file__).parent / "templates"
# PDF/UA-1 asks for tags, a title and a language, and for a glyph behind every character: without one typst refuses.
_STANDARD: Final = "ua-1"
_NOT_SHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_MOST_TOLD = 10
_PIECES = re.compile(".{1,5}")
_LATIN = ("Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")
_CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")


def typeset(template: str, data: Mapping[str, object], made: datetime) -> bytes:
    """The PDF of a template and its data, accessible by PDF/UA-1 and dated ``made``, which must have a zone.

    ``data`` must hold what JSON can, its texts without control characters; ``fonts`` is added to it.
    A sign without a font, such as a picture of a face, is told by its number; a letter without one makes a PDF that
    nobody can read.

    Raises:
        NotInstalled: SQA425, typst is not installed; SQA426, no font has a letter of the texts.
    """
    try:
        import typst
    except ImportError:
        raise NotInstalled(
            "SQA425",
            msg("what writes PDF is not installed"),
            msg("install it with: pip install 'sqaudit[pdf]'"),
        ) from None

    fonts = typst.Fonts()
    whole = {**data, "fonts": _preferred(fonts.families())}

    def compiled(told: object) -> bytes:
        pdf: bytes = typst.compile_with_warnings(
            _TEMPLATES / template,
            format="pdf",
            font_paths=fonts,
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
            pdf_standards=_STANDARD,
            timestamp=made,
        )[0]
        return pdf

    try:
        return compiled(whole)
    except typst.TypstError as error:
        missing = _characters_without_font(str(error.diagnostic))
        if not missing:
            raise
    _refuse_letters(missing)
    return compiled(_each_text(whole, lambda text: "".join(_number_of(c) if c in missing else c for c in text)))


def breakable(text: str, most: int) -> str:
    """``text`` with places to break a line in every run of signs without a blank that is longer than ``most``."""
    return re.sub(rf"\S{{{most + 1},}}", lambda run: "\u200b".join(_PIECES.findall(run[0])), text)


def _preferred(families: Sequence[str]) -> list[Mapping[str, object]]:
    """The fonts to use, of those there are; where they have nothing, typst looks through all others."""
    there = set(families)
    latin = next(name for name in _LATIN if name in there)  # typst brings the last of them along
    chinese = [{"name": name, "latin": False} for name in _CHINESE if name in there]
    return [{"name": latin, "latin": True}, *chinese[:1]]


def _each_text(part: object, change: Callable[[str], str]) -> object:
    if isinstance(part, str):
        return change(part)
    if isinstance(part, Mapping):
        return {name: _each_text(each, change) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return [_each_text(each, change) for each in part]
    return part


def _characters_without_font(diagnostic: str) -> frozenset[str]:
    told = (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in _NOT_SHOWN.findall(diagnostic))
    return frozenset("".join(told))


def _refuse_letters(characters: frozenset[str]) -> None:
    letters = sorted(each for each in characters if each.isalpha())
    if not letters:
        return
    shown = "".join(letters[:_MOST_TOLD]) + ("…" if len(letters) > _MOST_TOLD else "")
    raise NotInstalled(
        "SQA426",
        msg("no installed font has the letters {letters}, and the PDF would show empty boxes", letters=shown),
        msg("install a font that has them; for Chinese: `apt install fonts-noto-cjk`, or from "
            "https://github.com/notofonts/noto-cjk"),
    )  # fmt: skip


def _number_of(character: str) -> str:
    return f"[U+{ord(character):04X}]"
