"""Small plugins, sound and broken, and what the checks say of them."""

from datetime import UTC, datetime
from types import ModuleType

import pytest

from sqaudit.conformance.checking import check_plugin
from sqaudit.conformance.report import Outcome
from sqaudit.conformance.subject import own_plugin
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import ArgumentKind
from sqaudit.model.score import Value
from sqaudit.plugin import hookimpl
from sqaudit.plugin.discovery import given

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


class Spread:
    """The largest value less the smallest: a measure as it should be, to be broken in one place."""

    name = "spread"
    formula = "spread/1"
    signatures = ((ArgumentKind.NUMBER,),)

    def unit(self, arguments):
        return "points"

    def statistics(self, arguments):
        number = arguments[0].sql
        return {
            "n": Statistic(kind=StatisticKind.COUNT, expression=f"({number} IS NOT NULL)"),
            "low": Statistic(kind=StatisticKind.MIN, expression=number),
            "high": Statistic(kind=StatisticKind.MAX, expression=number),
        }

    def finish(self, statistics, unit):
        if not statistics["n"]:
            return Value(value=None, unit=unit, formula=self.formula, reason="no_valid_rows")
        return Value(value=float(statistics["high"] - statistics["low"]), unit=unit, formula=self.formula)

    def against(self, arguments, direction):
        return None


def plugin_of(**hooks):
    """A plugin module with these hooks, each returning its list."""
    module = ModuleType("sqaudit_tried")
    module.sqaudit_api = ">=1,<2"
    for kind, objects in hooks.items():
        setattr(module, f"sqaudit_{kind}", hookimpl(lambda objects=objects: objects))
    return module


@pytest.fixture(scope="session")
def spread():
    return Spread


@pytest.fixture(scope="session")
def checks_of():
    """All checks of a plugin with these objects and examples, by name."""

    def look(examples=None, **hooks):
        report = check_plugin(given("tried", plugin_of(**hooks)), (own_plugin(),), now=NOW, examples=examples)
        return {check.name: check for check in report.checks}

    return look


@pytest.fixture
def failed():
    """The names of the checks that failed."""

    def names(checks):
        return {name for name, check in checks.items() if check.outcome is Outcome.FAILED}

    return names
