"""What a plugin may offer, and whether what it offers can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar, cast

from msgspec import Struct

from sqaudit.errors import Incomplete, Message, msg
from sqaudit.model.ports import Collector, LanguageCatalogue, Measure, Pack, RecordEngine, Reporter, Scorer
from sqaudit.plugin.absent import AbsentCollector, AbsentEngine, AbsentScorer
from sqaudit.plugin.guarding import Guard, Unusable, guarded, remember_code
from sqaudit.plugin.guests.kinds import guest_of
from sqaudit.plugin.limits import Phase
from sqaudit.plugin.loading import Plugin

T = TypeVar("T")


class Kind(Struct, Generic[T], frozen=True):
    """One kind of named object: its word in messages, its hook, and what an object of it must have.

    ``stand_in`` makes what stands for one that is missing because its plugin cannot be used.
    """

    key: str
    noun: Message
    attributes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    stand_in: Callable[[str, Incomplete], T] | None = None

    @property
    def hook(self) -> str:
        """The hook that returns objects of this kind."""
        return f"sqaudit_{self.key}"


COLLECTORS: Kind[Collector] = Kind(
    "collectors", msg("collector"), ("parameters_schema",), ("collect",), AbsentCollector
)
MEASURES: Kind[Measure] = Kind(
    "measures", msg("measure"), ("formula", "signatures"), ("unit", "statistics", "finish", "against")
)
SCORERS: Kind[Scorer] = Kind("scorers", msg("scorer"), ("parameters_schema",), ("problem", "score"), AbsentScorer)
REPORTERS: Kind[Reporter] = Kind("reporters", msg("reporter"), ("media_type", "extension"), ("render",))
PACKS: Kind[Pack] = Kind("packs", msg("pack"), ("standards", "templates"))
ENGINES: Kind[RecordEngine] = Kind("engines", msg("engine"), ("parameters_schema",), ("open",), AbsentEngine)
CATALOGUES: Kind[LanguageCatalogue] = Kind("languages", msg("language"), ("folder",))
KINDS: tuple[Kind[object], ...] = tuple(
    cast("Kind[object]", kind) for kind in (COLLECTORS, MEASURES, SCORERS, REPORTERS, PACKS, ENGINES, CATALOGUES)
)


def offers_of(plugin: Plugin, kind: Kind[T]) -> tuple[T, ...]:
    """The objects of one kind that a plugin offers; if its hook goes wrong, none, and a fault of the plugin.

    Those of other people's plugins are guarded.
    """
    if not plugin.implements(kind.hook):
        return ()
    guard = plugin.guard
    if guard is None:
        offers = guarded(lambda: _fit(plugin, kind))
    else:
        offers = guard.attempt(Phase.OFFER, kind.hook, lambda: _guests(guard, plugin, kind))
    if isinstance(offers, Message):
        plugin.faults.append(msg("{hook} failed: {error}", hook=kind.hook, error=offers))
        return ()
    if isinstance(offers, Unusable):
        plugin.faults.append(msg("{hook}: {mistake}", hook=kind.hook, mistake=offers.reason))
        return ()
    return offers


def _guests(guard: Guard, plugin: Plugin, kind: Kind[T]) -> tuple[T, ...] | Unusable:
    """The offers, each with its guard around it; runs inside the guard, since it reads what they state."""
    offers = _fit(plugin, kind)
    if isinstance(offers, Unusable):
        return offers
    guests = []
    for offer in offers:
        remember_code(plugin.found.name, offer)
        try:
            guests.append(cast("T", guest_of(guard, kind.key, offer)))
        except Unusable as mistake:
            name = getattr(offer, "name", "")
            return Unusable(msg("the {kind} '{name}': {mistake}", kind=kind.noun, name=name, mistake=mistake.reason))
    return tuple(guests)


def _fit(plugin: Plugin, kind: Kind[T]) -> tuple[T, ...] | Unusable:
    """What the plugin offers, or the first thing that is wrong with it."""
    offers = _asked(plugin, kind)
    mistake = _mistake(kind, offers)
    return cast("tuple[T, ...]", tuple(offers or ())) if mistake is None else Unusable(mistake)


def _asked(plugin: Plugin, kind: Kind[T]) -> list[object] | None:
    """What the plugin's functions return, or ``None`` if that is nothing one can go through."""
    answers = getattr(plugin.hooks, kind.hook)()
    if not answers or not all(isinstance(answer, Iterable) for answer in answers):
        return None  # pluggy leaves out the answers that are None
    return [offer for answer in answers for offer in answer]


def _mistake(kind: Kind[T], offers: list[object] | None) -> Message | None:
    if offers is None:
        return msg("it does not return a list")
    names: set[str] = set()
    for offer in offers:
        mistake = _unfit(kind, offer)
        if mistake is not None:
            return mistake
        name = cast("str", getattr(offer, "name", ""))
        if name in names:
            return msg("the {kind} '{name}' is there twice", kind=kind.noun, name=name)
        names.add(name)
    return None


def _unfit(kind: Kind[T], offer: object) -> Message | None:
    if isinstance(offer, type):
        return msg("'{name}' is a class, not an object made from it", name=offer.__name__)
    name = getattr(offer, "name", None)
    if not isinstance(name, str) or not name:
        return msg("a {kind} of type '{type}' has no name", kind=kind.noun, type=type(offer).__name__)
    for attribute in (*kind.attributes, *kind.methods):
        if not hasattr(offer, attribute) or (attribute in kind.methods and not callable(getattr(offer, attribute))):
            return msg("the {kind} '{name}' has no '{attribute}'", kind=kind.noun, name=name, attribute=attribute)
    return None
