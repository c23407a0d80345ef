"""All checks of a plugin, one after the other; what goes wrong in one does not keep the others from being made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqaudit.conformance.collectors import COLLECTOR_CHECKS, check_collectors
from sqaudit.conformance.measures import MEASURE_CHECKS, check_measures
from sqaudit.conformance.packs import PACK_CHECKS, check_packs
from sqaudit.conformance.report import Check, Fault, Report, checked, skipped
from sqaudit.conformance.reporters import REPORTER_CHECKS, check_reporters
from sqaudit.conformance.scorers import SCORER_CHECKS, check_scorers
from sqaudit.conformance.shape import check_hooks, check_messages, check_names, check_parameters
from sqaudit.conformance.subject import Subject, open_subject
from sqaudit.errors import Message, msg
from sqaudit.model.examples import Examples
from sqaudit.plugin.discovery import Found
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.loading import PluginState

_Checking = Callable[[Subject], Iterable[Check]]
_CHECKINGS: Sequence[tuple[tuple[str, ...], _Checking]] = (
    (("hooks",), check_hooks),
    (("names",), check_names),
    (("parameters",), check_parameters),
    (("messages",), check_messages),
    (MEASURE_CHECKS, check_measures),
    (SCORER_CHECKS, check_scorers),
    (COLLECTOR_CHECKS, check_collectors),
    (REPORTER_CHECKS, check_reporters),
    (PACK_CHECKS, check_packs),
)
CHECKS: tuple[str, ...] = tuple(name for names, _ in _CHECKINGS for name in names)


def check_plugin(found: Found, others: Sequence[Found], *, now: datetime, examples: Examples | None = None) -> Report:
    """Look whether a plugin conforms.

    Args:
        found: The plugin.
        others: The plugins that it stands beside, ours among them.
        now: The moment that counts as now.
        examples: What its objects are tried with; default: ``EXAMPLES`` of its module ``examples``.
    """
    subject = open_subject(found, others, now, examples)
    if subject.plugin.state is not PluginState.LOADED:
        reason = msg("the plugin cannot be loaded")
        checks = (*check_hooks(subject), *skipped([name for name in CHECKS if name != "hooks"], reason))
    else:
        checks = tuple(check for names, checking in _CHECKINGS for check in _made(names, checking, subject))
    return Report(subject.name, found.version, checks)


def _made(names: Sequence[str], checking: _Checking, subject: Subject) -> Sequence[Check]:
    made = guarded(lambda: tuple(checking(subject)))
    if not isinstance(made, Message):
        return made
    fault = Fault(subject.name, msg("it raised {error}", error=made), msg("see what it was called with, and repair it"))
    return [checked(name, [fault]) for name in names]
