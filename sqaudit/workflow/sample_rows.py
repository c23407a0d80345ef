"""Samples as flat rows, and what has to be said of them."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.errors import Message, msg
from sqaudit.model.sample import Draw, Inspection, Precision, SampleRecord, Stratum
from sqaudit.workflow.rows import Row


def sample_row(record: SampleRecord) -> Row:
    """A sample as a flat row."""
    drawn, plan = record.draw, record.draw.plan
    precision = plan.total if isinstance(plan.total, Precision) else None
    return {
        "id": record.id,
        "programme": record.programme,
        "period": record.period,
        "checklist": record.checklist,
        "frame": record.frame,
        "frame_size": drawn.frame_size,
        "frame_hash": drawn.frame_hash,
        "drawn": len(drawn.units),
        "excluded": len(drawn.exclusions),
        "method": plan.method.value,
        "size": plan.size,
        "total": plan.total if isinstance(plan.total, int) else None,
        "precision": None if precision is None else float(precision.margin),
        "expected": None if precision is None else float(precision.expected),
        "confidence": None if precision is None else float(precision.confidence),
        "neyman": plan.neyman,
        "aql": None if plan.acceptance is None else float(plan.acceptance.aql),
        "inspection_level": None if plan.acceptance is None else plan.acceptance.level,
        "strata": list(plan.strata),
        "seed": drawn.seed,
        "drawn_at": record.drawn_at.isoformat(timespec="seconds"),
        "drawn_by": record.drawn_by,
    }


def unit_rows(record: SampleRecord) -> list[Row]:
    """The units of a sample in the order of the draw, each with its stratum."""
    strata = {(one.site, *one.values): stratum_row(one) for one in record.draw.strata}
    return [
        {
            "sample": record.id,
            "programme": record.programme,
            "period": record.period,
            "checklist": record.checklist,
            "number": number,
            **strata[unit.drawn_with],
            "site": unit.site,
            "subject": unit.id or None,
        }
        for number, unit in enumerate(record.draw.units, start=1)
    ]


def stratum_row(one: Stratum) -> Row:
    """A stratum or lot as a flat row."""
    return {
        "site": one.site or None,
        "stratum": ", ".join(one.values) or None,
        "drawn": one.drawn,
        "units": one.units,
        "deviation": one.deviation,
        "acceptance_number": one.accept,
        "rejection_number": None if one.accept is None else one.accept + 1,
        "inspection": None if one.inspection is None else one.inspection.value,
    }


def exclusion_rows(record: SampleRecord) -> list[Row]:
    """What was left out of a sample's frame, and why."""
    return [{"site": one.site, "subject": one.id or None, "reason": one.reason} for one in record.draw.exclusions]


def notes(drawn: Draw) -> Iterator[Message]:
    """How the numbers of a draw came about, where its plan does not say them itself."""
    plan = drawn.plan
    if isinstance(plan.total, Precision):
        yield msg(
            "{drawn} of {units}: a share of about {expected} is known to within {margin} either side, confidence "
            "{confidence}",
            drawn=len(drawn.units),
            units=drawn.frame_size,
            expected=str(plan.total.expected),
            margin=str(plan.total.margin),
            confidence=str(plan.total.confidence),
        )
    if plan.neyman is not None:
        yield from _spread(drawn, plan.neyman)
    for lot in drawn.strata:
        if lot.inspection is Inspection.DISCONTINUED:
            yield msg(
                "5 lots of '{site}' were rejected under tightened inspection: a sample of the next says little "
                "until the causes are removed; it is drawn as under tightened inspection",
                site=lot.site,
            )


def _spread(drawn: Draw, column: str) -> Iterator[Message]:
    """What is not known of a column by whose spread a total was shared."""
    missing = sum(one.units - (one.valued or 0) for one in drawn.strata)
    unknown = [one for one in drawn.strata if one.deviation is None]
    if missing:
        yield msg("units without a value of '{column}', left out of its spread: {count}", column=column, count=missing)
    if not any(one.deviation for one in drawn.strata):
        yield msg(
            "nothing varies in '{column}', or no spread of it is known: shared in proportion to the sizes",
            column=column,
        )
    elif unknown:
        named = [", ".join(part for part in (one.site, *one.values) if part) for one in unknown]
        yield msg(
            "no spread of '{column}' is known where fewer than two units have a value; taken as that of the others: "
            "{strata}",
            column=column,
            strata="; ".join(named),
        )
