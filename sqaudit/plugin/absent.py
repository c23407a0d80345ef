"""What stands for objects that are not there because the plugin that may bring them cannot be used.

Documents that name them are not wrong, and everything else in them can be used; what relies on them is in error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from sqaudit.errors import Incomplete, Message, UnusableSource
from sqaudit.model.ports import Collected, CollectRequest, EngineRequest, EngineSession
from sqaudit.model.target import Target

T = TypeVar("T")


class AbsentScorer:
    """Scores nothing: says why it is not there."""

    parameters_schema: Mapping[str, object] = MappingProxyType({})

    def __init__(self, name: str, reason: Incomplete) -> None:
        self.name = name
        self.absence = reason

    def problem(self, parameters: object, target: Target | None) -> Message | None:  # noqa: ARG002  nothing to use
        """Raises the reason."""
        raise self.absence

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:  # noqa: ARG002  nothing to use
        """Raises the reason."""
        raise self.absence


class AbsentCollector:
    """Collects nothing: its source cannot be used."""

    parameters_schema: Mapping[str, object] = MappingProxyType({})

    def __init__(self, name: str, reason: Incomplete) -> None:
        self.name = name
        self.absence: Incomplete = UnusableSource(reason.code, reason.message, reason.hint)

    def collect(self, request: CollectRequest) -> Collected:  # noqa: ARG002  nothing to use
        """Raises the reason."""
        raise self.absence


class AbsentEngine:
    """Opens nothing: its sources cannot be used."""

    parameters_schema: Mapping[str, object] = MappingProxyType({})

    def __init__(self, name: str, reason: Incomplete) -> None:
        self.name = name
        self.absence: Incomplete = UnusableSource(reason.code, reason.message, reason.hint)

    @contextmanager
    def open(self, request: EngineRequest) -> Iterator[EngineSession]:  # noqa: ARG002  nothing to use
        """Raises the reason."""
        raise self.absence


class OffersAndAbsent(Mapping[str, T]):
    """Offers by name; a name that plugins may have brought which cannot be used has a stand-in.

    Only what is really there is listed.
    """

    def __init__(self, offers: Mapping[str, T], stand_in: Callable[[str], T | None]) -> None:
        self._offers = offers
        self._stand_in = stand_in

    def __getitem__(self, name: str) -> T:
        if name in self._offers:
            return self._offers[name]
        found = self._stand_in(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._offers)

    def __len__(self) -> int:
        return len(self._offers)
