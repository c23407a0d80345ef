"""The host: joins our own objects and those of plugins, by name.

Plugins are imported when a name is first asked for, each guarded, and each asked alone. What goes wrong with one is
recorded against it and stops only the runs that need it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, partial
from types import MappingProxyType
from typing import TypeVar, cast

from msgspec import Struct

from sqaudit.errors import Incomplete, InvalidInput, Message, PluginFailed, msg
from sqaudit.model.ports import Collector, LanguageCatalogue, Measure, Pack, RecordEngine, Reporter, Scorer
from sqaudit.model.score import Score
from sqaudit.model.suggesting import closest
from sqaudit.plugin.absent import OffersAndAbsent
from sqaudit.plugin.discovery import BUILTIN, Found, discover, given
from sqaudit.plugin.guarding import Guard
from sqaudit.plugin.limits import Phase
from sqaudit.plugin.loading import Plugin, PluginState, load_plugin
from sqaudit.plugin.offers import (
    CATALOGUES,
    COLLECTORS,
    ENGINES,
    KINDS,
    MEASURES,
    PACKS,
    REPORTERS,
    SCORERS,
    Kind,
    offers_of,
)
from sqaudit.plugin.versions import VersionRange, read_requirement

T = TypeVar("T")


class PluginRecord(Struct, frozen=True, kw_only=True):
    """A plugin as it is listed. ``offers`` holds the names it brings, by kind; ``reason`` says what is to be known."""

    name: str
    distribution: str | None
    version: str | None
    state: PluginState
    reason: Message | None
    offers: Mapping[str, tuple[str, ...]]


class PluginHost:
    """Looks up named objects. Takes ``(name, module)`` pairs, or plugins that were discovered.

    A name of ours is ours; one that two other plugins offer is an error that names both, raised when it is asked for.
    What a plugin that cannot be used may have brought is stood for by what says so.
    """

    def __init__(self, plugins: Iterable[tuple[str, object] | Found]) -> None:
        self._found = tuple(one if isinstance(one, Found) else given(*one) for one in plugins)
        self._offers: dict[str, object] = {}

    def collectors(self) -> Mapping[str, Collector]:
        """All collectors by name."""
        return self._all(COLLECTORS)

    def collector(self, name: str) -> Collector:
        """One collector; raises ``InvalidInput`` if there is none of that name."""
        return self._one(COLLECTORS, name)

    def measures(self) -> Mapping[str, Measure]:
        """All named measures by name."""
        return self._all(MEASURES)

    def measure(self, name: str) -> Measure:
        """One named measure; raises ``InvalidInput`` if there is none of that name."""
        return self._one(MEASURES, name)

    def scorers(self) -> Mapping[str, Scorer]:
        """All scorers by name."""
        return self._all(SCORERS)

    def scorer(self, name: str) -> Scorer:
        """One scorer; raises ``InvalidInput`` if there is none of that name."""
        return self._one(SCORERS, name)

    def reporters(self) -> Mapping[str, Reporter]:
        """All reporters by name."""
        return self._all(REPORTERS)

    def reporter(self, name: str) -> Reporter:
        """One reporter; raises ``InvalidInput`` if there is none of that name."""
        return self._one(REPORTERS, name)

    def packs(self) -> Mapping[str, Pack]:
        """All packs by name."""
        return self._all(PACKS)

    def pack(self, name: str) -> Pack:
        """One pack; raises ``InvalidInput`` if there is none of that name."""
        return self._one(PACKS, name)

    def engines(self) -> Mapping[str, RecordEngine]:
        """All engines beside the one in this process, by name."""
        return self._all(ENGINES)

    def engine(self, name: str) -> RecordEngine:
        """One engine; raises ``InvalidInput`` if there is none of that name."""
        return self._one(ENGINES, name)

    def languages(self) -> Mapping[str, LanguageCatalogue]:
        """All languages beside our own, by code."""
        return self._all(CATALOGUES)

    def plugins(self) -> tuple[PluginRecord, ...]:
        """Every plugin with its state, ours first; each is asked for all it offers."""
        return tuple(self._record(plugin) for plugin in self._plugins)

    def versions(self) -> Mapping[str, str]:
        """The versions of the plugins in use, by name, to be recorded with a cycle."""
        return {
            plugin.found.name: plugin.found.version or "unknown"
            for plugin in sorted(self._plugins, key=lambda plugin: plugin.found.name)
            if plugin.hooks is not None
        }

    def require(self, requirements: Iterable[str]) -> None:
        """See that plugins such as ``hotel >=1.0`` are there and whole.

        Raises:
            InvalidInput: A requirement cannot be read.
            Incomplete: Plugins are missing, broken, blocked, too old or too new; all of them are named.
        """
        missing = [lack for text in dict.fromkeys(requirements) if (lack := self._lack(text)) is not None]
        if not missing:
            return
        code, message, hint = missing[0]
        for _, another, _ in missing[1:]:
            message = msg("{one}; {another}", one=message, another=another)
        raise Incomplete(code, message, hint)

    def cycle_finished(
        self, programme: str, period: str, revision: int, scores: Sequence[Score]
    ) -> tuple[Message, ...]:
        """Tell the observers, each alone; returns what went wrong with them."""
        failures = []
        for plugin in self._plugins:
            if not plugin.implements("sqaudit_cycle_finished"):
                continue
            told = partial(
                plugin.hooks.sqaudit_cycle_finished,  # type: ignore[union-attr]  # it implements one
                programme=programme,
                period=period,
                revision=revision,
                scores=tuple(scores),
            )
            guard = plugin.guard or Guard(plugin.found.name, plugin.found.version)
            try:
                guard.call(Phase.OBSERVE, "", told)
            except PluginFailed as failure:
                failures.append(failure.message)
        return tuple(failures)

    def absence(self, key: str, name: str) -> Incomplete | None:
        """Why there is no object of that kind and name, if plugins are to blame; ``None`` if it is there or unknown."""
        kind = next(kind for kind in KINDS if kind.key == key)
        offered = self._offered(kind)
        if name in offered:
            return _contested(kind, name, offered[name])
        out = [plugin for plugin in self._plugins if plugin.is_out]
        if not out or closest(name, offered):
            return None
        reasons = [
            msg(
                "'{name}', version {version}: {reason}",
                name=plugin.found.name,
                version=plugin.found.version or "unknown",
                reason=plugin.trouble,
            )
            for plugin in out
        ]
        whole = reasons[0]
        for reason in reasons[1:]:
            whole = msg("{one}; {another}", one=whole, another=reason)
        return Incomplete(
            "SQA401",
            msg(
                "no {kind} is called '{name}'; these plugins cannot be used: {plugins}",
                kind=kind.noun,
                name=name,
                plugins=whole,
            ),
            msg("repair, upgrade or reinstall it; `sqaudit plugins list` shows its state"),
        )

    @cached_property
    def _plugins(self) -> tuple[Plugin, ...]:
        owners: dict[str, list[Found]] = {}
        for found in self._found:
            owners.setdefault(found.name, []).append(found)
        plugins = []
        for found in self._found:
            rivals = owners[found.name]
            if len(rivals) > 1 and not (found.name == BUILTIN and found is rivals[0]):
                reason = msg(
                    "several distributions offer a plugin called '{name}': {owners}",
                    name=found.name,
                    owners=", ".join(sorted(rival.distribution or "?" for rival in rivals)),
                )
                plugins.append(Plugin(found, PluginState.BROKEN, reason))
            else:
                plugins.append(load_plugin(found))
        return tuple(plugins)

    def _offered(self, kind: Kind[T]) -> Mapping[str, list[tuple[Plugin, T]]]:
        if kind.key not in self._offers:
            self._offers[kind.key] = self._joined(kind)
        return cast("Mapping[str, list[tuple[Plugin, T]]]", self._offers[kind.key])

    def _joined(self, kind: Kind[T]) -> dict[str, list[tuple[Plugin, T]]]:
        """The offers of all plugins by name, our own first; nobody else has a name of ours."""
        by_name: dict[str, list[tuple[Plugin, T]]] = {}
        for plugin in self._plugins:
            for offer in offers_of(plugin, kind):
                name: str = offer.name  # type: ignore[attr-defined]
                if name in by_name and by_name[name][0][0].guard is None:
                    taken = msg("the {kind} '{name}' is sqaudit's own and stays it", kind=kind.noun, name=name)
                    plugin.taken.append(taken)
                else:
                    by_name.setdefault(name, []).append((plugin, offer))
        for name, offers in by_name.items():
            for plugin, _ in offers if len(offers) > 1 else ():
                plugin.taken.append(_several(kind, name, offers))
        return by_name

    def _all(self, kind: Kind[T]) -> Mapping[str, T]:
        offered = self._offered(kind)
        sound = {name: offers[0][1] for name, offers in sorted(offered.items()) if len(offers) == 1}
        if kind.stand_in is None:
            return MappingProxyType(sound)
        return OffersAndAbsent(sound, partial(self._stand_in, kind))

    def _stand_in(self, kind: Kind[T], name: str) -> T | None:
        absence = self.absence(kind.key, name)
        return None if absence is None or kind.stand_in is None else kind.stand_in(name, absence)

    def _one(self, kind: Kind[T], name: str) -> T:
        found = self._all(kind)
        if name in found:
            return found[name]
        absence = self.absence(kind.key, name)
        if absence is not None:
            raise absence
        meant = closest(name, found)
        raise InvalidInput("SQA406", _unknown(kind, name, meant), self._where_else(found, meant))

    def _where_else(self, offered: Iterable[str], meant: str | None) -> Message | None:
        """A name may be missing because the plugin that brings it could not be used."""
        out = [plugin.found.name for plugin in self._plugins if plugin.state is PluginState.BLOCKED]
        if out:
            return msg("these plugins are not in use: {names}; see `sqaudit plugins list`", names=", ".join(out))
        return None if meant else msg("there are: {names}", names=", ".join(sorted(offered)) or "-")

    def _record(self, plugin: Plugin) -> PluginRecord:
        offers = {}
        for kind in KINDS:
            names = [
                name for name, owners in self._offered(kind).items() if any(owner is plugin for owner, _ in owners)
            ]
            if names:
                offers[kind.key] = tuple(sorted(names))
        return PluginRecord(
            name=plugin.found.name,
            distribution=plugin.found.distribution,
            version=plugin.found.version,
            state=PluginState.BROKEN if plugin.faults else plugin.state,
            reason=plugin.trouble,
            offers=offers,
        )

    def _lack(self, requirement: str) -> tuple[str, Message, Message] | None:
        wanted = read_requirement(requirement)
        if wanted is None:
            raise InvalidInput(
                "SQA404",
                msg("the requirement '{text}' cannot be read", text=requirement),
                msg("write the plugin's name and its versions, such as 'hotel >=1.0,<2'"),
            )
        name, versions = wanted
        records = [self._record(plugin) for plugin in self._plugins if plugin.found.name == name]
        install = f"pip install 'sqaudit-{name}{versions.text}'"
        if not records:
            return (
                "SQA402",
                msg("the plugin '{name}' is required and not installed", name=name),
                msg("install it, for example with `{command}`", command=install),
            )
        return _lack_of(records[0], versions, install)


def _lack_of(record: PluginRecord, versions: VersionRange, install: str) -> tuple[str, Message, Message] | None:
    if record.state is PluginState.BLOCKED:
        message = msg("the plugin '{name}' is required, yet {reason}", name=record.name, reason=record.reason)
        return "SQA407", message, msg("allow it, or leave out --no-plugins")
    if record.state is not PluginState.LOADED:
        message = msg(
            "the plugin '{name}' is required and cannot be used: {reason}", name=record.name, reason=record.reason
        )
        return "SQA401", message, msg("repair, upgrade or reinstall it; `sqaudit plugins list` shows its state")
    if not versions.contains(record.version):
        message = msg(
            "the plugin '{name}' is required as {wanted} and is {version}",
            name=record.name,
            wanted=versions.text,
            version=record.version or msg("of unknown version"),
        )
        return "SQA403", message, msg("install a version that fits, for example with `{command}`", command=install)
    return None


def _unknown(kind: Kind[T], name: str, meant: str | None) -> Message:
    if meant is None:
        return msg("no {kind} is called '{name}'", kind=kind.noun, name=name)
    return msg("no {kind} is called '{name}'; did you mean '{meant}'?", kind=kind.noun, name=name, meant=meant)


def _contested(kind: Kind[T], name: str, offers: Sequence[tuple[Plugin, T]]) -> Incomplete | None:
    if len(offers) == 1:
        return None
    return Incomplete("SQA405", _several(kind, name, offers), msg("uninstall all but one of them, or allow only one"))


def _several(kind: Kind[T], name: str, offers: Sequence[tuple[Plugin, T]]) -> Message:
    owners = ", ".join(sorted(plugin.found.name for plugin, _ in offers))
    return msg("several plugins offer the {kind} '{name}': {owners}", kind=kind.noun, name=name, owners=owners)


def open_host(*, allowed: Collection[str] | None = None, disabled: bool = False) -> PluginHost:
    """A host over the installed plugins; nothing is imported before a name is asked for.

    Args:
        allowed: Names of plugins or distributions that may be used besides our own; ``None`` allows all.
        disabled: Use only our own.
    """
    return PluginHost(discover(allowed=allowed, disabled=disabled))
