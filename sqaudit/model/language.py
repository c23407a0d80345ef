"""What puts words into a language. Alone in its module, since the command line needs it before anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sqaudit.errors import Message
from sqaudit.model.texts import Text


class Language(Protocol):
    """Puts messages and codes into one language; the catalogues of click's own words lie in ``folder``."""

    code: str
    folder: Path

    def text(self, message: Message) -> str:
        """The message in this language."""
        ...

    def word(self, code: str) -> str:
        """The word for a code such as ``no_data``."""
        ...

    def sort_key(self, text: str) -> tuple[object, ...]:
        """A key by which texts sort as readers of this language look them up."""
        ...

    def said(self, text: Text) -> str:
        """A text of documents: in this language, else in the project's, else in any there is."""
        ...
