"""One plugin, imported and held apart from all others, so that what it does wrong stays its own."""

from __future__ import annotations

from enum import StrEnum

import pluggy
from msgspec import Struct, field

from sqaudit.errors import Message, msg
from sqaudit.model.suggesting import closest
from sqaudit.plugin import API_VERSION, PROJECT, hookspecs
from sqaudit.plugin.discovery import BUILTIN, Found
from sqaudit.plugin.guarding import Guard, guarded, remember_code, words_of
from sqaudit.plugin.limits import Phase
from sqaudit.plugin.versions import read_range

HOOKS = tuple(sorted(name for name in vars(hookspecs) if name.startswith(f"{PROJECT}_")))


class PluginState(StrEnum):
    """What became of a plugin."""

    LOADED = "loaded"
    BROKEN = "broken"
    BLOCKED = "blocked"
    INCOMPATIBLE = "incompatible"


class Plugin(Struct):
    """A plugin after loading. ``hooks`` calls its functions alone; ``faults`` grows when one of them goes wrong.

    All but our own have a ``guard``, through which all of their code is called. ``taken`` says which of its names
    others have.
    """

    found: Found
    state: PluginState = PluginState.LOADED
    note: Message | None = None
    hooks: pluggy.HookRelay | None = None
    guard: Guard | None = None
    taken: list[Message] = field(default_factory=list)

    @property
    def is_out(self) -> bool:
        """Whether it cannot be used as its author meant; one that is blocked was not wanted."""
        return self.state in {PluginState.BROKEN, PluginState.INCOMPATIBLE} or bool(self.faults)

    @property
    def trouble(self) -> Message | None:
        """All that is to be said about it, in one sentence."""
        whole = self.note
        for one in (*self.faults, *self.taken):
            whole = one if whole is None else msg("{one}; {another}", one=whole, another=one)
        return whole

    faults: list[Message] = field(default_factory=list)

    def implements(self, hook: str) -> bool:
        """Whether the plugin can be used and has a function for ``hook``."""
        return self.hooks is not None and bool(getattr(self.hooks, hook).get_hookimpls())


def load_plugin(found: Found) -> Plugin:
    """Import a plugin and look at its hooks; whatever goes wrong is told by its state and note."""
    if found.blocked is not None:
        return Plugin(found, PluginState.BLOCKED, found.blocked)
    guard = None if found.name == BUILTIN else Guard(found.name, found.version)
    module = guarded(found.load) if guard is None else guard.attempt(Phase.IMPORT, "", found.load)
    if isinstance(module, Message):
        return Plugin(found, PluginState.BROKEN, msg("it cannot be imported: {error}", error=module))
    if guard is None:
        plugin = guarded(lambda: _registered(found, module))
    else:
        remember_code(found.name, module)
        plugin = guard.attempt(Phase.IMPORT, "", lambda: _registered(found, module))
    if isinstance(plugin, Message):
        return Plugin(found, PluginState.BROKEN, plugin)
    plugin.guard = guard
    return plugin


def _registered(found: Found, module: object) -> Plugin:
    stated = getattr(module, "sqaudit_api", None)
    accepted = read_range(stated) if isinstance(stated, str) else None
    if stated is not None and accepted is None:
        return Plugin(found, PluginState.BROKEN, msg("its sqaudit_api '{stated}' is not a range", stated=stated))
    if accepted is not None and not accepted.contains(str(API_VERSION)):
        reason = msg("it was written for API {stated}, this is API {ours}", stated=accepted.text, ours=API_VERSION)
        return Plugin(found, PluginState.INCOMPATIBLE, reason)
    # A manager of its own: a multicall over all plugins stops at the first that raises.
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    mistake = _unmarked(module)
    try:
        manager.register(module, found.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        mistake = _hook_mistake(manager, error)
    if mistake is not None:
        return Plugin(found, PluginState.BROKEN, mistake)
    note = None if stated is not None else msg("it does not say which API it was written for (sqaudit_api)")
    return Plugin(found, PluginState.LOADED, note, manager.hook)


def _unmarked(module: object) -> Message | None:
    """A hook function without its mark would never be called, and nobody would know."""
    mark = f"{PROJECT}_impl"
    for name in HOOKS:
        function = getattr(module, name, None)
        if callable(function) and getattr(function, mark, None) is None:
            return msg("its function '{name}' is not marked with @hookimpl", name=name)
    return None


def _hook_mistake(manager: pluggy.PluginManager, error: pluggy.PluginValidationError) -> Message:
    for name in sorted(vars(manager.hook)):
        caller = getattr(manager.hook, name)
        if isinstance(caller, pluggy.HookCaller) and not caller.has_spec():
            meant = closest(name, HOOKS)
            if meant is None:
                return msg("there is no hook '{name}'", name=name)
            return msg("there is no hook '{name}'; did you mean '{meant}'?", name=name, meant=meant)
    return msg("a hook of it does not fit: {error}", error=words_of(error).values["text"])
