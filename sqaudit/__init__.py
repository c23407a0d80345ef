"""sqaudit: service-quality audits as code.

The names below are public; what is not among them may change any day. They load on use, so that importing the package
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "API_VERSION": "sqaudit.plugin",
    "Argument": "sqaudit.model.ports",
    "ArgumentKind": "sqaudit.model.ports",
    "CannotAccess": "sqaudit.errors",
    "Collected": "sqaudit.model.ports",
    "CollectRequest": "sqaudit.model.ports",
    "Collector": "sqaudit.model.ports",
    "Column": "sqaudit.model.standard",
    "Direction": "sqaudit.model.target",
    "Incomplete": "sqaudit.errors",
    "InvalidDocuments": "sqaudit.errors",
    "InvalidInput": "sqaudit.errors",
    "Language": "sqaudit.model.language",
    "Measure": "sqaudit.model.ports",
    "Message": "sqaudit.errors",
    "NothingEvaluated": "sqaudit.errors",
    "Pack": "sqaudit.model.ports",
    "ProjectTemplate": "sqaudit.model.ports",
    "ReportView": "sqaudit.model.report",
    "Reporter": "sqaudit.model.ports",
    "Scorer": "sqaudit.model.ports",
    "SqauditError": "sqaudit.errors",
    "Statistic": "sqaudit.model.measuring",
    "StatisticKind": "sqaudit.model.measuring",
    "Target": "sqaudit.model.target",
    "UnusableSource": "sqaudit.errors",
    "Value": "sqaudit.model.score",
    "hookimpl": "sqaudit.plugin",
    "msg": "sqaudit.errors",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - one list of names, and where each is at home


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's names are of any type
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'sqaudit' has no attribute '{name}'"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
