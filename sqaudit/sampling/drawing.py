"""Drawing from a frame: at random or at equal steps, stratum by stratum; subjects also site by site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor

from msgspec.structs import replace

from sqaudit.model.sample import Draw, DrawMethod, Exclusion, Inspection, SamplePlan, Unit
from sqaudit.sampling.ordering import frame_hash, share_of, shuffled
from sqaudit.sampling.sharing import share_out


def draw(
    units: Iterable[Unit],
    plan: SamplePlan,
    seed: str,
    exclusions: Iterable[Exclusion] = (),
    inspections: Mapping[str, Inspection] | None = None,
) -> Draw:
    """Draw a sample; the same frame, plan and seed give the same, whatever the order in which the units come.

    Where a stratum has fewer units than are wanted, all of them are drawn. Every site is a stratum for its subjects.

    Args:
        units: The frame: all that may be drawn, and nothing twice.
        plan: How many, by which strata.
        seed: Any text; it decides which.
        exclusions: What was left out of the frame before, to be kept with the draw.
        inspections: By site, how strictly its lot is looked at; else normally.

    Raises:
        ValueError: A unit is there twice.
    """
    frame = sorted(units)
    if len({(unit.site, unit.id) for unit in frame}) < len(frame):
        raise ValueError("a unit is there twice in the frame")
    strata: dict[tuple[str, ...], list[Unit]] = {}
    for unit in frame:
        strata.setdefault(unit.drawn_with, []).append(unit)
    shared = share_out(strata, plan, inspections or {})
    return Draw(
        plan=plan,
        seed=seed,
        frame_hash=frame_hash(frame),
        frame_size=len(frame),
        exclusions=tuple(sorted(exclusions)),
        strata=shared,
        units=tuple(
            unit if unit.value is None else replace(unit, value=None)
            for stratum in shared
            for unit in _drawn(strata[stratum.site, *stratum.values], stratum.drawn, plan.method, seed)
        ),
    )


def _drawn(members: Sequence[Unit], wanted: int, method: DrawMethod, seed: str) -> list[Unit]:
    if method is DrawMethod.SIMPLE:
        return shuffled(members, seed)[:wanted]
    if not wanted:
        return []
    start = share_of(seed, *members[0].drawn_with) * len(members) / wanted
    return [members[place] for place in systematic_places(len(members), wanted, start)]


def systematic_places(units: int, wanted: int, start: Fraction) -> list[int]:
    """Places in a list, counted from 0, at equal fractional steps of units over wanted (Kish 1965).

    A list with a period of its own, such as one of days, should not be stepped through: the steps may fall in with it.

    Raises:
        ValueError: ``wanted`` is not from 1 to ``units``, or ``start`` not from 0 to below the step.
    """
    if not 1 <= wanted <= units:
        raise ValueError(f"{wanted} cannot be drawn from {units}")
    step = Fraction(units, wanted)
    if not 0 <= start < step:
        raise ValueError(f"the first step must be from 0 to below {step}, got {start}")
    return [floor(start + number * step) for number in range(wanted)]
