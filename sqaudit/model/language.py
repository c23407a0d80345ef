"""What puts words into a language. Alone in its module, since the command line needs it before anything else."""

from __future__ import annotations

from typing import Protocol

from sqaudit.errors import Message


class Language(Protocol):
    """Puts messages and codes into one language."""

    code: str

    def text(self, message: Message) -> str:
        """The message in this language."""
        ...

    def word(self, code: str) -> str:
        """The word for a code such as ``no_data``."""
        ...
