"""What the checks of a plugin came to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.model.language import Language


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


class Fault(Struct, frozen=True):
    """Where a plugin does not conform, in what, and what to do about it."""

    where: str
    message: Message
    hint: Message


class Check(Struct, frozen=True):
    """One named check: it failed if there are faults; ``reason`` says why it was not applicable."""

    name: str
    faults: tuple[Fault, ...] = ()
    reason: Message | None = None

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        if self.faults:
            return Outcome.FAILED
        return Outcome.PASSED if self.reason is None else Outcome.NOT_APPLICABLE


class Report(Struct, frozen=True):
    """All checks of a plugin, in their order."""

    plugin: str
    version: str | None
    checks: tuple[Check, ...]

    @property
    def conforms(self) -> bool:
        """Whether no check failed."""
        return all(check.outcome is not Outcome.FAILED for check in self.checks)

    def text(self, language: Language) -> str:
        """Every fault in a line of its own, with what to do in the next."""
        failed = [check for check in self.checks if check.outcome is Outcome.FAILED]
        lines = [
            language.text(
                msg("the plugin '{name}' does not conform; checks failed: {count}", name=self.plugin, count=len(failed))
            )
        ]
        for check in failed:
            for fault in check.faults:
                lines.append(f"{check.name}: {fault.where}: {language.text(fault.message)}")
                lines.append(f"    {language.text(fault.hint)}")
        return "\n".join(lines)


def checked(name: str, faults: Iterable[Fault]) -> Check:
    """A check that was made."""
    return Check(name, tuple(faults))


def skipped(names: Iterable[str], reason: Message) -> tuple[Check, ...]:
    """Checks that there is nothing to make of, and why."""
    return tuple(Check(name, (), reason) for name in names)
