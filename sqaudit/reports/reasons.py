"""Why something has no value, in words."""

from __future__ import annotations

import re

from sqaudit.codes import explain_code
from sqaudit.errors import msg
from sqaudit.model.language import Language

_CODE = re.compile(r"SQA\d{3}")
_MISSING = re.compile(r"subjects_missing:(\d+)")


def show_reason(reason: str | None, language: Language) -> str | None:
    """A reason in the reader's language; of one that was recorded as an English sentence, its code and what that means.

    The sentence itself stays in the JSON, and the run that met it has told it in full.
    """
    if reason is None:
        return None
    missing = _MISSING.fullmatch(reason)
    if missing is not None:
        return language.text(msg("drawn and not judged: {count}", count=int(missing[1])))
    code = _CODE.match(reason)
    if code is None or language.code == "en":
        return language.word(reason)
    explanation = explain_code(code.group())
    return reason if explanation is None else f"{code.group()} {language.said(explanation.title)}"
