"""The plugin that is looked at: its module, what it offers, and the examples that its author gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from sqaudit.conformance.report import Fault
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.examples import Examples
from sqaudit.model.suggesting import closest
from sqaudit.plugin.discovery import BUILTIN, Found, discover
from sqaudit.plugin.guarding import guarded
from sqaudit.plugin.host import PluginHost
from sqaudit.plugin.loading import Plugin, load_plugin
from sqaudit.plugin.offers import KINDS, Kind, offers_of

T = TypeVar("T")
EXAMPLES = "examples"


class Subject(Struct, frozen=True, kw_only=True):
    """A loaded plugin. ``host`` joins it with our own and others; ``fault`` is why its examples cannot be used."""

    plugin: Plugin
    module: object
    host: PluginHost
    offers: Mapping[str, Sequence[Any]]
    examples: Examples
    now: datetime
    fault: Fault | None = None

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.plugin.found.name

    def offered(self, kind: Kind[T]) -> Sequence[T]:
        """Its objects of one kind."""
        return self.offers[kind.key]

    @property
    def place_of_examples(self) -> str:
        """The module that should hold its examples."""
        return f"{getattr(self.module, '__name__', self.name)}.{EXAMPLES}"

    @property
    def sources(self) -> Sequence[Path]:
        """The Python files of its package, or its one file."""
        file = getattr(self.module, "__file__", None)
        if file is None:
            return ()
        path = Path(file)
        return sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]


def find_plugin(name: str, found: Sequence[Found]) -> Found:
    """The installed plugin of this name, or of a distribution called so.

    Raises:
        InvalidInput: SQA431, there is none.
    """
    for one in found:
        if name in {one.name, one.distribution}:
            return one
    known = sorted(one.name for one in found)
    meant = closest(name, known)
    raise InvalidInput(
        "SQA431",
        msg("no plugin is called '{name}'", name=name),
        msg("the plugins are {names}", names=", ".join(known))
        if meant is None
        else msg("did you mean '{meant}'? `sqaudit plugins list` shows all", meant=meant),
    )


def open_subject(found: Found, others: Sequence[Found], now: datetime, examples: Examples | None = None) -> Subject:
    """Load a plugin and ask it for all it offers.

    Args:
        found: The plugin.
        others: The plugins that it stands beside, ours among them.
        now: The moment that counts as now.
        examples: What its objects are tried with; default: ``EXAMPLES`` of its module ``examples``.
    """
    plugin = load_plugin(found)
    plugin.guard = None  # its objects are tried bare: a guard would forgive what has to be told
    loaded = guarded(found.load)
    module = None if isinstance(loaded, Message) else loaded
    offers = {kind.key: offers_of(plugin, kind) for kind in KINDS}
    given, fault = (examples, None) if examples is not None else _examples_of(module)
    return Subject(
        plugin=plugin,
        module=module,
        host=PluginHost([one for one in others if one.name != found.name] + [found]),
        offers=offers,
        examples=given or Examples(),
        now=now,
        fault=fault,
    )


def own_plugin() -> Found:
    """What sqaudit brings itself."""
    return next(found for found in discover(disabled=True) if found.name == BUILTIN)


def _examples_of(module: object) -> tuple[Examples | None, Fault | None]:
    name = getattr(module, "__name__", None)
    if name is None or not hasattr(module, "__path__"):
        return None, None
    place = f"{name}.{EXAMPLES}"
    spec = guarded(lambda: find_spec(place))
    if spec is None:
        return None, None
    found = guarded(lambda: import_module(place).EXAMPLES)
    if isinstance(found, Examples):
        return found, None
    reason = found if isinstance(found, Message) else msg("EXAMPLES is no sqaudit.model.examples.Examples")
    return None, Fault(place, reason, msg("correct this module; the checks try what it says"))


def failure(call: Callable[[], T], where: str, hint: Message) -> T | Fault:
    """What foreign code returns, or that it raised."""
    result = guarded(call)
    return Fault(where, msg("it raised {error}", error=result), hint) if isinstance(result, Message) else result
