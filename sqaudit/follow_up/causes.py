"""Causes that are none: blaming somebody ends the search before it has begun."""

from __future__ import annotations

import re
import unicodedata

from sqaudit.errors import InvalidInput, msg

_BLAME = re.compile(
    r"\b(careless\w*|negligen\w*|inattenti\w*|sloppy|sloppiness|lazy|laziness|human error|operator error|staff error"
    r"|lack of (?:care|attention|discipline|responsibility)|not pay(?:ing)? attention|forgot(?:ten)?"
    r"|did ?n[o']t care|bad attitude|poor attitude)\b"
    r"|粗心|马虎|大意|疏忽|不认真|不仔细|不负责|责任心不强|缺乏责任心|责任感不强|态度不好|态度不端正|人为失误|人为错误|操作失误|懒|忘记|忘了",
    re.IGNORECASE,
)


def see_that_explains(cause: str) -> None:
    """Refuse a cause that only says that somebody did wrong.

    Raises:
        InvalidInput: It does, in English or Chinese.
    """
    found = _BLAME.search(unicodedata.normalize("NFKC", cause))
    if found is not None:
        raise InvalidInput(
            "SQA875",
            msg("'{words}' is not a root cause: it blames and changes nothing", words=found[0]),
            msg("ask on: what in the process, the training, the tools or the staffing let it happen and go unnoticed?"),
        )
