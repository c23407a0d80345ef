"""What a programme asks at one site: its standard with the changes of the overlays that hold there.

Everything is measured once, for all sites; only what is made of the values differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sqaudit.expressions.conditions import Condition, ConditionFailed, read_condition
from sqaudit.model.overlay import Overlay, apply_overlays
from sqaudit.model.programme import Programme, Site
from sqaudit.model.standard import NotApplicable, Standard
from sqaudit.scoring.items import Question
from sqaudit.workflow.measurable import Measurable, site_names, site_values

REMOVED = "removed_by_overlay"
_NEVER = Condition(REMOVED, frozenset(), lambda _values: False)
# Whether each overlay holds at a site, in their order; ``None`` where it is not known.
Held = tuple[bool | None, ...]


def at_site(measurable: Measurable, site: Site) -> Measurable:
    """A programme as it is judged at one of its sites; itself if it has no overlays.

    An item of a checklist that is written for an overlay applies where that holds. An item whose criterion an overlay
    takes out does not apply there. Neither is scored, whatever the standard's policy on what does not apply. Where it
    is not known whether an overlay holds, what it would change cannot be decided.
    """
    if not measurable.holds:
        return measurable
    held = tuple(_holds(condition, site) for condition in measurable.holds)
    if held not in measurable.variants:
        measurable.variants[held] = _variant(measurable, held)
    return measurable.variants[held]


def standard_at(programme: Programme, site: Site, sites: Sequence[Site]) -> Standard:
    """The standard that one of the ``sites`` of a programme is judged by."""
    return apply_overlays(programme.standard, overlays_at(programme, site, sites))


def overlays_at(programme: Programme, site: Site, sites: Sequence[Site]) -> list[Overlay]:
    """The overlays that hold at one of the ``sites`` of a programme."""
    return [one for one, holds in zip(programme.overlays, holding(programme, site, sites), strict=True) if holds]


def holding(programme: Programme, site: Site, sites: Sequence[Site]) -> Held:
    """Whether each overlay of a programme holds at one of its ``sites``, in their order."""
    names = site_names(programme, sites) if programme.overlays else ()
    return tuple(_holds(read_condition(one.when, names), site) for one in programme.overlays)


def _holds(condition: Condition, site: Site) -> bool | None:
    try:
        return condition.evaluate(site_values(site))
    except ConditionFailed:
        return None


def _variant(measurable: Measurable, held: Held) -> Measurable:
    programme = measurable.programme
    overlays = [overlay for overlay, holds in zip(programme.overlays, held, strict=True) if holds]
    standard = apply_overlays(programme.standard, overlays)
    elsewhere = _elsewhere(measurable, held, {layer.standard for one in overlays for layer in one.layers})
    unsure = {
        criterion: condition
        for overlay, condition, holds in zip(programme.overlays, measurable.holds, held, strict=True)
        if holds is None
        for layer in overlay.layers
        if layer.standard in elsewhere
        for criterion in (*layer.changes, *layer.added)
    }
    questions, applies, ruled_out = [], dict(measurable.applies), set()
    for question in measurable.questions:
        criterion = question.item.criterion or ""
        why = elsewhere.get(question.checklist.layer or "") or unsure.get(criterion)
        if why is None and criterion and criterion not in standard.criteria:
            why = _NEVER
        if why is not None:
            applies[question.item.id] = why
            ruled_out.add(question.item.id)
            item = replace(question.item, not_applicable=NotApplicable.EXCLUDE)
            questions.append(replace(question, item=item))
        else:
            questions.append(_asked_by(standard, question))
    return replace(
        measurable,
        programme=replace(programme, standard=standard),
        questions=tuple(questions),
        applies=applies,
        ruled_out=frozenset(ruled_out),
        holds=(),
        variants={},
    )


def _elsewhere(measurable: Measurable, held: Held, here: set[str]) -> Mapping[str, Condition]:
    """The layers that do not hold, or of which that is not known, each with the condition that decides about it."""
    found: dict[str, Condition] = {}
    for overlay, condition, holds in zip(measurable.programme.overlays, measurable.holds, held, strict=True):
        for layer in overlay.layers:
            if layer.standard not in here and (holds is None or layer.standard not in found):
                found[layer.standard] = condition
    return found


def _asked_by(standard: Standard, question: Question) -> Question:
    """A question as a standard asks it: its criterion, and that criterion's target unless the item has its own."""
    if question.item.criterion is None:
        return question
    criterion, item = standard.criteria[question.item.criterion], question.item
    if item.takes_target and criterion.target is not None:
        item = replace(item, target=criterion.target)
    return replace(question, criterion=criterion, item=item)
