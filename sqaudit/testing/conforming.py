"""The checks of ``sqaudit plugins check`` as one assertion."""

from __future__ import annotations

from datetime import UTC, datetime
from types import ModuleType

from sqaudit.conformance.checking import check_plugin
from sqaudit.conformance.report import Report
from sqaudit.conformance.subject import find_plugin, own_plugin
from sqaudit.locale import open_language
from sqaudit.model.examples import Examples
from sqaudit.plugin.discovery import discover, given


def assert_plugin_conforms(
    plugin: str | ModuleType, examples: Examples | None = None, *, now: datetime | None = None
) -> Report:
    """See that a plugin keeps what it promised; all that is wrong is told at once.

    Args:
        plugin: The name of an installed plugin, or its module.
        examples: What its objects are tried with; default: ``EXAMPLES`` of its module ``examples``.
        now: The moment that counts as now; default: the clock's.

    Raises:
        AssertionError: Checks failed; each is told with where, what, and what to do.
        InvalidInput: No plugin is called that.
    """
    if isinstance(plugin, str):
        others = discover()
        found = find_plugin(plugin, others)
    else:
        others, found = (own_plugin(),), given(plugin.__name__.removeprefix("sqaudit_"), plugin)
    report = check_plugin(found, others, now=now or datetime.now(UTC), examples=examples)
    if not report.conforms:
        raise AssertionError(report.text(open_language("en")))
    return report
