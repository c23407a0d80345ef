"""Which plugins and commands are installed. Nothing of theirs is imported here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.metadata import Distribution, EntryPoint, distributions

from msgspec import Struct

from sqaudit import __version__
from sqaudit.errors import Incomplete, Message, msg

GROUP = "sqaudit"
COMMANDS = "sqaudit.commands"
BUILTIN = "builtin"


class Found(Struct, frozen=True, kw_only=True):
    """A plugin that could be loaded: its name, where it comes from, and why it must stay out, if it must."""

    name: str
    load: Callable[[], object]
    distribution: str | None = None
    version: str | None = None
    blocked: Message | None = None


def given(name: str, plugin: object) -> Found:
    """A plugin that is at hand already, such as a module written in a test."""
    version = __version__ if name == BUILTIN else getattr(plugin, "__version__", None)
    return Found(name=name, load=lambda: plugin, version=version)


def discover(*, allowed: Collection[str] | None = None, disabled: bool = False) -> tuple[Found, ...]:
    """The installed plugins, ours first, then sorted by name and distribution.

    Args:
        allowed: Names of plugins or distributions; others are found, but blocked. ``None`` allows all.
        disabled: Block everything but our own.
    """
    own = EntryPoint(BUILTIN, "sqaudit.builtin", GROUP)
    others = []
    for distribution, entry_point in _entry_points(GROUP):
        if entry_point.value == own.value:
            continue
        name, version = identity_of(distribution)
        others.append(
            Found(
                name=entry_point.name,
                load=entry_point.load,
                distribution=name,
                version=version,
                blocked=_blocked({entry_point.name, name}, allowed, disabled=disabled),
            )
        )
    others.sort(key=lambda found: (found.name, found.distribution or ""))
    return (Found(name=BUILTIN, load=own.load, distribution="sqaudit", version=__version__), *others)


class _Contested(EntryPoint):
    """A command that two distributions offer: it can be listed, and says so when it is called."""

    def load(self) -> object:
        raise Incomplete(
            "SQA405",
            msg("two distributions offer the command '{name}': {owners}", name=self.name, owners=self.value),
            msg("uninstall one of them"),
        )


def find_commands(*, allowed: Collection[str] | None = None, disabled: bool = False) -> Mapping[str, EntryPoint]:
    """The subcommands that plugins bring, by name; ``.load()`` imports one.

    With ``allowed``, only those of distributions that are named there or hold a plugin named there.
    """
    by_name: dict[str, list[tuple[str, EntryPoint]]] = {}
    for distribution, entry_point in _entry_points(COMMANDS):
        owner, _ = identity_of(distribution)
        plugins = {plugin.name for plugin in _in_group(distribution, GROUP)} if allowed is not None else set()
        if _blocked({owner, *plugins}, allowed, disabled=disabled) is None:
            by_name.setdefault(entry_point.name, []).append((owner or "?", entry_point))
    return {
        name: offers[0][1] if len(offers) == 1 else _Contested(name, ", ".join(sorted(o for o, _ in offers)), COMMANDS)
        for name, offers in sorted(by_name.items())
    }


def _blocked(names: set[str | None], allowed: Collection[str] | None, *, disabled: bool) -> Message | None:
    if disabled:
        return msg("plugins are switched off")
    if allowed is not None and not names & set(allowed):
        return msg("it is not in the list of allowed plugins")
    return None


def _entry_points(group: str) -> Iterator[tuple[Distribution, EntryPoint]]:
    """The entry points of a group; of a distribution found twice on the path, the first one counts."""
    seen: set[str | None] = set()
    for distribution in distributions():
        offered = _in_group(distribution, group)
        name = identity_of(distribution)[0] if offered else None
        if offered and (name is None or name not in seen):
            seen.add(name)
            yield from ((distribution, entry_point) for entry_point in offered)


def _in_group(distribution: Distribution, group: str) -> list[EntryPoint]:
    """The entry points of a group; the files of all distributions are looked at, those that name it are parsed."""
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except Exception:  # noqa: BLE001  nobody can tell whose entry points these are
        return []
    if f"[{group}]" not in text:
        return []
    try:
        return [entry_point for entry_point in distribution.entry_points if entry_point.group == group]
    except Exception as error:  # noqa: BLE001  one distribution's unreadable file must not hide all plugins
        return [_Unreadable(identity_of(distribution)[0] or "?", f"{type(error).__name__}: {error}", group)]


class _Unreadable(EntryPoint):
    """Stands for the entry points of a distribution whose ``entry_points.txt`` cannot be read."""

    def load(self) -> object:
        raise ValueError(f"its entry_points.txt cannot be read ({self.value})")


def identity_of(distribution: Distribution) -> tuple[str | None, str | None]:
    """The name and version of a distribution, as far as it tells them.

    Its metadata are not parsed for these two lines: that takes longer than all the rest of finding it.
    """
    try:
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    except Exception:  # noqa: BLE001  a distribution without readable METADATA still names its entry points
        return None, None
    head = text.partition("\n\n")[0]
    name, version = (re.search(rf"^{field}:[ \t]*(\S.*?)\s*$", head, re.MULTILINE) for field in ("Name", "Version"))
    return name and name[1], version and version[1]
